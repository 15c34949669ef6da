using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Constella.Api;
using Constella.Api.State;

namespace Constella.Tests.Cli;

/// <summary>What becomes of a running node, as its supervisor sees it: exit codes and one clear line.</summary>
[SupportedOSPlatform("linux")]
public sealed class NodeProcessTests : IDisposable
{
    private readonly NodeProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public async Task A_port_in_use_is_told_and_the_state_is_left_alone()
    {
        await _program.RunAsync("", "init");
        var before = await File.ReadAllBytesAsync(_program.StateFile);
        using var listener = new TcpListener(IPAddress.Loopback, _program.Port);
        listener.Start();

        var end = await _program.RunAsync("", "run");

        Assert.Equal(ExitCode.PortInUse, end.Code);
        Assert.Contains($"constella: port in use: another program listens on 127.0.0.1:{_program.Port}", end.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(_program.StateFile));
    }

    [Fact]
    public async Task A_state_that_cannot_be_read_ends_the_node_and_is_left_as_it_is()
    {
        await _program.RunAsync("", "init");
        const string Garbled = "{\"format\":1,\"network_id\":\"";
        await File.WriteAllTextAsync(_program.StateFile, Garbled);

        var end = await _program.RunAsync("", "run");

        Assert.Equal(ExitCode.BadState, end.Code);
        Assert.Single(end.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("is garbled", end.Error, StringComparison.Ordinal);
        Assert.Equal(Garbled, await File.ReadAllTextAsync(_program.StateFile));
    }

    [Fact]
    public async Task A_second_process_on_one_folder_is_refused_and_the_first_goes_on()
    {
        await _program.RunAsync("", "init");
        var first = await _program.NodeAsync();

        var second = await _program.RunAsync("", "run");

        Assert.Equal(ExitCode.BadState, second.Code);
        Assert.Contains("another constella process has", second.Error, StringComparison.Ordinal);
        Assert.Contains("\"status\"", await first.HealthAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_state_that_cannot_be_written_ends_the_node()
    {
        await _program.RunAsync("", "init");
        var node = await _program.NodeAsync();
        await node.SaysAsync("this node is the Host now");
        var before = await File.ReadAllBytesAsync(_program.StateFile);
        // Stands in the way of the temporary file, for root too.
        Directory.CreateDirectory(Path.Combine(_program.State, StateStore.FileName + ".tmp", "x"));

        var invite = await _program.RunAsync("", "invite");

        Assert.NotEqual(ExitCode.Ok, invite.Code);
        Assert.Equal(ExitCode.Disk, await node.EndAsync());
        Assert.Contains("cannot be written", node.Said, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(_program.StateFile));
    }

    [Fact]
    public async Task A_cloned_machine_is_told_in_both_logs_and_neither_leads()
    {
        using var copy = new NodeProgram();
        using var third = new NodeProgram();
        third.Environment["CONSTELLA_PRIORITY"] = "200";
        await _program.RunAsync("", "init", "--server-name", "alpha-01", "--public-addr", $"127.0.0.1:{_program.Port}");
        var original = await _program.NodeAsync();
        await original.SaysAsync("this node is the Host now");
        var link = (await _program.RunAsync("", "invite")).Output.Trim();
        var join = await third.RunAsync(link + "\n", "join", "--join", "-", "--server-name", "echo-02", "--public-addr", $"127.0.0.1:{third.Port}");
        Assert.Equal((ExitCode.Ok, ""), (join.Code, join.Code == ExitCode.Ok ? "" : join.Error));
        var witness = await third.NodeAsync();

        Directory.CreateDirectory(copy.State);
        File.Copy(_program.StateFile, copy.StateFile);
        var clone = await copy.NodeAsync();

        foreach (var one in new[] { original, clone })
        {
            await one.SaysAsync("two machines run with the same node id");
            Assert.Contains("\"status\":\"cloned\"", await one.HealthAsync(), StringComparison.Ordinal);
        }
        await original.SaysAsync("this node is the Host no more");
        Assert.DoesNotContain("this node is the Host now", clone.Said, StringComparison.Ordinal);
        Assert.DoesNotContain("two machines run with the same node id", witness.Said, StringComparison.Ordinal);
    }
}
