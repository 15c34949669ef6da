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
    public static Load Of(NodeStats stats) => new(Whole(stats.Of(Metric.Cpu)), Whole(stats.Of(Metric.Ram)), Whole(stats.Of(Metric.Disk)));

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

    private static int? Whole(double? percent) => percent is { } some ? (int)Math.Clamp(Math.Round(some), 0, 100) : null;
}
