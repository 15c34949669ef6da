using System.Collections.Immutable;
using Constella.Core.Traffic;

namespace Constella.Api.Traffic;

/// <summary><c>GET /traffic</c>: what a machine has moved in the months of its bill (rules T), and until when it is paid.</summary>
public sealed record TrafficReport
{
    public required string NodeId { get; init; }
    public required string Name { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Since when all is counted; null: nothing is counted.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Why nothing is counted now, or null.</summary>
    public string? Why { get; init; }

    /// <summary>The month that goes on.</summary>
    public required TrafficMonth Month { get; init; }

    /// <summary>Those before it, the latest first, as far as anything of them was counted.</summary>
    public ImmutableArray<TrafficMonth> Before { get; init; } = [];

    /// <summary>What counts towards the quota.</summary>
    public required TrafficCount Count { get; init; }

    /// <summary>The day of the month on which a new one begins; where a month is shorter, its last.</summary>
    public required int ResetDay { get; init; }

    /// <summary>In bytes; null: none is set.</summary>
    public long? Quota { get; init; }

    /// <summary>Of the quota, rounded down.</summary>
    public int? Percent { get; init; }

    /// <summary>What will count at the end of the month, in bytes; null: too little is known (rule T4).</summary>
    public long? Forecast { get; init; }

    /// <summary>The day on which the quota will be used up; null: not in this month, or it is already.</summary>
    public DateOnly? LimitOn { get; init; }

    public required BillInfo Bill { get; init; }
}

/// <summary>A month of the bill.</summary>
/// <param name="From">Its first day, by UTC.</param>
/// <param name="To">Its last day.</param>
/// <param name="Received">Bytes.</param>
/// <param name="Sent">Bytes.</param>
/// <param name="Used">Bytes that count towards the quota.</param>
public sealed record TrafficMonth(DateOnly From, DateOnly To, long Received, long Sent, long Used);

/// <summary>What a machine costs, as its owner has set it.</summary>
/// <param name="Expires">The last day that is paid.</param>
/// <param name="Period">For which it is renewed: <c>month</c>, <c>quarter</c>, <c>year</c>, <c>6m</c>, <c>30d</c>.</param>
/// <param name="DaysLeft">Until the last paid day; negative after it.</param>
public sealed record BillInfo(string? Price, DateOnly? Expires, string Period, int? DaysLeft);
