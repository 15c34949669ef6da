using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using Constella.Api;
using Constella.Api.Peers;
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
    public async Task A_state_that_was_lost_is_no_first_start()
    {
        var mark = Path.Combine(_program.Folder, "mark");
        var first = await _program.NodeAsync("--init-once", mark);
        var node = StateStore.Read(_program.State)!.NodeId;
        await first.KillAsync();
        Directory.Delete(_program.State, recursive: true);

        var again = await _program.RunAsync("", "run", "--init-once", mark);

        Assert.Equal(ExitCode.NoNode, again.Code);
        Assert.Contains($"the state of node {node} of network", again.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_program.StateFile));
        File.Delete(mark);
        await _program.NodeAsync("--init-once", mark);
        Assert.NotEqual(node, StateStore.Read(_program.State)!.NodeId);
    }

    [Fact]
    public async Task A_network_that_cannot_be_remembered_does_not_run()
    {
        var run = await _program.RunAsync("", "run", "--init-once", Path.Combine(_program.Folder, "no-folder", "mark"));

        Assert.Equal(ExitCode.Failed, run.Code);
        Assert.Contains("which remembers that there is a network, cannot be used", run.Error, StringComparison.Ordinal);
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

    /// <summary><c>CONSTELLA_KILLS</c> asks for more of them (<c>tests/long/kills</c>).</summary>
    [Fact]
    public async Task A_node_that_is_killed_while_it_saves_leaves_a_state_that_can_be_read()
    {
        await _program.RunAsync("", "init");
        var kills = int.Parse(Environment.GetEnvironmentVariable("CONSTELLA_KILLS") ?? "5", CultureInfo.InvariantCulture);
        var saved = 0;
        for (var kill = 0; kill < kills; kill++)
        {
            var node = await _program.NodeAsync();
            using var saving = new CancellationTokenSource();
            var first = new TaskCompletionSource();
            var saves = SaveAsync(node, first, saving.Token);
            // On a busy machine a connection takes longer than what a life may last after it.
            await first.Task.WaitAsync(TimeSpan.FromSeconds(30));
            await Task.Delay(RandomNumberGenerator.GetInt32(0, 400));
            await node.KillAsync();
            await saving.CancelAsync();
            saved += await saves;
            Assert.NotNull(StateStore.Read(_program.State));
            var copy = StateStore.Inspect(_program.State).Backup;
            Assert.True(copy.Written is null || copy.State is not null, copy.Wrong);
        }
        Assert.True(saved >= 2 * kills, $"only {saved} saves in {kills} lives");
    }

    private async Task<int> SaveAsync(RunningProgram node, TaskCompletionSource first, CancellationToken cancellation)
    {
        var saves = 0;
        using var client = new NodeClient(StateStore.Read(_program.State)!, node.Address, StateStore.Read(_program.State)!.NodeId);
        try
        {
            while (!cancellation.IsCancellationRequested)
            {
                var invite = await client.InviteAsync(null, cancellation);
                await client.RevokeInviteAsync(invite.Id, cancellation);
                saves += 2;
                first.TrySetResult();
            }
        }
        catch (Exception error) when (error is PeerException or OperationCanceledException)
        {
            // It was killed.
        }
        return saves;
    }

    [Fact]
    public async Task Noise_on_the_port_leaves_the_node_answering()
    {
        await _program.RunAsync("", "init");
        var node = await _program.NodeAsync();
        var noise = RandomNumberGenerator.GetBytes(64 * 1024);
        var header = Encoding.ASCII.GetBytes("GET /health HTTP/1.1\r\nX: " + new string('x', 10 * 1024 * 1024));
        foreach (var bytes in new[] { noise, noise[..100], "POST /join HTTP/1.1\r\nContent-Le"u8.ToArray(), header, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8.ToArray() })
            await SendAsync(bytes);
        using var slow = await OpenAsync();
        for (var i = 0; i < 20; i++)
        {
            await slow.GetStream().WriteAsync("G"u8.ToArray());
            Assert.Contains("\"status\":\"ok\"", await node.HealthAsync(), StringComparison.Ordinal);
        }
    }

    private async Task SendAsync(byte[] bytes)
    {
        using var client = await OpenAsync();
        var stream = client.GetStream();
        try
        {
            await stream.WriteAsync(bytes);
            client.Client.Shutdown(SocketShutdown.Send);
            var answer = new byte[4_096];
            while (await stream.ReadAsync(answer) > 0)
            {
            }
        }
        catch (Exception error) when (error is IOException or SocketException)
        {
            // Hung up on.
        }
    }

    private async Task<TcpClient> OpenAsync()
    {
        var client = new TcpClient { ReceiveTimeout = 20_000 };
        await client.ConnectAsync(IPAddress.Loopback, _program.Port);
        return client;
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
            await one.IsAsync("\"status\":\"cloned\"");
            await one.IsAsync("\"is_leader\":false");
        }
        Assert.DoesNotContain("two machines run with the same node id", witness.Said, StringComparison.Ordinal);
    }
}
