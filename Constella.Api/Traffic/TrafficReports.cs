using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Traffic;

namespace Constella.Api.Traffic;

/// <summary>From what was counted and what the owner has set to a report: pure.</summary>
internal static class TrafficReports
{
    private const int MonthsBefore = 12;

    /// <param name="ledger">Null: nothing was counted yet.</param>
    /// <param name="why">Why nothing is counted now, or null.</param>
    public static TrafficReport Of(ClusterView view, TrafficLedger? ledger, string? why, DateTimeOffset now)
    {
        var options = view.Settings.Options;
        var plan = TrafficPlan.Of(options, view.NodeId);
        // The days go by the clock that is believed (T3), or a month would be shown as empty.
        var at = ledger?.Clock.At ?? now;
        var month = BillingMonth.Of(DateOnly.FromDateTime(at.UtcDateTime), plan.ResetDay);
        var forecast = ledger is null ? TrafficForecast.Unknown : TrafficForecast.Of(ledger, plan, at);
        return new TrafficReport
        {
            NodeId = view.NodeId,
            Name = view.Name,
            At = now,
            Since = ledger?.Since,
            Why = why,
            Month = Month(ledger, plan, month),
            Before = ledger is null ? [] : [.. Before(ledger, plan, month)],
            Count = plan.Count,
            ResetDay = plan.ResetDay,
            Quota = plan.Quota,
            Percent = ledger is null ? null : plan.Percent(ledger.In(month)),
            Forecast = forecast.Bytes,
            LimitOn = forecast.LimitOn,
            Bill = BillOf(view.Settings, view.NodeId, now),
        };
    }

    /// <summary>Of any member: it stands in the settings.</summary>
    public static BillInfo BillOf(Settings settings, string node, DateTimeOffset now)
    {
        var bill = Bill.Of(settings.Options, node);
        return new BillInfo(bill.Price, bill.Expires, bill.Period, bill.DaysLeft(now));
    }

    private static IEnumerable<TrafficMonth> Before(TrafficLedger ledger, TrafficPlan plan, BillingMonth month)
    {
        for (var i = 0; i < MonthsBefore && month.Utc.From > ledger.Since; i++)
        {
            month = month.Before(plan.ResetDay);
            yield return Month(ledger, plan, month);
        }
    }

    private static TrafficMonth Month(TrafficLedger? ledger, TrafficPlan plan, BillingMonth month)
    {
        var bytes = ledger?.In(month) ?? default;
        return new TrafficMonth(month.From, month.Until.AddDays(-1), bytes.Received, bytes.Sent, plan.Used(bytes));
    }
}
