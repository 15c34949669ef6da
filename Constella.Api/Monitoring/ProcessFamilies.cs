using System.Collections.Immutable;
using System.Globalization;
using static Constella.Api.Monitoring.MetricFamily;

namespace Constella.Api.Monitoring;

/// <summary>The node's own process, by the names that Prometheus' client libraries give it.</summary>
internal static class ProcessFamilies
{
    public static ImmutableArray<MetricFamily> All { get; } =
    [
        Counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.", s => s.Process.CpuSeconds),
        Gauge("process_resident_memory_bytes", "Resident memory size in bytes.", s => s.Process.ResidentBytes),
        Gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.", s => s.Process.VirtualBytes),
        Gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.", s => s.Process.Started),
        Gauge("process_open_fds", "Number of open file descriptors.", s => s.Process.OpenFiles),
        Gauge("process_num_threads", "Total number of threads.", s => s.Process.Threads),
        Gauge("dotnet_total_memory_bytes", "Total known allocated memory in bytes.", _ => GC.GetTotalMemory(forceFullCollection: false)),
        Counter("dotnet_gc_heap_total_allocated_bytes_total", "Bytes allocated on the managed heap since the process started.", _ => GC.GetTotalAllocatedBytes()),
        Counters("dotnet_collection_count_total", "GC collection count.", _ => Enumerable.Range(0, GC.MaxGeneration + 1)
            .Select(generation => Sample(GC.CollectionCount(generation), ("generation", generation.ToString(CultureInfo.InvariantCulture))))),
    ];
}
