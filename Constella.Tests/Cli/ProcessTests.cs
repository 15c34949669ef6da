using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Text;
using Constella.Api;
using Constella.Api.Cli;
using Constella.Api.State;
using Constella.Core.Cluster;
using Constella.Core.Signing;
using Constella.Tests.Signing;

namespace Constella.Tests.Cli;

/// <summary>The built program itself, where no node is needed.</summary>
[SupportedOSPlatform("linux")]
public sealed class ProcessTests : IDisposable
{
    private readonly NodeProgram _program = new();

    private string State => _program.State;

    private string StateFile => _program.StateFile;

    [Fact]
    public async Task Init_writes_a_state_once()
    {
        var first = await RunAsync("", "init", "--server-name", "delta-01", "--owner", "@username");
        Assert.Equal((ExitCode.Ok, ""), (first.Code, first.Error.Contains("rror", StringComparison.Ordinal) ? first.Error : ""));
        var written = await File.ReadAllTextAsync(StateFile);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(StateFile));
        Assert.Equal("username", StateStore.Read(State)!.Settings.OwnerUsername);

        var second = await RunAsync("", "init", "--server-name", "fox-03");
        Assert.Equal(ExitCode.Failed, second.Code);
        Assert.Contains("nothing was changed", second.Error, StringComparison.Ordinal);
        Assert.Equal(written, await File.ReadAllTextAsync(StateFile));
    }

    [Fact]
    public async Task The_version_and_the_help_need_nothing()
    {
        Assert.Equal((ExitCode.Ok, $"constella {CommandLine.Version}\n"), Result(await RunAsync("", "--version")));
        var help = await RunAsync("", "sign", "--help");
        Assert.Equal(ExitCode.Ok, help.Code);
        Assert.Contains("Examples:\n  constella sign GET /peers --curl\n", help.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_verb_is_a_usage_error()
    {
        var run = await RunAsync("", "frobnicate");
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.StartsWith("constella: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bad_link_is_told_and_leaves_nothing_behind()
    {
        var run = await RunAsync("join://203.0.113.10:4747?net=xyz&token=CANARY&ttl=15m\n", "join", "--join", "-");
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("net must be 16", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", run.Output + run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(StateFile));
    }

    [Fact]
    public async Task Run_without_a_network_says_how_to_get_one()
    {
        var run = await RunAsync("", "run");
        Assert.Equal(ExitCode.NoNode, run.Code);
        Assert.Contains("constella init", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_told_before_the_link_is_spent()
    {
        using var listener = new TcpListener(IPAddress.Loopback, _program.Port);
        listener.Start();
        var link = $"join://127.0.0.1:1?net=0123456789abcdef&token={new string('A', 43)}&ttl=15m";
        var run = await RunAsync(link + "\n", "join", "--join", "-");
        Assert.Equal(ExitCode.PortInUse, run.Code);
        Assert.Contains($"127.0.0.1:{_program.Port}", run.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(StateFile));
    }

    [Fact]
    public async Task A_state_of_another_user_asks_for_sudo()
    {
        await RunAsync("", "init");
        File.SetUnixFileMode(State, UnixFileMode.None);
        // Root reads everything unless it gives that capability away.
        var run = Environment.IsPrivilegedProcess
            ? await _program.RunAsync("setpriv", "", ["--bounding-set=-all", "--inh-caps=-all", .. NodeProgram.Command, "status"])
            : await RunAsync("", "status");
        Assert.Equal(ExitCode.NoNode, run.Code);
        Assert.Equal("constella: the state is readable by its owner only: run with sudo\n", run.Error);
    }

    [Fact]
    public async Task What_sign_prints_is_a_request_that_a_node_accepts_once()
    {
        await RunAsync("", "init");
        var body = Path.Combine(_program.Folder, "order.json");
        await File.WriteAllTextAsync(body, "{\"id\":1}");
        var run = await RunAsync("", "sign", "POST", "/reboot?x=1", "--body", body, "--headers", "--run", "cccccccccccccccc");
        Assert.Equal(ExitCode.Ok, run.Code);
        var state = StateStore.Read(State)!;
        var headers = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(": ", 2)).ToDictionary(pair => pair[0], pair => new List<string?> { pair[1] }, StringComparer.OrdinalIgnoreCase);
        var verifier = new RequestVerifier(state.NodeId, "cccccccccccccccc", new NonceCache());
        var parts = new RequestParts("POST", "/reboot?x=1", Encoding.UTF8.GetBytes("{\"id\":1}"));
        Assert.IsType<Verdict.Ok>(Verify(parts));
        Assert.IsType<Verdict.Replayed>(Verify(parts));
        Assert.IsType<Verdict.Unauthorized>(Verify(parts with { Method = "GET" }));
        Assert.DoesNotContain(state.NetworkSecret, run.Output + run.Error, StringComparison.Ordinal);

        Verdict Verify(RequestParts request) => verifier.Verify(
            request,
            headers.Lookup(),
            new KeyRing(state.NetworkSecret, state.SecretGeneration),
            id => id == state.NodeId,
            new Now(0, DateTimeOffset.UtcNow));
    }

    [Fact]
    public async Task The_printed_curl_command_is_one_that_a_shell_takes_apart_again()
    {
        await RunAsync("", "init");
        var run = await RunAsync("{\"name\":\"it's\"}", "sign", "PATCH", "/self", "--body", "-", "--curl", "--host", "203.0.113.10:4747", "--run", "cccccccccccccccc");
        var shell = await _program.RunAsync("sh", "", ["-c", "curl() { printf '%s\\n' \"$@\"; cat; }\n" + run.Output]);
        var words = shell.Output.Split('\n');
        var state = StateStore.Read(State)!;
        Assert.Contains($"https://{state.NodeId}.constella:4747/self", words);
        Assert.Contains("::203.0.113.10:4747", words);
        Assert.Contains("-----BEGIN CERTIFICATE-----", words);
        Assert.Contains("{\"name\":\"it's\"}", words);
        Assert.Contains("Constella-Run: cccccccccccccccc", words);
    }

    public void Dispose() => _program.Dispose();

    private static (int Code, string Output) Result(ProcessEnd end) => (end.Code, end.Output);

    private Task<ProcessEnd> RunAsync(string input, params string[] args) => _program.RunAsync(input, args);
}
