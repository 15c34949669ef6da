using System.Diagnostics;

namespace ClusterTrials;

/// <summary>What a command that ended left behind.</summary>
internal sealed record Ended(int Code, string Out, string Error)
{
    public string Text => (Out + Error).Trim();
}

/// <summary>Runs a command to its end.</summary>
internal static class Shell
{
    public static async Task<Ended> RunAsync(
        IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null, string? input = null, TimeSpan? limit = null)
    {
        using var process = Start(command, environment);
        using var deadline = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(60));
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var error = process.StandardError.ReadToEndAsync(deadline.Token);
            if (input is not null)
                await process.StandardInput.WriteAsync(input.AsMemory(), deadline.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(deadline.Token);
            return new Ended(process.ExitCode, await output, await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TrialException($"no end after {limit ?? TimeSpan.FromSeconds(60)}: {command[0]} … {command[^1]}");
        }
    }

    /// <summary>As <see cref="RunAsync"/>, for a command that must succeed.</summary>
    public static async Task<string> DoAsync(
        IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null, TimeSpan? limit = null)
    {
        var ended = await RunAsync(command, environment, limit: limit);
        return ended.Code == 0
            ? ended.Out.Trim()
            : throw new TrialException($"exit code {ended.Code}: {string.Join(' ', command)}\n{ended.Text}");
    }

    public static Process Start(IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment)
    {
        var info = new ProcessStartInfo(command[0])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in command.Skip(1))
            info.ArgumentList.Add(argument);
        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
            info.Environment[key] = value;
        return Process.Start(info) ?? throw new TrialException($"cannot start {command[0]}");
    }
}

/// <summary>A trial that cannot go on, with what a person needs to know.</summary>
internal sealed class TrialException(string message) : Exception(message);
