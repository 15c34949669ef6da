using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace Constella.Core.Stats;

/// <summary>What is kept over time and can be charted.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Metric>))]
public enum Metric
{
    /// <summary>Percent of all cores together.</summary>
    [JsonStringEnumMemberName("cpu")] Cpu,

    /// <summary>Percent of the memory.</summary>
    [JsonStringEnumMemberName("ram")] Ram,

    /// <summary>Percent, of the fullest file system.</summary>
    [JsonStringEnumMemberName("disk")] Disk,

    /// <summary>Bytes per second, all outer interfaces together.</summary>
    [JsonStringEnumMemberName("received")] Received,

    /// <summary>Bytes per second, all outer interfaces together.</summary>
    [JsonStringEnumMemberName("sent")] Sent,

    /// <summary>Load average of one minute.</summary>
    [JsonStringEnumMemberName("load")] Load,
}

/// <summary>The metrics by the names that they have in queries and in JSON.</summary>
public static class Metrics
{
    /// <summary>In the order of <see cref="Metric"/>.</summary>
    public static ImmutableArray<string> All { get; } = ["cpu", "ram", "disk", "received", "sent", "load"];

    public static string Name(this Metric metric) => All[(int)metric];

    public static bool TryParse([NotNullWhen(true)] string? name, out Metric metric)
    {
        metric = name is null ? default : (Metric)All.IndexOf(name);
        return name is not null && metric >= 0;
    }

    /// <summary>What a reading tells of a metric; null where it could not be read.</summary>
    public static double? Of(this NodeStats stats, Metric metric) => metric switch
    {
        Metric.Cpu => stats.CpuPercent.Value,
        Metric.Ram => stats.MemoryTotalBytes.Value is > 0 and var total ? 100 * stats.MemoryUsedBytes.Value / total : null,
        // As df counts it: what only root may use is neither free nor used.
        Metric.Disk => stats.Disks.Max(disk => disk.UsedBytes + disk.AvailableBytes is > 0 and var size ? 100.0 * disk.UsedBytes / size : (double?)null),
        Metric.Received => Rate(stats, static net => net.ReceivedPerSecond),
        Metric.Sent => Rate(stats, static net => net.SentPerSecond),
        Metric.Load => stats.Load1.Value,
        _ => null,
    };

    // An interface that has just come up has no rate yet; the others still have one.
    private static double? Rate(NodeStats stats, Func<NetStats, double?> rate) =>
        stats.Networks.Any(net => rate(net) is not null) ? stats.Networks.Sum(rate) : null;
}

/// <summary>What was measured within one step.</summary>
/// <param name="At">Unix seconds, the start of its step.</param>
/// <param name="Mean">Of the samples in it, in the unit of the <see cref="Metric"/>.</param>
/// <param name="Max">The highest of them: down-sampling keeps peaks.</param>
public sealed record HistoryPoint(long At, double Mean, double Max);

/// <summary><c>GET /metrics/history</c>: one metric of one node over time.</summary>
public sealed record HistorySeries
{
    public int V { get; init; } = Limits.Protocol;

    /// <summary>Node id.</summary>
    public required string Node { get; init; }

    public required Metric Metric { get; init; }

    /// <summary>Unix seconds, a multiple of the step.</summary>
    public required long From { get; init; }

    /// <summary>Unix seconds, not included.</summary>
    public required long To { get; init; }

    /// <summary>Seconds; the one asked for, or the next larger one for which there are samples so far back.</summary>
    public required int Step { get; init; }

    /// <summary>IANA name of that node's time zone, <c>UTC</c> where it is unknown.</summary>
    public required string Zone { get; init; }

    /// <summary>Node ids of those whose copies these are (rule D1); empty: the node has answered itself.</summary>
    public ImmutableArray<string> Keepers { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>By time, only steps with samples: a missing step is a gap.</summary>
    public ImmutableArray<HistoryPoint> Points { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary>What of a node's history is asked for.</summary>
/// <param name="Target">Node id.</param>
/// <param name="From">Unix seconds.</param>
/// <param name="To">Unix seconds, not included; later than <paramref name="From"/>.</param>
/// <param name="Step">Seconds between points, 10 or more; null: a step that gives some hundred points.</param>
public sealed record HistoryQuery(string Target, Metric Metric, long From, long To, int? Step);
