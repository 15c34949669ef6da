using Constella.Api.Cluster;
using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Stats;
using Constella.Core.Wire;

namespace Constella.Api.Host;

/// <summary>Tells the cluster every ten seconds how busy this machine is, for the heartbeats.</summary>
internal sealed class LoadMeter(IHostMetrics metrics, ICluster cluster, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(Timings.LoadEvery);

    /// <summary>Whole percent of what was read; a figure without a value is null.</summary>
    public static Load Of(NodeStats stats) => new(
        Percent(stats.CpuPercent.Value, 100),
        Percent(stats.MemoryUsedBytes.Value, stats.MemoryTotalBytes.Value),
        stats.Disks.Max(static disk => Percent(disk.UsedBytes, disk.UsedBytes + disk.AvailableBytes)));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                cluster.Post(new Input.LoadMeasured(Of(metrics.Read())));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }

    // Of a disk's size, what is reserved for root is nobody's: as df has it, used and available make the whole.
    private static int? Percent(double? part, double? whole) =>
        part is { } some && whole is > 0 ? (int)Math.Clamp(Math.Round(some * 100 / whole.Value), 0, 100) : null;
}
