using Constella.Api.Cli.Terminal;
using Constella.Core.Cluster;

namespace Constella.Api.Cli.Screens;

/// <summary>Every node of the network, a line each.</summary>
public static class PeersScreen
{
    public static void Write(PeersDocument document, ICliConsole console, DateTimeOffset now)
    {
        var ink = Ink.For(console);
        var table = new Table(
            new Column("NAME"),
            new Column("HEALTH"),
            new Column("HOST", Spare: 1),
            new Column("ADDRESS", Spare: 2),
            new Column("RTT", Spare: 4, Right: true),
            new Column("HEARD", Spare: 5),
            new Column("BUILD", Spare: 6),
            new Column("ID", Spare: 3));
        foreach (var peer in document.Peers)
        {
            table.Add(
                new Cell(peer.Name, Tone.Strong),
                HealthOf(peer, now),
                HostOf(peer, document),
                peer.Addr,
                peer.RttMs is { } rtt ? Units.Milliseconds(rtt) : ink.Dash,
                Heard(peer, now, ink),
                peer.Build ?? "",
                new Cell(peer.NodeId[..Math.Min(8, peer.NodeId.Length)], Tone.Quiet));
        }
        table.Write(console.Out, ink, console.Width);
        console.Out.WriteLine();
        console.Out.WriteLine(Summary(document, ink));
    }

    public static string Summary(PeersDocument document, Ink ink)
    {
        var parts = new List<string> { document.Peers.Length == 1 ? "1 node" : $"{document.Peers.Length} nodes" };
        if (document.Quorum is { } quorum)
        {
            parts.Add($"{document.Peers.Count(IsAlive)} alive");
            parts.Add(quorum ? "quorum" : ink.Paint("no quorum", Tone.Bad));
        }
        var host = document.Peers.FirstOrDefault(peer => peer.NodeId == document.HostId);
        if (document.Quorum is not null)
            parts.Add(host is null ? ink.Paint("no Host", Tone.Bad) : $"Host {host.Name}");
        if (document.Paused)
            parts.Add(ink.Paint("moves paused", Tone.Warning));
        return string.Join(ink.Separator, parts);
    }

    public static bool IsAlive(PeerDocument peer) => peer.IsSelf || peer.Health.IsHeard();

    private static Cell HealthOf(PeerDocument peer, DateTimeOffset now)
    {
        if (peer is { Draining: true, Drained: false })
            return new Cell("stopping", Tone.Warning);
        return peer.Health switch
        {
            Health.Alive => new Cell("alive", Tone.Good),
            Health.Suspect => new Cell("suspect", Tone.Warning),
            Health.Down => new Cell(peer.OfflineSince is { } since ? $"offline {Units.Duration(now - since)}" : "offline", Tone.Bad),
            _ => new Cell("unknown", Tone.Quiet),
        };
    }

    private static Cell HostOf(PeerDocument peer, PeersDocument document)
    {
        if (peer.NodeId == document.HostId)
            return new Cell("Host", Tone.Good);
        if (peer.Drained)
            return new Cell("drained", Tone.Warning);
        return new Cell(peer.NodeId == document.Preferred ? "preferred" : "", Tone.Quiet);
    }

    private static string Heard(PeerDocument peer, DateTimeOffset now, Ink ink)
    {
        if (peer.IsSelf)
            return "this node";
        return peer.LastHeard is { } heard ? $"{Units.Duration(now - heard)} ago" : ink.Dash;
    }
}
