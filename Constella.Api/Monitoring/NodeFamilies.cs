using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Constella.Api.Host.Parsing;
using Constella.Core.Stats;
using static Constella.Api.Monitoring.MetricFamily;

namespace Constella.Api.Monitoring;

/// <summary>The machine, by the names and meanings of Prometheus' node_exporter, so that what reads that one reads this too.</summary>
internal static class NodeFamilies
{
    public static ImmutableArray<MetricFamily> All { get; } =
    [
        Counters("node_cpu_seconds_total", "Seconds the CPUs spent in each mode.", s => Cpus(s.Kernel)),
        Gauge("node_load1", "1m load average.", s => s.Stats.Load1.Value),
        Gauge("node_load5", "5m load average.", s => s.Stats.Load5.Value),
        Gauge("node_load15", "15m load average.", s => s.Stats.Load15.Value),
        Gauge("node_memory_MemTotal_bytes", "Memory information field MemTotal_bytes.", s => s.Stats.MemoryTotalBytes.Value),
        Gauge("node_memory_MemAvailable_bytes", "Memory information field MemAvailable_bytes.", s => s.Stats.MemoryTotalBytes.Value - s.Stats.MemoryUsedBytes.Value),
        Gauge("node_memory_SwapTotal_bytes", "Memory information field SwapTotal_bytes.", s => s.Stats.SwapTotalBytes.Value),
        Gauge("node_memory_SwapFree_bytes", "Memory information field SwapFree_bytes.", s => s.Stats.SwapTotalBytes.Value - s.Stats.SwapUsedBytes.Value),
        Gauges("node_filesystem_size_bytes", "Filesystem size in bytes.", s => Disks(s, static disk => disk.TotalBytes)),
        Gauges("node_filesystem_free_bytes", "Filesystem free space in bytes.", s => Disks(s, static disk => disk.TotalBytes - disk.UsedBytes)),
        Gauges("node_filesystem_avail_bytes", "Filesystem space available to non-root users in bytes.", s => Disks(s, static disk => disk.AvailableBytes)),
        Counters("node_network_receive_bytes_total", "Network device statistic receive_bytes.", s => Networks(s, static network => network.ReceivedBytes)),
        Counters("node_network_transmit_bytes_total", "Network device statistic transmit_bytes.", s => Networks(s, static network => network.SentBytes)),
        Gauge("node_boot_time_seconds", "Node boot time, in unixtime.", s => s.Kernel?.BootTime),
        Gauge("node_time_seconds", "System time in seconds since epoch (1970).", s => s.At.ToUnixTimeMilliseconds() / 1_000.0),
        Gauges("node_uname_info", "Labeled system information as provided by the uname system call.", s => [Sample(
            1, ("sysname", "Linux"), ("release", s.Stats.Kernel ?? ""), ("machine", s.Stats.Architecture ?? ""), ("nodename", s.View.Name))]),
    ];

    private static IEnumerable<Measurement<double>> Cpus(KernelStat? kernel) =>
        from core in kernel?.Cores ?? []
        from mode in KernelStat.Modes.Index()
        select Sample(core.Seconds[mode.Index], ("cpu", core.Core), ("mode", mode.Item));

    private static IEnumerable<Measurement<double>> Disks(Snapshot snapshot, Func<DiskStats, long> bytes) =>
        snapshot.Stats.Disks.Select(disk => Sample(bytes(disk), ("device", disk.Device), ("fstype", disk.Type), ("mountpoint", disk.Mount)));

    private static IEnumerable<Measurement<double>> Networks(Snapshot snapshot, Func<NetStats, long> bytes) =>
        snapshot.Stats.Networks.Select(network => Sample(bytes(network), ("device", network.Name)));
}
