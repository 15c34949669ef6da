using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Constella.Core.Stats;

namespace Constella.Api.Charts;

/// <summary>
/// Draws a chart as SVG, for the width of a phone: big type, few lines. The mean is a line, what lies between it and the maximum a
/// lighter band, so that a peak of one sample is seen in a month; where steps are missing, the line is broken.
/// </summary>
internal static class ChartSvg
{
    public const int Width = 1080;
    public const int Height = 720;

    private const double Edge = 44;
    private const double Top = 222;
    private const double Bottom = 636;
    private const double TitleSize = 46;
    private const double LeastTitleSize = 36;
    private const double SmallSize = 33;
    private const double LabelSize = 32;

    /// <summary>How much of a line's colour its band has.</summary>
    private const double Band = 0.42;

    public static string Draw(Chart chart)
    {
        ArgumentNullException.ThrowIfNull(chart);
        var theme = chart.Dark ? ChartTheme.Dark : ChartTheme.Light;
        var svg = new SvgWriter(Width, Height, theme);
        var (zone, zoneName) = ChartAxes.Zone(chart.First);
        var room = Width - (2 * Edge);
        var size = Math.Clamp(TitleSize * room / TypeWidths.Of(chart.Title, TitleSize, true), LeastTitleSize, TitleSize);
        svg.Text(Edge, 72, TypeWidths.Fit(chart.Title, size, true, room), size, theme.Ink, bold: true);
        svg.Text(Edge, 122, TypeWidths.Fit($"{chart.Subtitle} · {zoneName}", SmallSize, false, room), SmallSize, theme.Faint);
        var max = chart.Lines.SelectMany(line => line.Series.Points).Select(point => point.Max).DefaultIfEmpty(0).Max();
        var values = ChartAxes.Values(chart.First.Metric, max, chart.Words);
        var left = Edge + values.Max(tick => TypeWidths.Of(tick.Label, LabelSize)) + 22;
        var area = new Area(left, Top, Width - Edge, Bottom, chart.First.From, chart.First.To, values[^1].At);
        Grid(svg, area, values, ChartAxes.Times(chart.First.From, chart.First.To, zone, chart.Words), theme);
        if (chart.Lines.All(line => line.Series.Points.IsEmpty))
            svg.Text((area.Left + area.Right) / 2, Top + ((Bottom - Top) * 0.28), chart.Words.NoData, TitleSize, theme.Faint, anchor: "middle");
        else
            Legend(svg, chart, theme);
        for (var i = chart.Lines.Length - 1; i >= 0; i--)
            Line(svg, area, chart.Lines[i].Series, theme.Lines[i]);
        return svg.ToString();
    }

    private static void Grid(SvgWriter svg, Area area, ImmutableArray<Tick> values, ImmutableArray<Tick> times, ChartTheme theme)
    {
        foreach (var tick in values)
        {
            svg.Rule(area.Left, area.Y(tick.At), area.Right, area.Y(tick.At), theme.Grid);
            svg.Text(area.Left - 18, area.Y(tick.At) + (LabelSize * 0.36), tick.Label, LabelSize, theme.Faint, anchor: "end");
        }
        var every = Enumerable.Range(1, times.Length + 1).First(every => Apart(area, times, every));
        for (var i = 0; i < times.Length; i++)
        {
            svg.Rule(area.X(times[i].At), area.Bottom, area.X(times[i].At), area.Bottom + 10, theme.Faint);
            if (i % every == 0)
                svg.Text(Centre(area, times[i]), area.Bottom + 52, times[i].Label, LabelSize, theme.Faint, anchor: "middle");
        }
    }

    /// <summary>Whether the labels of each n-th line of the time axis leave room between them.</summary>
    private static bool Apart(Area area, ImmutableArray<Tick> times, int every)
    {
        var free = double.MinValue;
        for (var i = 0; i < times.Length; i += every)
        {
            var half = TypeWidths.Of(times[i].Label, LabelSize) / 2;
            if (Centre(area, times[i]) - half < free)
                return false;
            free = Centre(area, times[i]) + half + 22;
        }
        return true;
    }

    /// <summary>Below its line, kept inside the picture.</summary>
    private static double Centre(Area area, Tick tick)
    {
        var half = TypeWidths.Of(tick.Label, LabelSize) / 2;
        return Math.Clamp(area.X(tick.At), half + 8, Width - half - 8);
    }

    private static void Legend(SvgWriter svg, Chart chart, ChartTheme theme)
    {
        var x = Edge;
        for (var i = 0; i < chart.Lines.Length; i++)
        {
            if (chart.Lines[i].Label is not { } label)
                continue;
            x = Entry(svg, x, label, theme.Lines[i], 1, theme);
        }
        x = Entry(svg, x, chart.Words.Mean, chart.Lines.Length == 1 ? theme.Lines[0] : theme.Faint, 1, theme);
        Entry(svg, x, chart.Words.Max, chart.Lines.Length == 1 ? theme.Lines[0] : theme.Faint, Band, theme, high: true);
    }

    private static double Entry(SvgWriter svg, double x, string label, string colour, double opacity, ChartTheme theme, bool high = false)
    {
        svg.Box(x, high ? 154 : 164, 34, high ? 26 : 7, colour, opacity);
        svg.Text(x + 46, 178, label, SmallSize, theme.Faint);
        return x + 46 + TypeWidths.Of(label, SmallSize) + 34;
    }

    private static void Line(SvgWriter svg, Area area, HistorySeries series, string colour)
    {
        foreach (var segment in Segments(series))
        {
            svg.Fill(Closed(area, series.Step, segment, point => point.Max, point => point.Mean), colour, Band, "band");
            svg.Stroke(Open(area, series.Step, segment), colour, "mean");
        }
    }

    /// <summary>Runs of steps without a gap.</summary>
    internal static IEnumerable<ImmutableArray<HistoryPoint>> Segments(HistorySeries series)
    {
        var segment = ImmutableArray.CreateBuilder<HistoryPoint>();
        foreach (var point in series.Points)
        {
            if (segment.Count > 0 && point.At - segment[^1].At > series.Step * 3 / 2)
            {
                yield return segment.ToImmutable();
                segment.Clear();
            }
            segment.Add(point);
        }
        if (segment.Count > 0)
            yield return segment.ToImmutable();
    }

    private static string Open(Area area, int step, ImmutableArray<HistoryPoint> segment)
    {
        var path = new StringBuilder("M");
        foreach (var point in segment)
            Append(path, area.X(point.At + (step / 2.0)), area.Y(point.Mean));
        // A step alone is a dot.
        return segment.Length == 1 ? path.Append("h0.1").ToString() : path.ToString();
    }

    private static string Closed(
        Area area, int step, ImmutableArray<HistoryPoint> segment, Func<HistoryPoint, double> upper, Func<HistoryPoint, double> lower)
    {
        var path = new StringBuilder("M");
        foreach (var point in segment)
        {
            // Each step has its own width: the peak of one sample is a column, not a hair.
            Append(path, area.X(point.At), area.Y(upper(point)));
            Append(path, area.X(point.At + step), area.Y(upper(point)));
        }
        foreach (var point in segment.Reverse())
            Append(path, area.X(point.At + (step / 2.0)), area.Y(lower(point)));
        return path.Append('Z').ToString();
    }

    private static void Append(StringBuilder path, double x, double y) =>
        path.Append(CultureInfo.InvariantCulture, $"{(path.Length > 1 ? " " : "")}{x:0.#},{y:0.#}");

    /// <summary>The part of the picture that has the lines.</summary>
    private sealed record Area(double Left, double Top, double Right, double Bottom, long From, long To, double Most)
    {
        public double X(double at) => Left + (Math.Clamp((at - From) / Math.Max(1, To - From), 0, 1) * (Right - Left));

        public double Y(double value) => Bottom - (Math.Clamp(value / Most, 0, 1) * (Bottom - Top));
    }
}
