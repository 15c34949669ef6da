using System.Globalization;
using Constella.Api.Cli.Terminal;
using Constella.Api.Traffic;
using Constella.Core.Traffic;

namespace Constella.Api.Cli.Screens;

/// <summary>Traffic by months of the bill: of all nodes a line each, of one node all that is known.</summary>
public static class TrafficScreen
{
    private const int BarWidth = 20;
    private const int Soon = 14;

    public static void Write(TrafficDocument document, ICliConsole console)
    {
        var ink = Ink.For(console);
        var table = new Table(
            new Column("NAME"),
            new Column("MONTH", Right: true),
            new Column("IN", Spare: 4, Right: true),
            new Column("OUT", Spare: 5, Right: true),
            new Column("QUOTA", Spare: 2, Right: true),
            new Column("USED", Right: true),
            new Column("FORECAST", Spare: 3),
            new Column("PAID UNTIL", Spare: 1),
            new Column("PRICE", Spare: 6));
        foreach (var entry in document.Nodes)
        {
            var report = entry.Report is { Since: not null } counted ? counted : null;
            table.Add(
                new Cell(entry.Name, Tone.Strong),
                report is null ? new Cell(entry.Report is null ? "no answer" : "not counted", Tone.Warning) : Units.Bytes(report.Month.Used),
                report is null ? "" : Units.Bytes(report.Month.Received),
                report is null ? "" : Units.Bytes(report.Month.Sent),
                report?.Quota is { } quota ? Units.Bytes(quota) : "",
                report?.Percent is { } percent ? new Cell(Units.Percent(percent), Ink.ToneOf(percent)) : ink.Dash,
                report is null ? "" : Forecast(report, ink),
                PaidUntil(entry.Bill),
                entry.Bill.Price ?? "");
        }
        table.Write(console.Out, ink, console.Width);
    }

    public static void Write(TrafficReport report, ICliConsole console)
    {
        var ink = Ink.For(console);
        var month = report.Month;
        console.Out.WriteLine($"{ink.Paint(report.Name, Tone.Strong)}  {Day(month.From)} to {Day(month.To)}, by UTC");
        console.Out.WriteLine();
        if (report.Why is { } why)
            Row("Not counted", ink.Paint(why, Tone.Warning));
        if (report.Since is { } since)
            Counted(report, since);
        Row("Paid until", PaidUntil(report.Bill) is { Text: { Length: > 0 } until } cell ? ink.Paint(until, cell.Tone) : "not set: constella config set bill.expires@" + report.Name + " 2026-12-24");
        if (report.Bill.Price is { } price)
            Row("Price", $"{price} / {report.Bill.Period}");
        if (!report.Before.IsEmpty)
            Months(report, console, ink);

        void Row(string name, string text) => console.Out.WriteLine(ink.Paint(name.PadRight(12), Tone.Quiet) + text);

        void Counted(TrafficReport report, DateTimeOffset since)
        {
            Row("In, out", $"{Units.Bytes(month.Received)}, {Units.Bytes(month.Sent)}");
            Row("Counts", $"{Units.Bytes(month.Used)} ({What(report.Count)})");
            Row("Quota", report is { Quota: { } quota, Percent: { } percent }
                ? $"{ink.Bar(percent, BarWidth)} {Units.Percent(percent)} of {Units.Bytes(quota)}"
                : "not set: constella config set traffic.quota@" + report.Name + " 1TB");
            Row("Forecast", Forecast(report, ink));
            Row("Since", since.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture));
        }
    }

    private static void Months(TrafficReport report, ICliConsole console, Ink ink)
    {
        console.Out.WriteLine();
        var table = new Table(new Column("FROM"), new Column("TO", Spare: 1), new Column("IN", Right: true), new Column("OUT", Right: true), new Column("COUNTS", Right: true));
        foreach (var month in report.Before)
            table.Add(Day(month.From), Day(month.To), Units.Bytes(month.Received), Units.Bytes(month.Sent), Units.Bytes(month.Used));
        table.Write(console.Out, ink, console.Width);
    }

    private static string Forecast(TrafficReport report, Ink ink)
    {
        if (report.LimitOn is { } day)
            return "limit on " + Day(day);
        return report.Forecast is { } bytes ? Units.Bytes(bytes) : $"{ink.Dash} too early to tell";
    }

    private static Cell PaidUntil(BillInfo bill) => bill is { Expires: { } day, DaysLeft: { } left }
        ? new Cell($"{Day(day)} ({(left == 0 ? "today" : left < 0 ? $"{-left} d ago" : $"{left} d")})", left <= 1 ? Tone.Bad : left <= Soon ? Tone.Warning : Tone.Plain)
        : "";

    private static string What(TrafficCount count) => count switch
    {
        TrafficCount.Out => "what is sent",
        TrafficCount.Max => "the larger of both",
        _ => "in and out",
    };

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
