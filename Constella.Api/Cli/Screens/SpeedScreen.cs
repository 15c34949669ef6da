using System.Globalization;
using Constella.Api.Cli.Terminal;
using Constella.Api.Endpoints;
using Constella.Core.Wire;

namespace Constella.Api.Cli.Screens;

/// <summary>A speed test while it goes on, its result, and the latest ones.</summary>
public static class SpeedScreen
{
    /// <returns>What goes on, and what changes all the time.</returns>
    public static (string Word, string Detail) Progress(SpeedRun run, PeersAnswer network) => (
        run.Phase switch
        {
            SpeedPhase.Down => $"receiving from {Name(network, run.With)}",
            SpeedPhase.Up => $"sending to {Name(network, run.With)}",
            _ => $"asking {Name(network, run.With)}",
        },
        run.Mbps is { } rate ? $"{Rate(rate)}, {Units.Bytes(run.Moved)}" : "");

    public static void Write(PeerInfo node, SpeedRun run, PeersAnswer network, ICliConsole console)
    {
        var ink = Ink.For(console);
        console.Out.WriteLine($"{ink.Paint(node.Name, Tone.Strong)} and {ink.Paint(Name(network, run.With), Tone.Strong)}: {Units.Bytes(run.Moved)} of at most {Units.Bytes(run.Bytes)}");
        var table = new Table(
            new Column(""), new Column("SPEED", Right: true), new Column("MEASURED", Right: true), new Column("ROUND TRIP", Right: true), new Column("BEFORE", Right: true, Spare: 1), new Column("NOTE", Spare: 2));
        Add(table, "down", run.Down, run.RttMs, ink);
        Add(table, "up", run.Up, run.RttMs, ink);
        table.Write(console.Out, ink, console.Width);
    }

    public static void Write(SpeedState state, PeersAnswer network, ICliConsole console)
    {
        var ink = Ink.For(console);
        if (state.Refused is { } why)
            console.Out.WriteLine(why);
        console.Out.WriteLine($"{state.Month} (UTC): {Units.Bytes(state.Used)} of {Units.Bytes(state.Monthly)}; a test: {Units.Bytes(state.Bytes)} and {state.Seconds} s each way at most");
        if (state.Runs.IsEmpty)
            return;
        var table = new Table(
            new Column("STARTED"), new Column("WITH"), new Column("DOWN", Right: true), new Column("UP", Right: true), new Column("ROUND TRIP", Right: true, Spare: 1), new Column("END", Spare: 2));
        foreach (var run in state.Runs)
        {
            table.Add(
                run.Started.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                new Cell(Name(network, run.With), Tone.Strong),
                run.Down is { } down ? Rate(down.Mbps) : ink.Dash,
                run.Up is { } up ? Rate(up.Mbps) : ink.Dash,
                run.RttMs is { } trip ? Units.Milliseconds(trip) : ink.Dash,
                run.Phase switch { SpeedPhase.Done => "done", SpeedPhase.Failed => run.Detail ?? run.Error ?? "failed", _ => "goes on" });
        }
        table.Write(console.Out, ink, console.Width);
    }

    private static void Add(Table table, string way, SpeedFigure? figure, double? before, Ink ink)
    {
        if (figure is null)
            return;
        table.Add(
            new Cell(way, Tone.Strong),
            new Cell(Rate(figure.Mbps), Tone.Good),
            figure.Seconds.ToString("0.0 's'", CultureInfo.InvariantCulture),
            figure.RttMs is { } trip ? Units.Milliseconds(trip) : ink.Dash,
            before is { } idle ? Units.Milliseconds(idle) : ink.Dash,
            figure.Cut switch { null => "", "bytes" => "its bytes were used up", "heartbeats" => "cut: heartbeats were late", var other => other });
    }

    private static string Rate(double mbps) => mbps.ToString(mbps < 100 ? "0.0" : "0", CultureInfo.InvariantCulture) + " Mbit/s";

    private static string Name(PeersAnswer network, string id) =>
        id == SpeedRun.Internet ? "the internet" : network.Peers.FirstOrDefault(peer => peer.NodeId == id)?.Name ?? id;
}
