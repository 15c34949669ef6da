using System.Text.Json.Nodes;

namespace ClusterTrials;

/// <summary>All trials of the ledgers: percentiles of the silence, and of each of its parts, in seconds; and whether the goals hold.</summary>
internal static class FailoverTable
{
    private static readonly double[] s_shares = [0.5, 0.9, 0.99, 1];

    public static async Task TellAsync(string[] ledgers, Report report)
    {
        var build = await FailoverTimes.BuildAsync();
        var groups = FailoverTimes.Read(ledgers).Where(line => (string?)line["build"] == build)
            .GroupBy(line => (Nodes: (int)line["nodes"]!, Fault: (string)line["fault"]!)).OrderBy(group => group.Key).ToList();
        Console.WriteLine($"{"",24}{"silence",28}" + string.Concat(Breakdown.Names.Select(name => $"{name,16}")));
        Console.WriteLine($"{"nodes",5} {"fault",-12}{"n",6}{"p50",7}{"p90",7}{"p99",7}{"max",7}" + string.Concat(Breakdown.Names.Select(_ => $"{"p50",9}{"p99",7}")));
        foreach (var group in groups)
            Row(group.Key.Nodes, group.Key.Fault, [.. group]);
        Console.WriteLine();
        foreach (var group in groups)
            Judge($"failover, {group.Key.Nodes} nodes, {group.Key.Fault}", group.Key.Nodes, group.Key.Fault, [.. group], report);
    }

    private static void Row(int nodes, string fault, List<JsonObject> trials)
    {
        var gaps = Gaps(trials);
        var parts = trials.Where(trial => trial["parts_ms"] is not null).Select(trial => trial["parts_ms"]!.AsArray()).ToList();
        Console.WriteLine($"{nodes,5} {fault,-12}{trials.Count,6}"
            + string.Concat(s_shares.Select(share => $"{gaps.Percentile(share).TotalSeconds,7:0.00}"))
            + string.Concat(Breakdown.Names.Select((_, i) => Of(parts.Select(part => (double)part[i]!))).Select(part => $"{part.Percentile(0.5).TotalSeconds,9:0.00}{part.Percentile(0.99).TotalSeconds,7:0.00}")));
    }

    private static void Judge(string name, int nodes, string fault, List<JsonObject> trials, Report report)
    {
        var gaps = Gaps(trials);
        void Goal(double share, double seconds) => report.Check(
            gaps.Percentile(share).TotalSeconds <= seconds, $"{name}: p{share * 100:0} at most {seconds} s", $"{gaps.Percentile(share).TotalSeconds:0.00} s, n={gaps.Count}");
        if (fault == FailoverTimes.NameOf(Fault.Stop))
            Goal(0.99, 0.3);
        else if (fault == FailoverTimes.NameOf(Fault.Kill) && nodes > 2)
            Goal(0.5, 6.5);
        if (fault == FailoverTimes.NameOf(Fault.Kill))
            Goal(0.99, nodes > 2 ? 7.5 : 9);
        report.Check(gaps.Count == trials.Count && gaps.Max.TotalSeconds <= 10, $"{name}: always answered, within 10 s", $"{gaps.Count} of {trials.Count}, max {gaps.Max.TotalSeconds:0.00} s");
        var told = trials.Count(trial => trial["parts_ms"] is not null);
        report.Check(told * 10 >= trials.Count * 9, $"{name}: what it was made of is known of nine in ten", $"{told} of {trials.Count}");
        var wrong = trials.SelectMany(trial => trial["violations"]!.AsArray()).ToList();
        report.Check(wrong.Count == 0, $"{name}: never two nodes confirmed at once", string.Join("; ", wrong.Select(each => (string)each!)));
    }

    private static Gaps Gaps(List<JsonObject> trials) => Of(trials.Where(trial => trial["gap_ms"] is not null).Select(trial => (double)trial["gap_ms"]!));

    private static Gaps Of(IEnumerable<double> milliseconds)
    {
        var gaps = new Gaps();
        foreach (var each in milliseconds)
            gaps.Add(TimeSpan.FromMilliseconds(each));
        return gaps;
    }
}
