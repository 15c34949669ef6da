using System.Collections.Immutable;
using Constella.Api.Cli.Terminal;
using Constella.Api.Endpoints;

namespace Constella.Api.Cli.Screens;

/// <summary><c>constella rtt --json</c>.</summary>
/// <param name="Silent">Who did not tell what it has measured.</param>
public sealed record RttDocument(ImmutableArray<Trip> Trips, ImmutableArray<SilentNode> Silent);

/// <param name="RttMs">Of the last answered heartbeat, as <paramref name="FromName"/> measured it; null: not known, or it does not hear the other one.</param>
public sealed record Trip(string FromId, string FromName, string ToId, string ToName, double? RttMs);

public sealed record SilentNode(string NodeId, string Name, string Why);

/// <summary>Each to each as a square where the terminal is wide enough, else a line a pair; of one node, a line each other.</summary>
internal static class RttScreen
{
    private const int Figure = 7;

    public static void Write(RttDocument document, ImmutableArray<PeerInfo> peers, PeerInfo? only, ICliConsole console)
    {
        var ink = Ink.For(console);
        var trips = document.Trips.ToDictionary(trip => (trip.FromId, trip.ToId));
        var wide = peers.Max(peer => peer.Name.Length) + peers.Sum(peer => 2 + Math.Max(peer.Name.Length, Figure));
        var table = only is not null ? One(trips, peers, only, ink) : wide <= console.Width ? Square(trips, peers, ink) : Pairs(document, ink);
        table.Write(console.Out, ink, console.Width);
        foreach (var node in document.Silent)
            console.Error.WriteLine($"{node.Name} does not say what it measures: {node.Why}");
    }

    private static Table Square(Dictionary<(string From, string To), Trip> trips, ImmutableArray<PeerInfo> peers, Ink ink)
    {
        var table = new Table([new Column("FROM"), .. peers.Select(peer => new Column(peer.Name, Right: true))]);
        foreach (var from in peers)
            table.Add([new Cell(from.Name, Tone.Strong), .. peers.Select(to => (Cell)(to.NodeId == from.NodeId ? "" : Figures(trips[(from.NodeId, to.NodeId)], ink)))]);
        return table;
    }

    private static Table One(Dictionary<(string From, string To), Trip> trips, ImmutableArray<PeerInfo> peers, PeerInfo only, Ink ink)
    {
        var table = new Table(new Column("NAME"), new Column($"FROM {only.Name}", Right: true), new Column($"TO {only.Name}", Right: true));
        foreach (var other in peers.Where(peer => peer.NodeId != only.NodeId))
            table.Add(new Cell(other.Name, Tone.Strong), Figures(trips[(only.NodeId, other.NodeId)], ink), Figures(trips[(other.NodeId, only.NodeId)], ink));
        return table;
    }

    private static Table Pairs(RttDocument document, Ink ink)
    {
        var table = new Table(new Column("FROM"), new Column("TO"), new Column("RTT", Right: true));
        foreach (var trip in document.Trips)
            table.Add(new Cell(trip.FromName, Tone.Strong), trip.ToName, Figures(trip, ink));
        return table;
    }

    private static string Figures(Trip trip, Ink ink) => trip.RttMs is { } rtt ? Units.Milliseconds(rtt) : ink.Dash;
}
