using System.Globalization;
using Constella.Api.Telegram.Client;
using Constella.Api.Traffic;
using Constella.Core.Cluster;
using Constella.Core.Traffic;
using static Constella.Api.Telegram.Screens.FleetScreens;

namespace Constella.Api.Telegram.Screens;

/// <summary>What a machine has moved this month and what it costs, and the question whether it was paid for again.</summary>
internal static class TrafficScreens
{
    private const int BarCells = 10;
    private const int MonthsShown = 6;

    /// <summary>In an alert's button that opens a card: this screen instead.</summary>
    public const string Opened = "t";

    /// <param name="report">Null: the node did not answer.</param>
    /// <param name="why">Then why not.</param>
    public static Screen Of(ClusterView view, string node, TrafficReport? report, string? why, DateTimeOffset now, Texts texts)
    {
        if (Find(view, node) is not { } member)
            return Card(view, node, texts);
        var lines = new List<string> { texts.Format(Text.TrafficTitle, Html.Escape(member.Record.Name)) };
        if (report is not null)
            lines.AddRange(Figures(view, report, texts));
        else
            lines.Add(texts.Format(Text.TrafficSilent, Html.EscapeShort(why)));
        lines.Add("");
        var bill = TrafficReports.BillOf(view.Settings, node, now);
        if (bill.Price is { } price)
            lines.Add(texts.Format(Text.BillPrice, Html.Escape(price), Period(bill.Period, texts)));
        lines.Add(bill.Expires is { } until ? texts.Format(Text.BillUntil, Until(until, bill.DaysLeft ?? 0, texts)) : texts.Format(Text.BillUnknown, Html.Escape(member.Record.Name)));
        return new Screen(new ScreenKey(ScreenKind.Traffic, node), string.Join('\n', lines), Buttons(node, bill.Expires is not null, texts));
    }

    public static Screen Question(ClusterView view, string node, Texts texts)
    {
        var bill = Bill.Of(view.Settings.Options, node);
        if (Find(view, node) is null || bill is not { Expires: { } expires, Renewed: { } renewed })
            return Card(view, node, texts);
        return new Screen(
            new ScreenKey(ScreenKind.RenewQuestion, node),
            texts.Format(Text.RenewQuestion, Name(view, node), Day(expires, texts), Day(renewed, texts)),
            Keyboard(
                // The date that the question was asked about keeps a second press from renewing twice.
                [Button(texts.Format(Text.RenewYes, Day(renewed, texts)), new ScreenKey(ScreenKind.RenewConfirmed, node, Bill.Date(expires)))],
                [Button(texts[Text.RebootNo], new ScreenKey(ScreenKind.Traffic, node))]));
    }

    /// <summary>A line of the card; nothing for a node that does not count, or is not heard now.</summary>
    public static string CardLine(ClusterView view, MemberView member, Texts texts)
    {
        if (member.Traffic is not { } traffic || !IsHeard(member))
            return "";
        var plan = TrafficPlan.Of(view.Settings.Options, member.Record.NodeId);
        var bytes = (traffic.Received, traffic.Sent);
        var used = Size(plan.Used(bytes), texts);
        return "\n" + texts.Format(Text.CardTraffic, plan is { Quota: { } quota } && plan.Percent(bytes) is { } percent
            ? texts.Format(Text.SizeOf, used, Size(quota, texts), percent)
            : used);
    }

    /// <summary>The last paid day in an alert, with what is left of it then.</summary>
    public static string Until(string? date, DateTimeOffset at, Texts texts) =>
        Bill.Date(date) is { } day ? Until(day, day.DayNumber - DateOnly.FromDateTime(at.UtcDateTime).DayNumber, texts) : Html.Escape(date);

    public static string Day(DateOnly day, Texts texts) =>
        string.Create(CultureInfo.InvariantCulture, $"{day.Day} {texts.Months[day.Month - 1]} {day.Year}");

    private static IEnumerable<string> Figures(ClusterView view, TrafficReport report, Texts texts)
    {
        var month = report.Month;
        yield return texts.Format(Text.TrafficMonth, Day(month.From, texts), Day(month.To, texts));
        if (report.Why is { } why)
            yield return texts.Format(Text.TrafficWhy, Html.EscapeShort(why));
        if (report.Since is not { } since)
            yield break;
        if (since > new DateTimeOffset(month.From, TimeOnly.MinValue, TimeSpan.Zero))
            yield return texts.Format(Text.TrafficSince, Moment(view, since, texts));
        yield return texts.Format(Text.TrafficInOut, Size(month.Received, texts), Size(month.Sent, texts));
        if (report is { Quota: { } quota, Percent: { } percent })
        {
            yield return $"<code>{Bar(percent)}</code> {texts.Format(Text.SizeOf, Size(month.Used, texts), Size(quota, texts), percent)}";
            yield return texts[CountOf(report.Count)];
        }
        else
            yield return texts.Format(Text.TrafficNoQuota, Html.Escape(report.Name));
        yield return Forecast(report, texts);
        if (!report.Before.IsEmpty)
            yield return texts.Format(Text.TrafficBefore, string.Join(" · ", report.Before.Take(MonthsShown).Select(past => $"{texts.Months[past.From.Month - 1]} {Size(past.Used, texts)}")));
    }

    private static string Forecast(TrafficReport report, Texts texts)
    {
        if (report.LimitOn is { } day)
            return texts.Format(Text.ForecastLimit, Day(day, texts));
        return report.Forecast is { } bytes ? texts.Format(Text.ForecastBytes, Size(bytes, texts), Day(report.Month.To, texts)) : texts[Text.ForecastUnknown];
    }

    private static InlineKeyboardMarkup Buttons(string node, bool renewable, Texts texts) => Keyboard(
        [
            .. renewable ? [Button(texts[Text.Renewed], new ScreenKey(ScreenKind.RenewQuestion, node))] : Array.Empty<InlineKeyboardButton>(),
            Button(texts[Text.Refresh], new ScreenKey(ScreenKind.Traffic, node)),
        ],
        [Button(texts[Text.BackToCard], new ScreenKey(ScreenKind.Card, node)), Button(texts[Text.BackToList], ScreenKey.List)]);

    private static string Until(DateOnly day, int left, Texts texts) => $"{Day(day, texts)} ({(left switch
    {
        0 => texts[Text.BillToday],
        < 0 => texts.Format(Text.BillAgo, -left),
        _ => texts.Format(Text.BillIn, left),
    })})";

    private static string Period(string period, Texts texts) => period switch
    {
        "quarter" => texts[Text.PeriodQuarter],
        "year" => texts[Text.PeriodYear],
        [.. var months, 'm'] => texts.Format(Text.PeriodMonths, months),
        [.. var days, 'd'] => texts.Format(Text.PeriodDays, days),
        _ => texts[Text.PeriodMonth],
    };

    private static Text CountOf(TrafficCount count) => count switch
    {
        TrafficCount.Out => Text.TrafficCountsOut,
        TrafficCount.Max => Text.TrafficCountsMax,
        _ => Text.TrafficCountsSum,
    };

    private static string Bar(int percent)
    {
        var full = Math.Clamp(percent * BarCells / 100, 0, BarCells);
        return new string('█', full) + new string('░', BarCells - full);
    }

    // Powers of 1000, as providers count.
    private static string Size(double bytes, Texts texts)
    {
        var units = texts[Text.TrafficUnits].Split(' ');
        var unit = 0;
        for (; bytes >= 999.5 && unit < units.Length - 1; unit++)
            bytes /= 1000;
        return bytes.ToString(unit == 0 || bytes >= 99.95 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + units[unit];
    }
}
