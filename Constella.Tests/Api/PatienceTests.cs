using System.Net;
using System.Net.Sockets;
using Constella.Api.Peers;
using Constella.Core;

namespace Constella.Tests.Api;

/// <summary>A machine that is overloaded is slow to open the door; its own command line waits for it.</summary>
public sealed class PatienceTests
{
    [Fact]
    public async Task The_command_line_waits_for_a_connection_that_a_peer_would_give_up()
    {
        await using var node = await TestNode.FoundAsync();
        using var door = new TcpListener(IPAddress.Loopback, 0);
        door.Start();
        var opened = OpenAsync(door, node.Options.Listen, TimeSpan.FromMilliseconds(1.5 * Timings.CallTimeout));
        using (var client = new NodeClient(node.State, new Uri($"https://{door.LocalEndpoint}"), node.State.NodeId))
            Assert.Equal("alpha-01", Assert.Single((await client.PeersAsync(CancellationToken.None)).Peers).Name);
        await opened;
    }

    /// <summary>Hands one connection on, but only after a while.</summary>
    private static async Task OpenAsync(TcpListener door, IPEndPoint to, TimeSpan after)
    {
        using var caller = await door.AcceptTcpClientAsync();
        await Task.Delay(after);
        using var node = new TcpClient();
        await node.ConnectAsync(to);
        // Either way may be the first to end: the answer closes the connection, or the caller does.
        await Task.WhenAny(caller.GetStream().CopyToAsync(node.GetStream()), node.GetStream().CopyToAsync(caller.GetStream()));
    }
}
