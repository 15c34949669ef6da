namespace Constella.Core.Traffic;

/// <summary>A month of the provider's bill, by days of UTC (rule T2).</summary>
/// <param name="From">The first day.</param>
/// <param name="Until">The day after the last one: the next month's first.</param>
public readonly record struct BillingMonth(DateOnly From, DateOnly Until)
{
    /// <summary>Days it has.</summary>
    public int Days => Until.DayNumber - From.DayNumber;

    /// <summary>The month that a day lies in.</summary>
    /// <param name="resetDay">1 to 31; where a month is shorter, its last day.</param>
    public static BillingMonth Of(DateOnly day, int resetDay)
    {
        var from = Start(day, resetDay);
        if (from > day)
            from = Start(FirstOf(day).AddMonths(-1), resetDay);
        return new BillingMonth(from, Start(FirstOf(from).AddMonths(1), resetDay));
    }

    /// <summary>The month before this one.</summary>
    public BillingMonth Before(int resetDay) => Of(From.AddDays(-1), resetDay);

    /// <summary>When it begins and ends, in UTC.</summary>
    public (DateTimeOffset From, DateTimeOffset Until) Utc => (Midnight(From), Midnight(Until));

    private static DateTimeOffset Midnight(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);

    private static DateOnly FirstOf(DateOnly day) => new(day.Year, day.Month, 1);

    private static DateOnly Start(DateOnly day, int resetDay) =>
        new(day.Year, day.Month, Math.Min(resetDay, DateTime.DaysInMonth(day.Year, day.Month)));
}
