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
        // The hub has left or was evicted: it is no peer any more.
        Assert.Empty(config.ForClient(vpn, [Member(1, "203.0.113.1:51820")]).ForClient(vpn, [Member(3)]).Peers);
        // One from outside is the owner's own, and stays.
        var outside = config.WithHub(FakeWireGuard.Key(9), "hub.example.org:1");
        Assert.Contains($"PublicKey = {FakeWireGuard.Key(9)}\nEndpoint = hub.example.org:1\n", outside.Head, StringComparison.Ordinal);
        Assert.Equal(outside, WireGuardConfig.Parse(outside.ForClient(vpn with { HubPublicKey = FakeWireGuard.Key(9) }, [Member(1, "203.0.113.1:51820")]).Text));
    }

    [Fact]
    public void A_client_that_becomes_the_hub_gets_a_port()
    {
        var config = WireGuardConfig.New("secret", s_address, null).Listening(51_820);
        Assert.Equal(51_820, config.ListenPort);
        Assert.Equal(config, config.Listening(1));
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
