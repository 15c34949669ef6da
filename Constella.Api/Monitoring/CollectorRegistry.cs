using System.Collections.Immutable;
using Constella.Api.Cluster;
using Constella.Api.Host;
using Constella.Api.Traffic;

namespace Constella.Api.Monitoring;

/// <summary>The one table of what this node can be asked for, and the reading of it: <c>/metrics</c> and OTLP tell the same.</summary>
internal sealed class CollectorRegistry(
    ICluster cluster, ClusterTally tally, IHostMetrics metrics, ICpuCounters cpu, ITraffic traffic, TimeProvider time)
{
    // An exporter asks family by family: what it asks in one turn is read once.
    private static readonly TimeSpan s_fresh = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private Snapshot? _last;
    private long _readAt;

    public static ImmutableArray<MetricFamily> Families { get; } = [.. NetworkFamilies.All, .. NodeFamilies.All, .. ProcessFamilies.All];

    /// <summary>At most half a second old.</summary>
    public Snapshot Read()
    {
        lock (_gate)
        {
            if (_last is null || time.GetElapsedTime(_readAt) > s_fresh)
            {
                _last = new Snapshot(time.GetUtcNow(), cluster.View, metrics.Read(), cpu.Read(), traffic.Report(), tally, ProcessFigures.Read());
                _readAt = time.GetTimestamp();
            }
            return _last;
        }
    }

    /// <summary>All of the table in the text format of Prometheus, 0.0.4.</summary>
    public byte[] CollectAndExportAsText()
    {
        var snapshot = Read();
        return PrometheusText.Write(Families.Select(family => (family, family.Read(snapshot))));
    }
}
