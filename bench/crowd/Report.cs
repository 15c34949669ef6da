using System.Globalization;

namespace Constella.Bench;

/// <summary>The figures of the real node, a line a size of network, and whether the goals hold.</summary>
internal static class Report
{
    private const double MostCpu = 2;
    private const double MostRss = 90;
    private const double MostPairBytes = 3_000;

    public static async Task<int> PrintAsync(Arguments given)
    {
        Console.WriteLine(
            """
            | other members | CPU, % of a core | CPU a heartbeat, µs | wire a pair, kB/s | packets a pair, 1/s | RSS, MB | PSS | private | threads | allocated, kB/s | a heartbeat, kB | context switches, 1/s | round trip, ms | lost |
            | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
            """);
        var all = new List<Figures>();
        foreach (var others in given.Others)
        {
            try
            {
                all.Add(await Trial.RunAsync(given.Program, others, given.Warm, given.Time));
            }
            catch (InvalidOperationException error)
            {
                Console.Error.WriteLine($"with {others} others: {error.Message}");
                return 1;
            }
            Row(all[^1]);
        }
        var good = all.All(figures => figures.CpuPercent < MostCpu && figures.Held.Rss < MostRss && figures.PairBytes < MostPairBytes);
        Console.WriteLine(Inv($"\ngoals {(good ? "hold" : "do NOT hold")}: CPU below {MostCpu} % of a core, RSS below {MostRss} MB, wire below {MostPairBytes / 1e3} kB/s a pair"));
        return good ? 0 : 1;
    }

    private static void Row(Figures f) => Console.WriteLine(Inv(
        $"| {f.Others} | {f.CpuPercent:0.00} | {f.MicrosPerHeartbeat:0} | {f.PairBytes / 1e3:0.00} | {f.PairPackets:0.0} | {f.Held.Rss:0.0} | {f.Held.Pss:0.0} | {f.Held.Private:0.0} | {f.Held.Threads} | {f.Allocated / 1e3:0} | {f.Allocated / 1e3 / f.Others:0.0} | {f.Switches:0} | {f.RttMs:0.#} | {f.Lost} |"));

    private static string Inv(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
