using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace ClusterTrials;

/// <summary>What a group of processes costs its machine: memory and threads are the largest of all samples, the rest is what was added between the first and the last.</summary>
/// <param name="pids">Counted together. Interface counters are those of the first one's network namespace.</param>
/// <param name="cgroup">A folder of the memory controller with these processes and nothing else, or null.</param>
internal sealed class Sampler(string name, IReadOnlyList<int> pids, string? cgroup = null)
{
    /// <summary>Reading smaps walks all pages of a process: more often than that, the look would be a part of what is seen.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromSeconds(2);

    /// <summary>USER_HZ, the same on every architecture that .NET runs on.</summary>
    private const double Ticks = 100;

    private static readonly char[] s_blanks = [' ', '\t', ':'];
    private static readonly string[] s_memory = ["Rss", "Pss", "Private", "Anonymous"];
    private readonly Dictionary<string, long> _largest = [];
    private Counters? _first;
    private Counters? _last;
    private long _begun;
    private long _ended;

    private sealed record Counters(double CpuSeconds, long Disk, long Written, long In, long Out);

    /// <summary>Samples all groups until the time is over.</summary>
    public static async Task RunAsync(IReadOnlyCollection<Sampler> groups, TimeSpan length)
    {
        var start = Stopwatch.GetTimestamp();
        foreach (var group in groups)
            group.Take();
        while (Stopwatch.GetElapsedTime(start) < length)
        {
            await Task.Delay(Pace);
            foreach (var group in groups)
                group.Take();
        }
    }

    /// <exception cref="TrialException">One of the processes has ended.</exception>
    public void Take()
    {
        try
        {
            var counters = pids.Select(CountersOf).Aggregate((a, b) => new(a.CpuSeconds + b.CpuSeconds, a.Disk + b.Disk, a.Written + b.Written, a.In, a.Out));
            _ended = Stopwatch.GetTimestamp();
            (_first, _begun) = _first is null ? (counters, _ended) : (_first, _begun);
            _last = counters;
            var memory = pids.Select(pid => Fields($"/proc/{pid}/smaps_rollup")).ToList();
            var status = pids.Select(pid => Fields($"/proc/{pid}/status")).ToList();
            foreach (var kind in s_memory)
                Largest(kind, memory.Sum(fields => kind == "Private" ? fields["Private_Clean"] + fields["Private_Dirty"] : fields[kind]));
            Largest("Peak", status.Sum(fields => fields["VmHWM"]));
            Largest("Threads", status.Sum(fields => fields["Threads"]));
            if (cgroup is not null)
                Largest("Cgroup", WorkingSet(cgroup));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or KeyNotFoundException)
        {
            throw new TrialException($"{name} cannot be read: {gone.Message}");
        }
    }

    public JsonObject Figures()
    {
        var seconds = Stopwatch.GetElapsedTime(_begun, _ended).TotalSeconds;
        double Added(Func<Counters, double> of) => Math.Round((of(_last!) - of(_first!)) / seconds, 6);
        return new JsonObject
        {
            ["name"] = name,
            ["rss_kb"] = _largest["Rss"],
            ["peak_rss_kb"] = _largest["Peak"],
            ["pss_kb"] = _largest["Pss"],
            ["private_kb"] = _largest["Private"],
            ["anonymous_kb"] = _largest["Anonymous"],
            ["cgroup_kb"] = cgroup is null ? null : _largest["Cgroup"],
            ["threads"] = _largest["Threads"],
            ["cpu_percent"] = Added(counters => counters.CpuSeconds * 100),
            ["received_bytes_per_second"] = Added(counters => counters.In),
            ["sent_bytes_per_second"] = Added(counters => counters.Out),
            ["disk_bytes_per_hour"] = Math.Round(Added(counters => counters.Disk) * 3600),
            ["written_bytes_per_hour"] = Math.Round(Added(counters => counters.Written) * 3600),
            ["seconds"] = Math.Round(seconds, 1),
        };
    }

    private void Largest(string kind, long value) => _largest[kind] = Math.Max(value, _largest.GetValueOrDefault(kind));

    private static Counters CountersOf(int pid)
    {
        // The name before it may hold blanks and parentheses, so count from the last ')': utime and stime.
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        var io = Fields($"/proc/{pid}/io");
        var (received, sent) = Interfaces(pid);
        return new Counters((Number(fields[11]) + Number(fields[12])) / Ticks, io["write_bytes"] - io["cancelled_write_bytes"], io["wchar"], received, sent);
    }

    /// <summary>Bytes in and out of all interfaces but loopback.</summary>
    private static (long Received, long Sent) Interfaces(int pid)
    {
        var lines = File.ReadLines($"/proc/{pid}/net/dev").Skip(2).Select(line => line.Split(s_blanks, StringSplitOptions.RemoveEmptyEntries)).Where(line => line[0] != "lo").ToList();
        return (lines.Sum(line => Number(line[1])), lines.Sum(line => Number(line[9])));
    }

    /// <summary>As <c>docker stats</c> has it: what is charged, without the pages of files that nobody has touched for a while.</summary>
    private static long WorkingSet(string folder)
    {
        var first = File.Exists(Path.Combine(folder, "memory.current"));
        var used = Number(File.ReadAllText(Path.Combine(folder, first ? "memory.current" : "memory.usage_in_bytes")).Trim());
        return (used - Fields(Path.Combine(folder, "memory.stat"))[first ? "inactive_file" : "total_inactive_file"]) / 1024;
    }

    private static Dictionary<string, long> Fields(string file)
    {
        var fields = new Dictionary<string, long>();
        foreach (var line in File.ReadLines(file))
        {
            if (line.Split(s_blanks, StringSplitOptions.RemoveEmptyEntries) is [var key, var value, ..] && long.TryParse(value, CultureInfo.InvariantCulture, out var number))
                fields[key] = number;
        }
        return fields;
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
