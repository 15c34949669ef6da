using Constella.Api.Configuration;
using Constella.Api.Vpn;
using Constella.Core.Members;

namespace Constella.Tests.Vpn;

/// <summary>Rule O2: what is in <c>wg0.conf</c>.</summary>
public sealed class WireGuardConfigTests
{
    private static readonly OverlayAddress s_address = OverlayAddress.Default.WithHost("10.42.0.2")!.Value;

    private static MemberRecord Member(int number, string? endpoint = null) => new()
    {
        NodeId = $"{number:x16}",
        Name = $"node-{number}",
        Addr = $"203.0.113.{number}:4747",
        Overlay = new OverlayPlace(FakeWireGuard.Key(number), $"10.42.0.{number}/24") { Endpoint = endpoint },
    };

    [Fact]
    public void A_hubs_peers_are_the_other_active_members_with_a_key()
    {
        var config = WireGuardConfig.New("secret", s_address, 51_820).ForHub(
            $"{1:x16}",
            [Member(1, "203.0.113.1:51820"), Member(3), Member(2), Member(4) with { Status = MemberStatus.Evicted }, Member(5) with { Overlay = null }]);
        Assert.Equal(
            $"# node-2\n[Peer]\nPublicKey = {FakeWireGuard.Key(2)}\nAllowedIPs = 10.42.0.2/32\n" +
            $"# node-3\n[Peer]\nPublicKey = {FakeWireGuard.Key(3)}\nAllowedIPs = 10.42.0.3/32\n", config.Peers);
    }

    [Fact]
    public void A_clients_peer_is_the_hub_or_the_one_that_is_configured()
    {
        var vpn = new VpnOptions(VpnMode.Client);
        var config = WireGuardConfig.New("secret", s_address, null);
        Assert.Contains("Endpoint = 203.0.113.1:51820\nAllowedIPs = 10.42.0.0/24\nPersistentKeepalive = 25\n", config.ForClient(vpn, [Member(1, "203.0.113.1:51820"), Member(3)]).Peers, StringComparison.Ordinal);
        var outside = config.ForClient(vpn with { HubEndpoint = "hub.example.org:1", HubPublicKey = FakeWireGuard.Key(9) }, [Member(1, "203.0.113.1:51820")]);
        Assert.Contains($"PublicKey = {FakeWireGuard.Key(9)}\nEndpoint = hub.example.org:1\n", outside.Peers, StringComparison.Ordinal);
        // The hub has left: what is there stays, another one may come.
        Assert.Equal(outside, outside.ForClient(vpn, [Member(3)]));
    }

    [Fact]
    public void What_the_owner_has_written_above_the_mark_stays()
    {
        var mine = WireGuardConfig.Parse("[Interface]\nPrivateKey = secret\nAddress = 10.42.0.1/24\nPostUp = reboot\n\n[Peer]\nPublicKey = mine\n");
        var next = WireGuardConfig.Parse(mine.ForHub($"{1:x16}", [Member(2)]).Text);
        Assert.Contains("PublicKey = mine", next.Head, StringComparison.Ordinal);
        Assert.DoesNotContain("node-2", next.Head, StringComparison.Ordinal);
        Assert.Equal(next, WireGuardConfig.Parse(next.Text));
        Assert.Equal(("secret", "10.42.0.1/24"), (next.PrivateKey, next.Address?.ToString()));
    }

    [Fact]
    public void Commands_of_wg_quick_are_not_handed_on_and_the_key_is_not_printed()
    {
        var config = WireGuardConfig.Parse("[Interface]\nPrivateKey = secret\nAddress = 10.42.0.1/24\npostup = reboot\nListenPort = 7\nDNS=1.1.1.1\n");
        Assert.Equal("[Interface]\nPrivateKey = secret\nListenPort = 7\n# Constella writes what follows; what stands above this line stays as it is.\n\n", config.ForWg);
        Assert.DoesNotContain("secret", config.ToString(), StringComparison.Ordinal);
    }
}
