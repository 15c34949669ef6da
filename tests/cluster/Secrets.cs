using System.Text;
using System.Text.Json.Nodes;

namespace ClusterTrials;

/// <summary>Canaries for every secret, looked for in every log at debug level and in every command line, through a failover.</summary>
internal static class Secrets
{
    public static async Task RunAsync(Report report)
    {
        var options = new FleetOptions(3, Token: "987654321:CANARY-" + Guid.NewGuid().ToString("N"), LogLevel: "debug");
        await using var fleet = await Fleet.StartEmptyAsync(options);
        using var watch = new CommandLines();
        await fleet.InitAsync();
        var tokens = new List<string>();
        while (fleet.Machines.Count < options.Nodes)
            tokens.Add(TokenOf((await fleet.JoinAsync()).JoinedWith!));
        tokens.Add(TokenOf(await fleet.InviteAsync()));
        await fleet.SettledAsync(fleet.First, TimeSpan.FromSeconds(60));
        await FailOverAsync(fleet);

        var secret = (string)JsonNode.Parse(await File.ReadAllTextAsync(fleet.First.StateFile))!["network_secret"]!;
        var canaries = new Dictionary<string, string> { ["network secret"] = secret, ["bot token"] = options.Token };
        for (var i = 0; i < tokens.Count; i++)
            canaries[$"invite token {i + 1}"] = tokens[i];
        CheckLogs(fleet, canaries, report);
        CheckCommandLines(watch, canaries, report);
        foreach (var machine in fleet.Machines)
        {
            var mode = File.GetUnixFileMode(machine.StateFile);
            report.Check(mode == (UnixFileMode.UserRead | UnixFileMode.UserWrite), $"secrets: {machine.Name}'s state is mode 600", mode.ToString());
        }
    }

    private static string TokenOf(string link) =>
        link.Split('?', '&').Single(part => part.StartsWith("token=", StringComparison.Ordinal))["token=".Length..];

    private static async Task FailOverAsync(Fleet fleet)
    {
        await using var presser = new Presser(fleet.StandIn);
        await Task.Delay(1_000);
        // Telegram away: what is written then is written with addresses in it, and the token is part of those.
        await Net.IsolateAsync(0, fleet.First.Host);
        await Task.Delay(5_000);
        await Net.HealAsync(0);
        await Net.HealAsync(fleet.First.Host);
        await fleet.SettledAsync(fleet.First, TimeSpan.FromSeconds(60));
        fleet.First.Kill();
        await Task.Delay(10_000);
        fleet.First.PowerOn();
        await fleet.SettledAsync(fleet.First, TimeSpan.FromSeconds(60));
    }

    private static void CheckLogs(Fleet fleet, Dictionary<string, string> canaries, Report report)
    {
        var logs = fleet.Machines
            .SelectMany(machine => Directory.EnumerateFiles(machine.Folder, "*", SearchOption.AllDirectories))
            .Where(file => !Path.GetFileName(file).StartsWith("network_state.json", StringComparison.Ordinal) && Path.GetFileName(file) != "lock")
            .ToDictionary(file => file, File.ReadAllText);
        report.Check(logs.Values.Any(log => log.Contains("DBG", StringComparison.Ordinal)), "secrets: the logs are there, at debug level",
            $"{logs.Count} files, {logs.Values.Sum(log => log.Length) / 1024} KiB");
        foreach (var (name, canary) in canaries)
        {
            var found = logs.Where(log => log.Value.Contains(canary, StringComparison.Ordinal)).Select(log => log.Key).ToList();
            report.Check(found.Count == 0, $"secrets: the {name} is in no log", string.Join(", ", found));
        }
        var state = File.ReadAllText(fleet.First.StateFile);
        report.Check(state.Contains(canaries["bot token"], StringComparison.Ordinal), "secrets: the search finds what is there to be found");
    }

    private static void CheckCommandLines(CommandLines watch, Dictionary<string, string> canaries, Report report)
    {
        var seen = watch.Seen();
        report.Check(seen.Count > 3, "secrets: command lines were seen", $"{seen.Count} different ones");
        foreach (var (name, canary) in canaries)
        {
            var found = seen.Where(line => line.Contains(canary, StringComparison.Ordinal)).ToList();
            report.Check(found.Count == 0, $"secrets: the {name} is in no command line", string.Join(", ", found));
        }
    }
}

/// <summary>Reads the command lines of nodes and their children every 50 ms.</summary>
internal sealed class CommandLines : IDisposable
{
    private readonly HashSet<string> _seen = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Task _loop;
    private readonly string _ownNamespace = Namespace("self") ?? "";

    public CommandLines() => _loop = Task.Run(LoopAsync);

    public IReadOnlyCollection<string> Seen()
    {
        lock (_seen)
            return [.. _seen];
    }

    public void Dispose()
    {
        _end.Cancel();
        _loop.Wait(TimeSpan.FromSeconds(5));
        _end.Dispose();
    }

    private async Task LoopAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        try
        {
            while (await timer.WaitForNextTickAsync(_end.Token))
                Look();
        }
        catch (OperationCanceledException)
        {
            // Enough was seen.
        }
    }

    private void Look()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            var pid = Path.GetFileName(folder);
            if (!char.IsAsciiDigit(pid[0]) || !IsOfNode(pid) || Read($"/proc/{pid}/cmdline") is not { Length: > 0 } line)
                continue;
            lock (_seen)
                _seen.Add(Encoding.UTF8.GetString(line).Replace('\0', ' '));
        }
    }

    /// <summary>A machine has a pid namespace of its own; the command line of a node runs beside it.</summary>
    private bool IsOfNode(string pid) =>
        Namespace(pid) is { } space && (space != _ownNamespace || Link($"/proc/{pid}/exe") == Fleet.Constella);

    private static string? Namespace(string pid) => Link($"/proc/{pid}/ns/pid");

    private static string? Link(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static byte[]? Read(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
