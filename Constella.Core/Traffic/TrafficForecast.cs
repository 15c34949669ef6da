namespace Constella.Core.Traffic;

/// <summary>How a month will end if it goes on as it does (rule T4).</summary>
/// <param name="Bytes">What will count at its end; null: too little is known.</param>
/// <param name="LimitOn">The day on which the quota will be used up; null: not in this month, already, or not known.</param>
public sealed record TrafficForecast(long? Bytes, DateOnly? LimitOn)
{
    /// <summary>So many days of a month speak for themselves; of fewer, the last month has its say.</summary>
    private const double Week = 7;

    private const double LeastDays = 1;

    public static TrafficForecast Unknown { get; } = new(null, null);

    public static TrafficForecast Of(TrafficLedger ledger, TrafficPlan plan, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(plan);
        var month = BillingMonth.Of(DateOnly.FromDateTime(now.UtcDateTime), plan.ResetDay);
        var used = plan.Used(ledger.In(month));
        if (PerDay(ledger, plan, month, now) is not { } rate)
            return Unknown;
        var left = (month.Utc.Until - now).TotalDays;
        var limit = plan.Quota is { } quota && used < quota && rate > 0 && (quota - used) / rate is var days && days < left
            ? DateOnly.FromDateTime(now.UtcDateTime.AddDays(days))
            : (DateOnly?)null;
        return new TrafficForecast((long)Math.Min(used + (rate * left), long.MaxValue / 2), limit);
    }

    // The weight of this month grows from nothing to all in its first week.
    private static double? PerDay(TrafficLedger ledger, TrafficPlan plan, BillingMonth month, DateTimeOffset now)
    {
        var before = month.Before(plan.ResetDay);
        var (past, last) = (Counted(before, month.Utc.From), Counted(month, now));
        var ratePast = past >= Week ? plan.Used(ledger.In(before)) / past : (double?)null;
        if (ratePast is null && last < LeastDays)
            return null;
        var rate = last > 0 ? plan.Used(ledger.In(month)) / last : 0;
        var weight = ratePast is null ? 1 : Math.Clamp(last / Week, 0, 1);
        return (weight * rate) + ((1 - weight) * (ratePast ?? 0));

        double Counted(BillingMonth span, DateTimeOffset until) =>
            (until - (ledger.Since > span.Utc.From ? ledger.Since : span.Utc.From)).TotalDays;
    }
}
