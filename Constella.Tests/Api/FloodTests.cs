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
        var held = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => HalfAsync()));
        try
        {
            Assert.Equal(HttpStatusCode.OK, (await new HttpClient().GetAsync(new Uri(_node.Address, "health"))).StatusCode);
            // Sixteen of one address have a place, and time to use it; the others are told at once.
            var statuses = await Task.WhenAll(held.Select(StatusAsync));
            Assert.Contains(statuses, status => status.Contains(" 408 ", StringComparison.Ordinal));
            Assert.Contains(statuses, status => status.Contains(" 429 ", StringComparison.Ordinal));
        }
        finally
        {
            Array.ForEach(held, client => client.Dispose());
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
            // The node's own client came before it had signed anything, and has a stranger's place or two.
            Assert.InRange(await OpenAsync(held), Limits.StrangersConnections - 2, Limits.StrangersConnections);
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

    // Each asks something: a connection that says nothing at all is closed within seconds.
    private async Task<List<TcpClient>> HoldAsync(string from, int count)
    {
        var held = new List<TcpClient>();
        for (var i = 0; i < count; i++)
        {
            held.Add(new TcpClient(new IPEndPoint(IPAddress.Parse(from), 0)));
            try
            {
                await held[^1].ConnectAsync(IPAddress.Loopback, _node.Address.Port);
                await held[^1].GetStream().WriteAsync("GET /health HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray());
            }
            catch (Exception error) when (error is SocketException or IOException or InvalidOperationException)
            {
                // Hung up on before it was told that it was connected.
            }
        }
        return held;
    }

    /// <summary>How many the node has answered, and not hung up on, once it has looked at all of them.</summary>
    private static async Task<int> OpenAsync(List<TcpClient> held)
    {
        var open = 0;
        foreach (var client in held.Where(client => client.Connected))
        {
            try
            {
                open += (await StatusAsync(client)).Contains(" 200 ", StringComparison.Ordinal) ? 1 : 0;
            }
            catch (Exception error) when (error is IOException or InvalidOperationException)
            {
                // Hung up on.
            }
        }
        return open;
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
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var answer = new byte[256];
        var read = await client.GetStream().ReadAsync(answer, limit.Token);
        return Encoding.ASCII.GetString(answer, 0, read).Split('\n')[0];
    }
}
