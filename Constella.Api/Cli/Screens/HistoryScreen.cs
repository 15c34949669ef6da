using System.Globalization;
using System.Text;
using Constella.Api.Cli.Terminal;
using Constella.Api.Endpoints;
using Constella.Core.Joining;
using Constella.Core.Stats;

namespace Constella.Api.Cli.Screens;

/// <summary>One metric over time: an area up to the means, a dot at each peak, and nothing where there are no samples.</summary>
public static class HistoryScreen
{
    private const int WidthOfPipe = 80;
    private const int Widest = 140;
    private const int Margin = 12;
    private const int LabelGap = 16;
    private static readonly int[] s_steps = [1, 2, 5, 10];

    /// <summary>How many points find room beside each other.</summary>
    public static int PointsAcross(ICliConsole console) => PlotWidth(console) * Canvas.AcrossOf(console.Unicode);

    public static void Write(HistorySeries series, PeersAnswer network, TimeSpan span, ICliConsole console)
    {
        var ink = Ink.For(console);
        var zone = ZoneOf(series.Zone);
        var top = Top(series);
        var canvas = Draw(series, top, PlotWidth(console), console.Unicode);
        console.Out.WriteLine(ink.Paint(Name(series.Node, network), Tone.Strong) + ink.Separator
            + string.Join(ink.Separator, Title(series.Metric), "last " + Duration.Format(span), "a point is " + Units.Duration(TimeSpan.FromSeconds(series.Step)), zone.Id));
        var lines = canvas.Lines();
        for (var row = 0; row < lines.Length; row++)
        {
            var label = row == 0 ? Figure(top, series.Metric) : row == lines.Length / 2 ? Figure(top / 2, series.Metric) : "";
            console.Out.WriteLine($"{ink.Paint(label.PadLeft(Margin - 2), Tone.Quiet)}  {ink.Paint(lines[row].TrimEnd(), Tone.Good)}".TrimEnd());
        }
        console.Out.WriteLine($"{ink.Paint(Figure(0, series.Metric).PadLeft(Margin - 2), Tone.Quiet)}  {ink.Paint(canvas.Axis(), Tone.Quiet)}");
        console.Out.WriteLine(ink.Paint(new string(' ', Margin) + TimeLabels(series, zone, PlotWidth(console)), Tone.Quiet));
        console.Out.WriteLine(Summary(series, ink));
        if (!series.Keepers.IsEmpty)
            console.Error.WriteLine($"{Name(series.Node, network)} does not answer: this is from the copies of {string.Join(", ", series.Keepers.Select(id => Name(id, network)))}");
    }

    private static int PlotWidth(ICliConsole console) =>
        Math.Clamp(console.Width == int.MaxValue ? WidthOfPipe : console.Width, 40, Widest) - Margin - 1;

    private static Canvas Draw(HistorySeries series, double top, int width, bool unicode)
    {
        var canvas = new Canvas(width, unicode);
        var dots = width * Canvas.AcrossOf(unicode);
        var range = series.To - series.From;
        foreach (var point in series.Points)
        {
            var first = (int)((point.At - series.From) * dots / range);
            var end = (int)((point.At + series.Step - series.From) * dots / range);
            for (var x = first; x < Math.Max(end, first + 1) && x < dots; x++)
                canvas.Put(x, point.Mean / top, point.Max / top);
        }
        return canvas;
    }

    // 1, 2 or 5 and zeros: what people read off an axis.
    private static double Top(HistorySeries series)
    {
        var highest = series.Points.Max(point => point.Max);
        var least = series.Metric switch
        {
            Metric.Cpu or Metric.Ram or Metric.Disk => 5,
            Metric.Load => 0.5,
            _ => 1_000,
        };
        var power = Math.Pow(10, Math.Floor(Math.Log10(Math.Max(highest, least))));
        return s_steps.Select(factor => factor * power).First(top => top >= Math.Max(highest, least) * 0.9999);
    }

    private static string TimeLabels(HistorySeries series, TimeZoneInfo zone, int width)
    {
        var range = series.To - series.From;
        var format = range <= 36 * 3_600 ? "HH:mm" : range <= 8 * 86_400 ? "d MMM HH:mm" : "d MMM";
        var line = new StringBuilder();
        for (var column = 0; column + format.Length < width; column += LabelGap)
        {
            var at = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(series.From + (range * column / width)), zone);
            // The first one says the day, too.
            line.Append(at.ToString(column == 0 && format == "HH:mm" ? "d MMM HH:mm" : format, CultureInfo.InvariantCulture).PadRight(LabelGap));
        }
        return line.ToString().TrimEnd();
    }

    private static string Summary(HistorySeries series, Ink ink)
    {
        var low = series.Points.Min(point => point.Mean);
        var mean = series.Points.Average(point => point.Mean);
        var peak = series.Points.MaxBy(point => point.Max)!;
        var parts = new List<string>
        {
            "lowest " + Figure(low, series.Metric), "mean " + Figure(mean, series.Metric), "peak " + ink.Paint(Figure(peak.Max, series.Metric), Tone.Strong),
        };
        // The step that is going on may have no sample yet.
        var end = series.Points[^1].At + series.Step == series.To ? series.To : series.To - series.Step;
        var missing = ((end - series.From) / series.Step) - series.Points.Length;
        if (missing > 0)
            parts.Add(ink.Paint("no samples for " + Units.Duration(TimeSpan.FromSeconds(missing * series.Step)), Tone.Warning));
        return string.Join(ink.Separator, parts);
    }

    private static string Figure(double value, Metric metric) => metric switch
    {
        Metric.Cpu or Metric.Ram or Metric.Disk => value is > 0 and < 10 ? Units.Number(Math.Round(value, 1)) + " %" : Units.Percent(value),
        Metric.Load => Units.Number(value),
        _ => Units.Bytes(value) + "/s",
    };

    private static string Title(Metric metric) => metric switch
    {
        Metric.Cpu => "CPU",
        Metric.Ram => "RAM",
        Metric.Disk => "disk, the fullest",
        Metric.Received => "network in",
        Metric.Sent => "network out",
        _ => "load of one minute",
    };

    private static string Name(string id, PeersAnswer network) => network.Peers.FirstOrDefault(peer => peer.NodeId == id)?.Name ?? id;

    // This machine may know fewer zones than that one.
    private static TimeZoneInfo ZoneOf(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;
}
