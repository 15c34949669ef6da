using System.Net;
using System.Net.Sockets;
using System.Text;

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
