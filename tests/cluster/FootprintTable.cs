using System.Globalization;
using System.Text.Json.Nodes;

namespace ClusterTrials;

/// <summary>Figures of processes as rows that people, and gnuplot, read.</summary>
internal static class FootprintTable
{
    private const int Promised = 10;

    /// <summary>15 % above what the Host of CI's four nodes allocated when this was written down, in kB a second of its quietest ten.</summary>
    private const double AllocatedMost = 158;

    private static readonly (string Key, string Title, double Unit, string Format)[] s_columns =
    [
        ("rss_kb", "RSS", 1024, "0.0"),
        ("peak_rss_kb", "peak", 1024, "0.0"),
        ("pss_kb", "PSS", 1024, "0.0"),
        ("private_kb", "private", 1024, "0.0"),
        ("anonymous_kb", "anon", 1024, "0.0"),
        ("cgroup_kb", "cgroup", 1024, "0.0"),
        ("cpu_percent", "CPU%", 1, "0.00"),
        ("threads", "threads", 1, "0"),
        ("received_bytes_per_second", "in-kB/s", 1000, "0.00"),
        ("sent_bytes_per_second", "out-kB/s", 1000, "0.00"),
        ("disk_bytes_per_hour", "disk-MB/h", 1e6, "0.0"),
        ("written_bytes_per_hour", "write-MB/h", 1e6, "0.0"),
        ("allocated_bytes_per_second", "alloc-kB/s", 1000, "0.0"),
    ];

    public static void Head(string first) =>
        Console.WriteLine($"{first,-16}" + string.Concat(s_columns.Select(column => $"{column.Title,11}")));

    public static void Row(string first, JsonObject figures) =>
        Console.WriteLine($"{first,-16}" + string.Concat(s_columns.Select(column => $"{Cell(figures[column.Key], column.Unit, column.Format),11}")));

    /// <summary>Files of <see cref="Footprint"/>, and of <see cref="StartUp"/>: a table of all networks, and the goals that they say something about.</summary>
    public static void Tell(IEnumerable<string> files, Report report)
    {
        var documents = files.Select(file => JsonNode.Parse(File.ReadAllText(file))!.AsObject()).ToList();
        var networks = documents.Where(each => each["nodes"] is not null).OrderBy(each => (int)each["nodes"]!).ToList();
        Head("nodes who");
        foreach (var network in networks)
        {
            foreach (var (who, figures) in Rows(network))
                Row($"{(int)network["nodes"]!,5} {who}", figures);
        }
        Console.WriteLine();
        foreach (var network in networks)
            Judge(network, report);
        foreach (var start in documents.Where(each => each["start_ms"] is not null))
            JudgeStart(start, report);
    }

    /// <summary>The Host, and of the others the median and the largest of each figure.</summary>
    private static IEnumerable<(string Who, JsonObject Figures)> Rows(JsonObject network)
    {
        var rows = network["rows"]!.AsArray().Select(row => row!.AsObject()).ToList();
        yield return ("Host", rows[0]);
        if (rows.Count == 1)
            yield break;
        yield return ("median", Of(rows.Skip(1), values => values[(values.Count - 1) / 2]));
        yield return ("max", Of(rows.Skip(1), values => values[^1]));
    }

    private static JsonObject Of(IEnumerable<JsonObject> rows, Func<List<double>, double> pick) => new(
        s_columns.Select(column => KeyValuePair.Create<string, JsonNode?>(
            column.Key, rows.Any(row => row[column.Key] is null) ? null : pick([.. rows.Select(row => Value(row[column.Key]!)).Order()]))));

    private static void Judge(JsonObject network, Report report)
    {
        var nodes = (int)network["nodes"]!;
        var rows = network["rows"]!.AsArray().Select(row => row!.AsObject()).ToList();
        void Goal(string what, string key, double unit, double most, string format)
        {
            var worst = rows.Max(row => Value(row[key]!)) / unit;
            report.Check(worst <= most, string.Create(CultureInfo.InvariantCulture, $"{nodes} nodes: {what} {most:0.###} at most on each"), worst.ToString(format, CultureInfo.InvariantCulture));
        }
        Goal("peak of RSS, MB,", "peak_rss_kb", 1024, 100, "0.0");
        // The first minutes are mostly the runtime's own warming up: what is promised is what a node costs from day to day.
        if ((double)network["minutes"]! >= Promised || nodes == 100)
            Goal("CPU, % of a core,", "cpu_percent", 1, 2, "0.00");
        if (nodes == 100)
            Goal("RSS, MB,", "rss_kb", 1024, 90, "0.0");
        if (rows[0]["allocated_bytes_per_second"] is not null)
            Goal("allocated, kB a second,", "allocated_bytes_per_second", 1000, AllocatedMost, "0.0");
        if (nodes != 5)
            return;
        Goal("RSS, MB,", "rss_kb", 1024, 60, "0.0");
        Goal("private, MB,", "private_kb", 1024, 25, "0.0");
        Goal("CPU, % of a core,", "cpu_percent", 1, 0.5, "0.00");
        Goal("written to disk, MB an hour,", "disk_bytes_per_hour", 1e6, 5, "0.0");
    }

    private static void JudgeStart(JsonObject start, Report report)
    {
        var times = start["start_ms"]!.AsArray().Select(each => Value(each!)).Order().ToList();
        var half = times[(times.Count - 1) / 2];
        report.Check(half <= 300, "first answer 300 ms after start at most, half of the time", $"p50 {half:0} ms, least {times[0]:0}, most {times[^1]:0}, n={times.Count}");
    }

    private static string Cell(JsonNode? value, double unit, string format) =>
        value is null ? "-" : (Value(value) / unit).ToString(format, CultureInfo.InvariantCulture);

    private static double Value(JsonNode node) => double.Parse(node.ToJsonString(), CultureInfo.InvariantCulture);
}
