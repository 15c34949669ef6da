using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Constella.Tests.Simulation;

namespace Constella.Bench;

/// <summary>A long run that may stop at any time: a line of JSON per thousand seeds that are done, and the sum of all lines.</summary>
internal static class Ledger
{
    private const int Chunk = 1_000;
    private static readonly JsonSerializerOptions Json = new() { IncludeFields = true, RespectNullableAnnotations = true };

    /// <param name="Build">What ran them: a sum over several builds says so.</param>
    private sealed record Entry(
        int From, int To, string Build, double Minutes, int Nodes, Dictionary<int, long> Sizes, Dictionary<int, string> Failures, Totals Totals);

    public static int Continue(string path, Arguments given)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var minutes = given.Options.DurationMs / 60_000.0;
        var entries = Read(path);
        // Whole thousands, whatever was asked for: no seed counts twice.
        for (long from = ((given.From - 1) / Chunk * Chunk) + 1; from <= given.To; from += Chunk)
        {
            var to = (int)(from + Chunk - 1);
            if (entries.Any(e => e.From == from && e.Minutes == minutes && e.Nodes == given.Options.Nodes))
                continue;
            var range = Simulator.Run((int)from, to, given.Workers, given.Options);
            var entry = new Entry((int)from, to, Build(), minutes, given.Options.Nodes, new(range.Sizes), new(range.Failures), range.Totals);
            File.AppendAllText(path, "\n" + JsonSerializer.Serialize(entry, Json));
            entries.Add(entry);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{from}..{to}: {range.Failures.Count} failed"));
        }
        return Sum(entries, given);
    }

    private static int Sum(List<Entry> entries, Arguments given)
    {
        var sum = new SeedRange();
        foreach (var entry in entries)
        {
            sum.Totals.Add(entry.Totals);
            foreach (var (size, count) in entry.Sizes)
                sum.Sizes[size] = sum.Sizes.GetValueOrDefault(size) + count;
            foreach (var (seed, what) in entry.Failures)
                sum.Failures[seed] = what;
        }
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"# {Report.Seeds(sum)} seeds so far, {entries.Sum(e => e.Sizes.Values.Sum() * e.Minutes) / 60:F0} simulated hours, by {string.Join(", ", entries.Select(e => e.Build).Distinct())}"));
        return Report.Print(sum, given.Options);
    }

    private static List<Entry> Read(string path)
    {
        if (!File.Exists(path))
            return [];
        var entries = new List<Entry>();
        foreach (var line in File.ReadLines(path).Where(line => line.Length > 0))
        {
            // A line may have been cut off in the middle: its seeds are run again.
            try
            {
                entries.Add(JsonSerializer.Deserialize<Entry>(line, Json)!);
            }
            catch (JsonException)
            {
                Console.WriteLine("# a line of the ledger is not whole and does not count");
            }
        }
        return entries;
    }

    private static string Build() =>
        typeof(Ledger).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
