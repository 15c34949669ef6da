using System.Diagnostics;
using System.Globalization;
using Constella.Tests.Simulation;

namespace Constella.Bench;

/// <summary>What a run found, for people and for test.sh: a line per figure, and an <c>ok</c> or <c>not ok</c> per claim.</summary>
internal static class Report
{
    // Below this many seeds some kinds of events are rare enough to be missing by chance.
    private const int SeedsForAll = 200;

    public static int Print(Arguments given)
    {
        var watch = Stopwatch.StartNew();
        var range = Simulator.Run(given.From, given.To, given.Workers, given.Options);
        Line($"# {Seeds(range)} seeds ({given.From}..{given.To}), {Hours(range, given):F0} simulated hours, in {watch.Elapsed.TotalSeconds:F0} s");
        return Print(range, given.Options);
    }

    public static int Print(SeedRange range, WorldOptions options)
    {
        foreach (var (nodes, count) in range.Sizes)
            Line($"# {count} seeds began with {nodes} nodes ({100.0 * count / Seeds(range):F1} %)");
        foreach (var (name, count) in range.Totals.Rows())
            Line($"# {name}: {count}");
        Line($"# times that a witness and another right were both taking updates, for up to {Invariants.OverlapMax / 1_000} s (W7): {range.Totals.Overlaps}; {range.Totals.Overlapping}");
        Line($"# alerts that were told twice, of {range.Totals.Alerts} (A5): {range.Totals.AlertsRepeated}, of these {range.Totals.AlertsRepeatedKnown} though the first sender had its answer");
        Line($"# agreement after the faults had stopped, a lease being held: {range.Totals.WithLease}");
        Line($"# agreement after the faults had stopped, no lease being held: {range.Totals.Without}");
        if (range.Failures.Count > 0)
            Console.WriteLine(Simulator.Report(range, options));
        var good = Claim(range.Failures.Count == 0, $"every rule holds in {Seeds(range)} seeds");
        if (Seeds(range) >= SeedsForAll && options.Nodes == 0)
        {
            var missing = range.Totals.Rows().Where(row => row.Count == 0).Select(row => row.Name).ToList();
            good &= Claim(missing.Count == 0, $"everything happened{(missing.Count == 0 ? "" : " but " + string.Join(", ", missing))}");
        }
        return good ? 0 : 1;
    }

    public static long Seeds(SeedRange range) => range.Sizes.Values.Sum();

    private static double Hours(SeedRange range, Arguments given) => Seeds(range) * given.Options.DurationMs / 3_600_000.0;

    private static bool Claim(bool holds, string what)
    {
        Console.WriteLine((holds ? "ok " : "not ok ") + what);
        return holds;
    }

    private static void Line(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
