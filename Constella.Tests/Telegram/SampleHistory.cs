using System.Collections.Immutable;
using Constella.Core.Stats;

namespace Constella.Tests.Telegram;

/// <summary>History made up: waves with a gap and one peak.</summary>
internal static class SampleHistory
{
    public const double Peak = 97;

    public static HistorySeries Of(HistoryQuery query, string zone = "Europe/Moscow", ImmutableArray<string> keepers = default)
    {
        var step = query.Step ?? 300;
        var count = (int)((query.To - query.From) / step);
        var points = Enumerable.Range(0, count)
            .Where(i => i < count * 42 / 100 || i > count / 2)
            .Select(i => Point(query, i, (double)i / count, count, step));
        return new HistorySeries
        {
            Node = query.Target,
            Metric = query.Metric,
            From = query.From,
            To = query.To,
            Step = step,
            Zone = zone,
            Keepers = keepers,
            Points = [.. points],
        };
    }

    private static HistoryPoint Point(HistoryQuery query, int i, double at, int count, int step)
    {
        var wave = (1 + Math.Sin(at * 30)) / 2;
        var (mean, max) = query.Metric switch
        {
            Metric.Received => (2e6 * wave, 2.6e6 * wave),
            Metric.Sent => (4e5 + (6e5 * (1 - wave)), 5e5 + (9e5 * (1 - wave))),
            Metric.Load => (0.2 + (0.3 * wave), 0.4 + (0.5 * wave)),
            Metric.Disk => (63 + (8 * at), 63 + (8 * at)),
            Metric.Ram => (48 + (9 * wave), 52 + (11 * wave)),
            _ => (6 + (9 * wave), i == count * 7 / 10 ? Peak : 10 + (14 * wave)),
        };
        return new HistoryPoint(query.From + ((long)i * step), mean, max);
    }
}
