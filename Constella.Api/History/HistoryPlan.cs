using System.Collections.Immutable;
using Constella.Core.Stats;

namespace Constella.Api.History;

/// <summary>From which samples a question is answered, and how wide a point of the answer is.</summary>
/// <param name="Tier">The coarsest one that divides the step: it holds the peaks of all finer ones.</param>
/// <param name="Step">Seconds, a multiple of the tier's.</param>
internal sealed record HistoryPlan(HistoryTier Tier, int Step, long From, long To)
{
    private const int GoodNumber = 500;

    // Steps that people read off an axis.
    private static readonly int[] Readable = [10, 60, 300, 1_800, 7_200, 43_200, 86_400];

    /// <param name="own">Of others there is one tier only.</param>
    /// <param name="now">Unix seconds.</param>
    public static HistoryPlan For(HistoryQuery query, bool own, long now)
    {
        var tiers = own ? HistoryTier.All : [HistoryTier.Copied];
        // A question that was on its way for a moment still gets the tier that it was made for.
        var finest = tiers.FirstOrDefault(tier => now - query.From <= tier.Reach + 60) ?? tiers[^1];
        var span = query.To - query.From;
        var wanted = query.Step ?? Readable.FirstOrDefault(step => step >= finest.Step && span / step <= GoodNumber, Readable[^1]);
        var step = (Math.Max(wanted, finest.Step) + finest.Step - 1) / finest.Step * finest.Step;
        var tier = tiers.Last(tier => step % tier.Step == 0);
        return new HistoryPlan(tier, step, query.From / step * step, (query.To + step - 1) / step * step);
    }
}

/// <summary>Gathers samples, given by time, into points of one step.</summary>
internal sealed class PointList(int step)
{
    private readonly ImmutableArray<HistoryPoint>.Builder _points = ImmutableArray.CreateBuilder<HistoryPoint>();
    private Sum _sum;
    private long _at;

    public void Add(long at, (double Mean, double Max)? value)
    {
        var start = at / step * step;
        if (start != _at)
            EndPoint();
        _at = start;
        _sum.Add(value);
    }

    public ImmutableArray<HistoryPoint> End()
    {
        EndPoint();
        return _points.ToImmutable();
    }

    private void EndPoint()
    {
        if (_sum.Value is { } value)
            _points.Add(new HistoryPoint(_at, Math.Round(value.Mean, 2), Math.Round(value.Max, 2)));
        _sum = default;
    }
}
