using System.Diagnostics.Metrics;

namespace Constella.Api.Monitoring;

/// <summary>How a value goes on: a gauge as it likes, a counter upwards until its process or machine starts anew.</summary>
internal enum MetricType
{
    Gauge,
    Counter,
}

/// <summary>One name of the table, with all its label sets.</summary>
/// <param name="Name">By the conventions of Prometheus: the unit is part of it, and a counter ends with <c>_total</c>.</param>
/// <param name="Read">The values at this moment, each with its labels; none where nothing is known: never 0 for unknown.</param>
internal sealed record MetricFamily(string Name, MetricType Type, string Help, Func<Snapshot, IEnumerable<Measurement<double>>> Read)
{
    public static MetricFamily Gauge(string name, string help, Func<Snapshot, double?> read) => new(name, MetricType.Gauge, help, One(read));

    public static MetricFamily Counter(string name, string help, Func<Snapshot, double?> read) => new(name, MetricType.Counter, help, One(read));

    public static MetricFamily Gauges(string name, string help, Func<Snapshot, IEnumerable<Measurement<double>>> read) => new(name, MetricType.Gauge, help, read);

    public static MetricFamily Counters(string name, string help, Func<Snapshot, IEnumerable<Measurement<double>>> read) => new(name, MetricType.Counter, help, read);

    /// <summary>A value with labels.</summary>
    public static Measurement<double> Sample(double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var tags = new KeyValuePair<string, object?>[labels.Length];
        for (var i = 0; i < tags.Length; i++)
            tags[i] = new(labels[i].Name, labels[i].Value);
        return new Measurement<double>(value, tags.AsSpan());
    }

    private static Func<Snapshot, IEnumerable<Measurement<double>>> One(Func<Snapshot, double?> read) =>
        snapshot => read(snapshot) is { } value ? [new Measurement<double>(value)] : [];
}
