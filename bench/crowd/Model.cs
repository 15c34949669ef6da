using System.Globalization;
using Constella.Core;

namespace Constella.Bench;

/// <summary>When a death is known, in seconds after it: to the first, and to all who live.</summary>
internal readonly record struct Known(double First, double All);

/// <summary>
/// A model, no network: what each way to watch a network would cost a node, from what a heartbeat was measured to cost, and how long it
/// takes until a death is known, from the timers of the protocol and dice. Links lose calls independently of each other, nobody is slow,
/// and all nodes beat at random phases: real networks are worse in ways that this does not show.
/// </summary>
internal static class Model
{
    /// <summary>A heartbeat and its answer on the wire, as <c>bench/scale</c> measured it: TLS, signatures, and headers of IP and TCP.</summary>
    private const double BytesPerHeartbeat = 3_100;

    /// <summary>One end's CPU for both, where nothing else is said: a network of 50 on a machine that had little else to do.</summary>
    public const int UsualMicros = 280;

    /// <summary>Calls that fail though the node lives, its retry included: a bad link.</summary>
    private const double Loss = 0.02;

    private const int Trials = 200;
    private const double Second = 1_000;
    private const double MonthSeconds = 30 * 86_400;

    /// <summary>Voters, all to all as today: a Host that fails is replaced as fast as in a network of so many nodes.</summary>
    private const int Voters = 9;

    public static int Print(int nodes, int micros)
    {
        var handshake = Handshake.Measure();
        Console.WriteLine(Inv($"A model of {nodes} nodes, {Trials} deaths each; a heartbeat: {micros} µs and {BytesPerHeartbeat} bytes, a new TLS connection: {handshake.Micros:0} µs at each end and {handshake.Bytes:0} bytes; {Loss:P0} of calls fail.\n"));
        Console.WriteLine(
            """
            | | heartbeats, 1/s | CPU, % of a core | wire a node, kB/s | wire a node, GB a month | wire of all, MB/s | first knows, s (p50, p99) | all know, s (p50, p99) |
            | --- | --- | --- | --- | --- | --- | --- | --- |
            """);
        foreach (var size in (int[])[25, 50, 100, 250, 500, nodes])
            Row(Inv($"all to all, {size} nodes"), size, Cost(size - 1), random => AllToAll(size, random));
        foreach (var watchers in (int[])[4, 8, 12])
            Row(Inv($"{watchers} watchers, {nodes} nodes"), nodes, Cost(watchers), new Watchers(nodes, watchers, Loss).Die);
        Row(Inv($"a voter: 8 watchers and {Voters - 1} other voters"), nodes, Cost(8 + Voters - 1), null);
        // Each node probes once a second and is probed as often, a stranger each time.
        Row(Inv($"SWIM over TLS, {nodes} nodes"), nodes, Cost(2, 2 * handshake.Micros, 2 * handshake.Bytes), new Swim(nodes, Loss).Die);
        Row(Inv($"SWIM over signed datagrams, {nodes} nodes"), nodes, Cost(2), new Swim(nodes, Loss).Die);
        return 0;

        // A pair has one heartbeat a second.
        NodeCost Cost(int peers, double moreMicros = 0, double moreBytes = 0) => new(peers, (peers * micros) + moreMicros, (peers * BytesPerHeartbeat) + moreBytes);
    }

    /// <summary>How long after a death one who had a pair with the dead says so: down after three beats, looked at every tick (rule H2).</summary>
    /// <remarks>Evidence is a call of either: two a beat, each with a chance to fail.</remarks>
    public static double Detect(Random random, double loss)
    {
        var (mine, its) = (random.NextDouble() * Timings.Beat, random.NextDouble() * Timings.Beat);
        while (random.NextDouble() < loss)
            mine += Timings.Beat;
        while (random.NextDouble() < loss)
            its += Timings.Beat;
        var down = Math.Max(Timings.Down - Math.Min(mine, its), 0);
        return (down + (random.NextDouble() * Timings.Tick)) / Second;
    }

    private static Known AllToAll(int nodes, Random random)
    {
        var (first, last) = (double.MaxValue, 0.0);
        for (var observer = 1; observer < nodes; observer++)
        {
            var knows = Detect(random, Loss);
            (first, last) = (Math.Min(first, knows), Math.Max(last, knows));
        }
        return new Known(first, last);
    }

    private static void Row(string what, int nodes, NodeCost cost, Func<Random, Known>? die)
    {
        var when = die is null ? "| as for them | as for them |" : Times(die);
        Console.WriteLine(Inv($"| {what} | {cost.Heartbeats} | {cost.Micros / 1e4:0.00} | {cost.Bytes / 1e3:0.0} | {cost.Bytes * MonthSeconds / 1e9:0.0} | {cost.Bytes * nodes / 2 / 1e6:0.0} {when}"));
    }

    private static string Times(Func<Random, Known> die)
    {
        var known = Enumerable.Range(1, Trials).Select(seed => die(new Random(seed))).ToArray();
        return Inv($"| {Percentiles(known.Select(k => k.First))} | {Percentiles(known.Select(k => k.All))} |");
    }

    private static string Percentiles(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return Inv($"{sorted[sorted.Length / 2]:0.0}, {sorted[sorted.Length * 99 / 100]:0.0}");
    }

    private static string Inv(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Of one node, in one second.</summary>
    private sealed record NodeCost(int Heartbeats, double Micros, double Bytes);
}
