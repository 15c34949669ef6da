using Constella.Api.Cli.Terminal;
using Constella.Api.Configuration;
using Constella.Api.Vpn;
using Constella.Core.Members;

namespace Constella.Api.Cli.Screens;

/// <param name="Mode"><c>hub</c> or <c>client</c>.</param>
/// <param name="Address">Of the interface; null where it is not up.</param>
/// <param name="Hub">Its name; null where no member is one.</param>
public sealed record VpnDocument(string Mode, string Interface, string Network, string? Address, bool Up, string? PublicKey, string? Hub, IReadOnlyList<VpnPeer> Peers);

public sealed record DownDocument(string Interface, bool Up);

/// <param name="Endpoint">Of a hub.</param>
/// <param name="HandshakeSeconds">How long ago; null where there was none, or this user may not ask.</param>
public sealed record VpnPeer(string Name, string NodeId, string Address, string? Endpoint, long? HandshakeSeconds);

/// <summary>The tunnel, and who else is in the overlay.</summary>
internal static class VpnScreen
{
    public static VpnDocument Of(
        VpnOptions vpn, NetworkState state, OverlayAddress address, InterfaceSight sight, IReadOnlyDictionary<string, DateTimeOffset>? handshakes, DateTimeOffset now)
    {
        var others = state.Peers.Where(record => record is { Status: MemberStatus.Active, Overlay: not null } && record.NodeId != state.NodeId);
        return new VpnDocument(
            vpn.IsHub ? "hub" : "client",
            vpn.Interface,
            address.Network.ToString(),
            sight.Host,
            sight.Usable,
            Mapping.Self(state).Overlay?.Key,
            Overlay.Hub(state.Peers)?.Name,
            [.. others.OrderBy(record => record.Name, StringComparer.Ordinal).Select(record => new VpnPeer(
                record.Name,
                record.NodeId,
                record.Overlay!.Address,
                record.Overlay.Endpoint,
                handshakes is not null && handshakes.TryGetValue(record.Overlay.Key, out var at) ? (long)(now - at).TotalSeconds : null))]);
    }

    public static void Write(ICliConsole console, VpnDocument vpn)
    {
        console.Out.WriteLine($"{vpn.Interface}  {vpn.Mode} of {vpn.Network}  {(vpn.Up ? $"up, {vpn.Address}" : "not up: constella vpn up, as root")}");
        if (vpn.Peers.Count == 0)
            return;
        var ink = Ink.For(console);
        var table = new Table(new Column("NAME"), new Column("OVERLAY"), new Column("ENDPOINT", Spare: 1), new Column("HANDSHAKE"));
        foreach (var peer in vpn.Peers)
            table.Add(peer.Name, peer.Address, peer.Endpoint ?? ink.Dash, peer.HandshakeSeconds is { } seconds ? $"{Units.Duration(TimeSpan.FromSeconds(seconds))} ago" : ink.Dash);
        table.Write(console.Out, ink, console.Width);
    }
}
