using System.Runtime.Versioning;
using Constella.Api.Configuration;
using Constella.Api.Vpn;
using Constella.Core.Members;
using Constella.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Constella.Tests.Vpn;

/// <summary>The running node's part, over a real node and a machine of fields (rules O2 and O3).</summary>
[SupportedOSPlatform("linux")]
public sealed class OverlayKeeperTests : IAsyncLifetime
{
    private readonly FakeWireGuard _machine = new();
    private TestNode _node = null!;

    public async Task InitializeAsync()
    {
        _node = await TestNode.FoundAsync(services => services.AddSingleton<IWireGuard>(_machine));
        await _node.UntilAsync(view => view.IsHost);
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_hub_tells_its_place_and_its_peers_are_the_members()
    {
        using var keeper = Hub();
        keeper.Turn();
        await _node.UntilAsync(view => view.Members[0].Record.Overlay is { IsHub: true });
        Assert.Equal("10.42.0.1", NodeAddress.TryParse(_node.Cluster.View.Members[0].Record.Addr, out var address, out _) ? address.Host : null);
        Assert.DoesNotContain("[Peer]", _machine.Synced!, StringComparison.Ordinal);

        var (state, _) = await JoinAsync("echo-02", "");
        var place = state.Peers.Single(record => record.Name == "echo-02").Overlay!;
        Assert.Equal("10.42.0.2/24", place.Address);
        keeper.Turn();
        Assert.Contains($"PublicKey = {place.Key}\nAllowedIPs = 10.42.0.2/32", _machine.Synced!, StringComparison.Ordinal);
        Assert.Contains(place.Key, await File.ReadAllTextAsync(new WireGuardFile(_node.Options.StateDir, "wg0").Location), StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(new WireGuardFile(_node.Options.StateDir, "wg0").Location));
    }

    [Fact]
    public async Task A_link_leads_around_the_tunnel()
    {
        using var keeper = Hub();
        var before = (await _node.LinkAsync()).Seed;
        keeper.Turn();
        await _node.UntilAsync(view => view.Members[0].Record.AltAddr is not null);
        Assert.Equal(before, (await _node.LinkAsync()).Seed);
    }

    [Fact]
    public async Task Who_may_not_touch_the_interface_goes_on()
    {
        using var keeper = Hub();
        _machine.Permitted = false;
        keeper.Turn();
        await _node.UntilAsync(view => view.Members[0].Record.Overlay is not null);
        Assert.Null(_machine.Synced);
    }

    [Fact]
    public async Task Without_a_hub_a_joiner_is_told_so_and_the_link_stays_good()
    {
        var link = await _node.LinkAsync();
        var refused = await Assert.ThrowsAsync<Constella.Api.Cli.CliException>(() => TestNode.RedeemAsync(link, TestNode.FreshOptions("echo-02"), new OverlayPlace(FakeWireGuard.Key(1), "")));
        Assert.Contains("no hub", refused.Message, StringComparison.Ordinal);
        Assert.NotNull(await TestNode.RedeemAsync(link, TestNode.FreshOptions("echo-02")));
    }

    private async Task<(NetworkState State, bool? Reachable)> JoinAsync(string name, string address)
    {
        var joined = await TestNode.RedeemAsync(await _node.LinkAsync(), TestNode.FreshOptions(name), new OverlayPlace(FakeWireGuard.Key(50), address));
        return (joined.State, joined.Reachable);
    }

    private OverlayKeeper Hub()
    {
        var options = _node.Options with { Vpn = new VpnOptions(VpnMode.Hub) };
        var self = _node.Cluster.View.Members[0].Record;
        var tunnel = Tunnel.New(options.Vpn, self.Addr, _machine)!;
        tunnel.Write(options.StateDir, self.NodeId, tunnel.Place, [self]);
        _machine.Sight = new InterfaceSight(true, true, "10.42.0.1");
        return new OverlayKeeper(options, _machine, _node.Cluster, NullLogger<OverlayKeeper>.Instance);
    }
}
