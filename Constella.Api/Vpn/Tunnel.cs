using System.Collections.Immutable;
using Constella.Api.Configuration;
using Constella.Core.Members;

namespace Constella.Api.Vpn;

/// <summary>A place in the overlay that is being made: its private key, and what others are told of it (rule O1).</summary>
internal sealed record Tunnel(VpnOptions Vpn, string PrivateKey, OverlayPlace Place)
{
    /// <param name="outside">The node's address from outside of the overlay, <c>host:port</c>; null where it does not know it yet.</param>
    /// <returns>Null where the configuration wishes for none.</returns>
    /// <exception cref="WireGuardException">A tool is missing, or the hub cannot say where it is found.</exception>
    public static Tunnel? New(VpnOptions vpn, string? outside, IWireGuard wireGuard)
    {
        if (!vpn.IsOn)
            return null;
        var endpoint = vpn.IsHub ? vpn.EndpointAt(outside) : null;
        if (vpn.IsHub && endpoint is null)
            throw new WireGuardException("a hub must say where it is found: give --vpn-hub-endpoint HOST:PORT, or --public-addr");
        var key = wireGuard.NewKey();
        return new Tunnel(vpn, key, new OverlayPlace(wireGuard.PublicKey(key), vpn.Wanted?.ToString() ?? "") { Endpoint = endpoint });
    }

    /// <summary>Writes <c>wg/wg0.conf</c>.</summary>
    /// <param name="place">As the network has taken it.</param>
    /// <exception cref="WireGuardException">It has no address, or no hub is known.</exception>
    public void Write(string stateDir, string nodeId, OverlayPlace? place, ImmutableArray<MemberRecord> members)
    {
        if (!OverlayAddress.TryParse(place?.Address, out var address))
            throw new WireGuardException("no address in the overlay was assigned: do all nodes of the network run a version that knows overlays?");
        var config = WireGuardConfig.New(PrivateKey, address, Vpn.ListenPort ?? (Vpn.IsHub ? VpnOptions.DefaultPort : null));
        config = Vpn.IsHub ? config.ForHub(nodeId, members)
            : Vpn is { HubPublicKey: { } key, HubEndpoint: { } endpoint } ? config.WithHub(key, endpoint)
            : config.ForClient(Vpn, members);
        if (Vpn is { IsHub: false, HubPublicKey: null } && config.Peers.Length == 0)
            throw new WireGuardException("no hub is known: make a node the hub first, or give --vpn-hub-endpoint, --vpn-hub-public-key and --vpn-address");
        new WireGuardFile(stateDir, Vpn.Interface).Write(config);
    }

    public override string ToString() => nameof(Tunnel);
}
