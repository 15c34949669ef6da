using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Constella.Api.Cli.Founding;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Api.Tls;
using Microsoft.Extensions.DependencyInjection;

namespace Constella.Tests.Api.Tls;

/// <summary>Rule X6 between real nodes and over real sockets.</summary>
public sealed class TlsTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.FoundAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_member_is_called_over_TLS_and_must_be_the_one_that_is_meant()
    {
        Assert.Equal("alpha-01", (await PeersAsync(_node, _node.State.NodeId)).Name);

        var refusal = await Assert.ThrowsAsync<PeerException>(() => PeersAsync(_node, "bbbbbbbbbbbbbbbb"));
        Assert.Null(refusal.Status);
        Assert.Contains("certificate", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_was_verified_for_one_node_carries_no_call_for_another()
    {
        using var http = Http(_node);
        _ = await http.CallAsync(Call(_node.State.NodeId), ApiJson.Default.PeersAnswer, CancellationToken.None);
        var refusal = await Assert.ThrowsAsync<PeerException>(() => http.CallAsync(Call("bbbbbbbbbbbbbbbb"), ApiJson.Default.PeersAnswer, CancellationToken.None));
        Assert.Null(refusal.Status);
    }

    [Fact]
    public async Task A_node_of_another_network_at_the_same_address_is_not_spoken_to()
    {
        var stranger = NetworkFounder.Create(TestNode.FreshOptions("echo-02"), "echo-02", "203.0.113.10:4747", null);
        var keys = new NetworkKeys(stranger);
        using var http = new PeerHttp(
            stranger.NodeId, keys, new TargetBook(TimeProvider.System), new PeerTrust(stranger.NetworkId, () => keys.Ring, TimeProvider.System, null), null);
        var refusal = await Assert.ThrowsAsync<PeerException>(
            () => http.CallAsync(Call(_node.State.NodeId), ApiJson.Default.PeersAnswer, CancellationToken.None));
        Assert.Null(refusal.Status);
    }

    [Fact]
    public async Task Two_joined_nodes_hear_each_other_over_TLS_alone()
    {
        await using var echo = await _node.JoinAsync("echo-02");
        Assert.Equal("echo-02", (await PeersAsync(echo, echo.State.NodeId)).Name);
    }

    [Fact]
    public async Task A_node_that_speaks_plain_HTTP_joins_and_still_accepts_TLS()
    {
        var options = TestNode.FreshOptions("echo-02") with { Tls = false };
        var joined = await TestNode.RedeemAsync(await _node.LinkAsync(), options);
        await using var echo = await TestNode.StartAsync(options, joined.State);
        // On one machine nobody refuses its plain calls; the other one calls it by TLS.
        await _node.UntilAsync(view => view.Members.Length > 1 && view.Members.All(member => member.Health == Constella.Core.Cluster.Health.Alive));
        await echo.UntilAsync(view => view.Members.Length > 1 && view.Members.All(member => member.Health == Constella.Core.Cluster.Health.Alive));
        Assert.Equal("echo-02", (await PeersAsync(echo, echo.State.NodeId)).Name);
    }

    [Fact]
    public async Task The_joiner_answers_the_call_back_over_TLS()
    {
        var listen = new IPEndPoint(IPAddress.Loopback, TestNode.FreePort());
        await using var doorbell = await Doorbell.HangAsync(listen, "echo-02", "cccccccccccccccc", CancellationToken.None);
        using var http = Http(_node);
        Assert.Contains("cccccccccccccccc", await http.Plain.GetStringAsync(new Uri($"https://{listen}/health")), StringComparison.Ordinal);
        Assert.Contains("cccccccccccccccc", await http.Plain.GetStringAsync(new Uri($"http://{listen}/health")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_node_shows_holds_against_the_authority_that_is_printed()
    {
        using var client = await ConnectAsync();
        X509Certificate2? shown = null;
        await using var tls = new SslStream(client.GetStream(), false, (_, certificate, _, _) => (shown = new X509Certificate2(certificate!)) is not null);
        await tls.AuthenticateAsClientAsync("any");
        using var authority = X509Certificate2.CreateFromPem(
            CertificateAuthority.Pem(_node.State.NetworkId, new NetworkKeys(_node.State).Ring, 1));
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        Assert.True(chain.Build(shown!));
        Assert.True(shown!.MatchesHostname($"{_node.State.NodeId}.constella"));
    }

    [Fact]
    public async Task A_handshake_that_does_not_go_on_ends_by_itself()
    {
        using var half = await BeginAsync();
        Assert.Equal(0, await EndAsync(half));
    }

    [Fact]
    public async Task An_address_that_floods_with_handshakes_is_turned_away_and_the_node_goes_on()
    {
        var budget = _node.Services.GetRequiredService<HandshakeBudget>();
        var places = Enumerable.Range(0, HandshakeBudget.PerAddress).Select(_ => budget.Enter(IPAddress.Loopback)).ToList();

        Assert.Null((await Assert.ThrowsAsync<PeerException>(() => PeersAsync(_node, _node.State.NodeId))).Status);
        Assert.Equal("alpha-01", (await _node.Client.StatsAsync(_node.State.NodeId, CancellationToken.None)).Name);

        places.ForEach(place => place!.Dispose());
        // More of them than there are places: each is given back when its handshake is over, not when its connection is.
        var connections = Enumerable.Range(0, HandshakeBudget.PerAddress + 1).Select(_ => Http(_node)).ToList();
        foreach (var http in connections)
            Assert.Equal("alpha-01", (await http.CallAsync(Call(_node.State.NodeId), ApiJson.Default.PeersAnswer, CancellationToken.None)).Name);
        connections.ForEach(http => http.Dispose());
    }

    [Fact]
    public async Task Bytes_that_are_neither_TLS_nor_HTTP_do_no_harm()
    {
        foreach (var garbage in new[] { new byte[] { 0x16, 3, 1, 0, 1, 0xff }, "\0\0\0\0\r\n\r\n"u8.ToArray(), Encoding.ASCII.GetBytes("SSH-2.0-x\r\n\r\n") })
        {
            using var client = await ConnectAsync();
            await client.GetStream().WriteAsync(garbage);
            client.Client.Shutdown(SocketShutdown.Send);
            await EndAsync(client);
        }
        Assert.Equal("alpha-01", (await PeersAsync(_node, _node.State.NodeId)).Name);
    }

    private static PeerHttp Http(TestNode node)
    {
        var keys = new NetworkKeys(node.State);
        return new PeerHttp(
            node.State.NodeId, keys, new TargetBook(TimeProvider.System), new PeerTrust(node.State.NetworkId, () => keys.Ring, TimeProvider.System, null), null);
    }

    private PeerCall Call(string target) => new(HttpMethod.Get, new Uri($"https://{_node.Options.Listen}/peers"), target);

    private static async Task<PeersAnswer> PeersAsync(TestNode node, string target)
    {
        using var http = Http(node);
        return await http.CallAsync(
            new PeerCall(HttpMethod.Get, new Uri($"https://{node.Options.Listen}/peers"), target), ApiJson.Default.PeersAnswer, CancellationToken.None);
    }

    private async Task<TcpClient> BeginAsync()
    {
        var client = await ConnectAsync();
        // The head of a record whose body never comes.
        await client.GetStream().WriteAsync(new byte[] { TlsListener.HandshakeRecord, 3, 1, 2, 0, 1 });
        return client;
    }

    private async Task<TcpClient> ConnectAsync()
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _node.Options.Listen.Port);
        return client;
    }

    /// <summary>What is left to read when the node has closed: 0, or its last words.</summary>
    private static async Task<int> EndAsync(TcpClient client)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var buffer = new byte[4096];
        var total = 0;
        try
        {
            while (await client.Client.ReceiveAsync(buffer, SocketFlags.None, limit.Token) is > 0 and var read)
                total += read;
        }
        catch (SocketException)
        {
            // Reset is an end too.
        }
        return total;
    }
}
