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
    /// <summary>Of a heartbeat and its answer, at both ends together on the wire and at one end of CPU: the slopes of <c>bench/scale</c>, TLS and signatures as they are.</summary>
    private const double BytesPerHeartbeat = 2_900;
    private const double MicrosPerHeartbeat = 250;

    /// <summary>What a peer takes of a node's memory: its connections, above all.</summary>
    private const double KilobytesPerPeer = 90;

    /// <summary>A connection made for one call: TCP, TLS 1.3 with P-256 certificates, each end. See <see cref="Handshake"/>.</summary>
    private const double BytesPerConnection = 4_000;

    /// <summary>Calls that fail though the node lives, its retry included: a bad link.</summary>
    private const double Loss = 0.02;

    private const int Trials = 200;
    private const double Second = 1_000;

    /// <summary>Voters, all to all as today: a Host that fails is replaced as fast as in a network of so many nodes.</summary>
    private const int Voters = 9;

    public static int Print(int nodes)
    {
        var handshake = Handshake.Micros();
        Console.WriteLine(Inv($"A model of {nodes} nodes, {Trials} deaths each; a heartbeat: {MicrosPerHeartbeat} µs and {BytesPerHeartbeat} bytes, a new TLS connection: {handshake:0} µs at each end; {Loss:P0} of calls fail.\n"));
        Console.WriteLine(
            """
            | | peers a node | CPU, % of a core | wire a node, kB/s | memory for peers, MB | wire of all, MB/s | first knows, s (p50, p99) | all know, s (p50, p99) |
            | --- | --- | --- | --- | --- | --- | --- | --- |
            """);
        foreach (var size in (int[])[25, 50, 100, 250, 500, nodes])
            Row(Inv($"all to all, {size} nodes"), size, size - 1, size - 1, 0, random => AllToAll(size, random));
        foreach (var watchers in (int[])[4, 8, 12])
            Row(Inv($"{watchers} watchers, {nodes} nodes"), nodes, watchers, watchers, 0, new Watchers(nodes, watchers, Loss).Die);
        Row(Inv($"{Voters} of them, voters as well"), nodes, 8 + Voters - 1, 8 + Voters - 1, 0, null);
        // Each node probes once a second and is probed as often, a stranger each time.
        Row(Inv($"SWIM over TLS, {nodes} nodes"), nodes, 2, 2, 2 * handshake, new Swim(nodes, Loss).Die, BytesPerConnection * 2);
        Row(Inv($"SWIM over signed datagrams, {nodes} nodes"), nodes, 2, 2, 0, new Swim(nodes, Loss).Die);
        return 0;
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

    private static void Row(string what, int nodes, int peers, double heartbeats, double extraMicros, Func<Random, Known>? die, double extraBytes = 0)
    {
        var cpu = ((heartbeats * MicrosPerHeartbeat) + extraMicros) / 1e4;
        var wire = (heartbeats * BytesPerHeartbeat) + extraBytes;
        var when = die is null ? "| as for them | as for them |" : Times(die);
        Console.WriteLine(Inv($"| {what} | {peers} | {cpu:0.00} | {wire / 1e3:0.#} | {peers * KilobytesPerPeer / 1e3:0.0} | {wire * nodes / 2 / 1e6:0.0} {when}"));
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
}
