using Constella.Api.Cluster;
using Constella.Api.Host;
using Constella.Core.Stats;

namespace Constella.Api.History;

/// <summary>The beat of history: a sample every ten seconds, a write every minute, a push to the keepers every five minutes.</summary>
internal sealed class HistoryRecorder(HistoryStore store, HistoryPusher pusher, IHostMetrics metrics, ICluster cluster, TimeProvider time) : BackgroundService
{
    private const int WriteEvery = 60;
    private const int ForgetEvery = 3_600;
    private static readonly int s_step = HistoryTier.All[0].Step;

    // A reading over a longer time, after a machine was suspended, says nothing about this step.
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(3 * s_step);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        store.Open();
        if (store.Missing is not null)
            return;
        var read = metrics.Meter();
        _ = read();
        var last = time.GetTimestamp();
        try
        {
            while (true)
            {
                var end = await NextStepAsync(stoppingToken);
                var stats = read();
                if (time.GetElapsedTime(last) < s_longest)
                    Record(end - s_step, stats);
                last = time.GetTimestamp();
                Turn(end, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to stop.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        store.Flush();
    }

    /// <param name="at">Unix seconds of the step's start.</param>
    internal void Record(long at, NodeStats stats)
    {
        Span<byte> sample = stackalloc byte[PackedSample.Bytes];
        foreach (var (index, _) in Metrics.All.Index())
        {
            var value = stats.Of((Metric)index);
            PackedSample.Write(sample, (Metric)index, value is { } one ? (one, one) : null);
        }
        store.Record(at, sample);
    }

    private void Turn(long end, CancellationToken stopping)
    {
        if (end % WriteEvery == 0)
            store.Flush();
        if (end % HistoryTier.Copied.Step == 0)
            pusher.Begin(end, stopping);
        if (end % ForgetEvery == 0)
            store.ForgetAllBut([.. cluster.View.Members.Select(member => member.Record.NodeId)]);
    }

    /// <summary>Ends where a step ends by the wall clock, so that each step gets one sample however late a timer is.</summary>
    /// <returns>That moment, in Unix seconds.</returns>
    private async Task<long> NextStepAsync(CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        var next = (Nearest(now) + 1) * s_step;
        await Task.Delay(DateTimeOffset.FromUnixTimeSeconds(next) - now, time, cancellation);
        return Nearest(time.GetUtcNow()) * s_step;
    }

    private static long Nearest(DateTimeOffset moment) => (moment.ToUnixTimeMilliseconds() + (s_step * 500)) / (s_step * 1_000);
}
