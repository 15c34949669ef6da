using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using Constella.Api.Cli;
using Constella.Api.State;

namespace Constella.Tests.Cli;

/// <summary>The built program with a folder and a port of its own, started as an owner starts it.</summary>
[SupportedOSPlatform("linux")]
internal sealed class NodeProgram : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("constella-process-").FullName;
    private readonly List<RunningProgram> _running = [];

    public NodeProgram()
    {
        Environment["CONSTELLA_STATE_DIR"] = State;
        Environment["CONSTELLA_LISTEN"] = $"127.0.0.1:{Port}";
    }

    public string Folder => _folder;

    public string State => Path.Combine(_folder, "state");

    public string StateFile => Path.Combine(State, StateStore.FileName);

    public int Port { get; } = FreePort();

    public Dictionary<string, string> Environment { get; } = new() { ["DOTNET_NOLOGO"] = "1" };

    /// <summary>Ends with the program.</summary>
    public Task<ProcessEnd> RunAsync(string input, params string[] args) => RunAsync(Command[0], input, [.. Command[1..], .. args]);

    public async Task<ProcessEnd> RunAsync(string program, string input, string[] args)
    {
        using var process = Launch(program, args);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await process.WaitForExitAsync(limit.Token);
        return new ProcessEnd(process.ExitCode, await output, await error);
    }

    /// <summary>Ends when the node answers.</summary>
    public async Task<RunningProgram> NodeAsync(params string[] args)
    {
        var running = new RunningProgram(Launch(Command[0], [.. Command[1..], "run", .. args]), new Uri($"http://127.0.0.1:{Port}"));
        _running.Add(running);
        await running.AnswersAsync();
        return running;
    }

    /// <summary>What is started: what was built with the tests, or the release that is named to them.</summary>
    public static string[] Command { get; } =
        System.Environment.GetEnvironmentVariable("CONSTELLA_RELEASE") is { Length: > 0 } release ? [release] : ["dotnet", typeof(CommandLine).Assembly.Location];

    public void Dispose()
    {
        _running.ForEach(running => running.Dispose());
        if (Directory.Exists(State))
            File.SetUnixFileMode(State, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.Delete(_folder, recursive: true);
    }

    private Process Launch(string program, string[] args)
    {
        var start = new ProcessStartInfo(program, args)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var (key, value) in Environment)
            start.Environment[key] = value;
        return Process.Start(start)!;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

internal sealed record ProcessEnd(int Code, string Output, string Error);

/// <summary>A node that runs, and what it has said so far.</summary>
internal sealed class RunningProgram : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly StringBuilder _said = new();

    public RunningProgram(Process process, Uri address)
    {
        (_process, Address) = (process, address);
        process.OutputDataReceived += Hear;
        process.ErrorDataReceived += Hear;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public Uri Address { get; }

    public int Pid => _process.Id;

    public string Said
    {
        get
        {
            lock (_said)
                return _said.ToString();
        }
    }

    public async Task<string> HealthAsync()
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        return await http.GetStringAsync(new Uri(Address, "health"));
    }

    public Task AnswersAsync() => UntilAsync("it answers", async () =>
    {
        Assert.False(_process.HasExited, Said);
        try
        {
            return (await HealthAsync()).Length > 0;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    });

    public Task SaysAsync(string text) => UntilAsync(text, () => Task.FromResult(Said.Contains(text, StringComparison.Ordinal)));

    /// <summary>Ends when its health has this part.</summary>
    public Task IsAsync(string part) => UntilAsync(part, async () => (await HealthAsync()).Contains(part, StringComparison.Ordinal));

    /// <summary>kill -9; ends when the process is gone.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await EndAsync();
    }

    public async Task<int> EndAsync()
    {
        using var limit = new CancellationTokenSource(s_patience);
        await _process.WaitForExitAsync(limit.Token);
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
        _process.Dispose();
    }

    private async Task UntilAsync(string what, Func<Task<bool>> holds)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < s_patience, $"not in time: {what}\n{Said}");
            await Task.Delay(50);
        }
    }

    private void Hear(object sender, DataReceivedEventArgs line)
    {
        lock (_said)
            _said.Append(line.Data).Append('\n');
    }
}
