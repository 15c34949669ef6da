using System.Collections.Immutable;
using Constella.Core.Cluster;

namespace Constella.Core.Traffic;

/// <summary>Bytes of one day of UTC.</summary>
public readonly record struct DayBytes(DateOnly Day, long Received, long Sent);

/// <summary>
/// What a machine has moved, day by day (rules T1 to T3): months of any reset day are sums of days. Pure; whoever keeps it on disk
/// need not write often, because the kernel goes on counting.
/// </summary>
public sealed record TrafficLedger
{
    /// <summary>Of the file's shape.</summary>
    public int Format { get; init; } = 1;

    /// <summary>Since when all is counted.</summary>
    public required DateTimeOffset Since { get; init; }

    public required DayClock Clock { get; init; }

    /// <summary>The counters when they were last read.</summary>
    public required UplinkReading Last { get; init; }

    /// <summary>Ascending; days without a byte are not there.</summary>
    public ImmutableArray<DayBytes> Days { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>What was moved before this is not known.</summary>
    public static TrafficLedger Begin(UplinkReading reading, Now now)
    {
        ArgumentNullException.ThrowIfNull(reading);
        return new() { Since = now.Utc, Clock = new DayClock(now.Utc, now.Mono, reading.Boot), Last = reading };
    }

    /// <summary>Counts what has moved since the last reading, on the day that it is believed to be now.</summary>
    public TrafficLedger Count(UplinkReading reading, Now now)
    {
        ArgumentNullException.ThrowIfNull(reading);
        var clock = Clock.Look(now, reading.Boot);
        var (received, sent) = reading.Since(Last);
        var counted = this with { Clock = clock, Last = reading.After(Last) };
        if (Since > clock.At)
            counted = counted with { Since = clock.At };
        var ahead = Days.Length > 0 && Days[^1].Day > clock.Day;
        return received == 0 && sent == 0 && !ahead ? counted : counted with { Days = With(clock.Day, received, sent) };
    }

    /// <summary>What a span of days has moved.</summary>
    public (long Received, long Sent) In(BillingMonth month)
    {
        var (received, sent) = (0L, 0L);
        foreach (var day in Days)
        {
            if (day.Day >= month.From && day.Day < month.Until)
                (received, sent) = (received + day.Received, sent + day.Sent);
        }
        return (received, sent);
    }

    // Days that have not come yet were counted by a clock that was ahead: what they hold was moved up to now.
    private ImmutableArray<DayBytes> With(DateOnly today, long received, long sent)
    {
        var days = Days;
        while (days is [.., var last] && last.Day >= today)
        {
            (received, sent) = (received + last.Received, sent + last.Sent);
            days = days.RemoveAt(days.Length - 1);
        }
        days = days.Add(new DayBytes(today, Math.Min(received, Limits.LargestSize), Math.Min(sent, Limits.LargestSize)));
        return days.Length > Limits.TrafficDays ? days.RemoveAt(0) : days;
    }
}
