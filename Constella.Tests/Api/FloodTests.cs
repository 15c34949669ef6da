using System.Net;
using System.Net.Sockets;
using System.Text;
using Constella.Core;

namespace Constella.Tests.Api;

/// <summary>Bodies of strangers cost no more than the node has set aside for them (rule X5).</summary>
public sealed class FloodTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.FoundAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task Bodies_that_do_not_come_are_few_and_end_soon_and_the_node_goes_on()
    {
        var held = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 16; i++)
                held.Add(await HalfAsync());
            // Each of the first holds one of the address's places; the next one is told so.
            using var surplus = await RetryAsync(HalfAsync, "429");
            Assert.Equal(HttpStatusCode.OK, (await new HttpClient().GetAsync(new Uri(_node.Address, "health"))).StatusCode);
            Assert.Contains(" 408 ", await StatusAsync(held[0]), StringComparison.Ordinal);
        }
        finally
        {
            held.ForEach(client => client.Dispose());
        }
        Assert.Equal("alpha-01", (await _node.Client.StatsAsync(_node.State.NodeId, CancellationToken.None)).Name);
    }

    [Fact]
    public async Task One_address_holds_its_share_of_connections_and_keeps_nobody_else_out()
    {
        var held = await HoldAsync("127.0.0.2", Limits.ConnectionsPerOrigin + 16);
        try
        {
            Assert.Equal(Limits.ConnectionsPerOrigin, await OpenAsync(held));
            Assert.Equal(HttpStatusCode.OK, (await new HttpClient().GetAsync(new Uri(_node.Address, "health"))).StatusCode);
        }
        finally
        {
            held.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public async Task Strangers_together_leave_room_for_those_who_have_signed()
    {
        Assert.Equal("alpha-01", (await _node.Client.StatsAsync(_node.State.NodeId, CancellationToken.None)).Name);
        var held = new List<TcpClient>();
        try
        {
            for (var i = 2; i <= 6; i++)
                held.AddRange(await HoldAsync($"127.0.0.{i}", Limits.ConnectionsPerOrigin));
            Assert.Equal(Limits.StrangersConnections, await OpenAsync(held));
            // From an address of its own, that has proved itself: by a connection that was not there before.
            using var member = new HttpClient(new SocketsHttpHandler());
            Assert.Equal(HttpStatusCode.OK, (await member.GetAsync(new Uri(_node.Address, "health"))).StatusCode);
        }
        finally
        {
            held.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public async Task Attempts_to_join_beyond_the_limit_are_refused_before_their_body_comes()
    {
        var statuses = new List<string>();
        for (var i = 0; i < 21; i++)
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, _node.Address.Port);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(
                "POST /join HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: " + (i < 20 ? "2\r\n\r\n{}" : "9\r\n\r\n")));
            statuses.Add((await StatusAsync(client)).Trim());
        }
        Assert.Equal((20, 1), (statuses.Count(status => status.Contains(" 400 ", StringComparison.Ordinal)), statuses.Count(status => status.Contains(" 429 ", StringComparison.Ordinal))));
    }

    private async Task<List<TcpClient>> HoldAsync(string from, int count)
    {
        var held = new List<TcpClient>();
        for (var i = 0; i < count; i++)
        {
            held.Add(new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0)));
            try
            {
                await held[^1].ConnectAsync(IPAddress.Loopback, _node.Address.Port);
            }
            catch (SocketException)
            {
                // Hung up on before it was told that it was connected.
            }
        }
        return held;
    }

    /// <summary>How many the node has not hung up on, once it has looked at all of them.</summary>
    private static async Task<int> OpenAsync(List<TcpClient> held)
    {
        var open = 0;
        foreach (var client in held.Where(client => client.Connected))
        {
            using var silence = new CancellationTokenSource(TimeSpan.FromMilliseconds(open == 0 ? 2_000 : 20));
            try
            {
                _ = await client.GetStream().ReadAsync(new byte[1], silence.Token);
            }
            catch (OperationCanceledException)
            {
                open++;
            }
            catch (IOException)
            {
                // Hung up on.
            }
        }
        return open;
    }

    private static async Task<TcpClient> RetryAsync(Func<Task<TcpClient>> open, string status)
    {
        for (var i = 0; ; i++)
        {
            var client = await open();
            if ((await StatusAsync(client)).Contains($" {status} ", StringComparison.Ordinal))
                return client;
            client.Dispose();
            Assert.True(i < 5, $"no {status}");
        }
    }

    private async Task<TcpClient> HalfAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _node.Address.Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes("POST /heartbeat HTTP/1.1\r\nHost: x\r\nContent-Length: 200000\r\n\r\n{"));
        return client;
    }

    private static async Task<string> StatusAsync(TcpClient client)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var answer = new byte[256];
        var read = await client.GetStream().ReadAsync(answer, limit.Token);
        return Encoding.ASCII.GetString(answer, 0, read).Split('\n')[0];
    }
}
