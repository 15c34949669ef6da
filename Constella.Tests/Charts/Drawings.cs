using System.Collections.Immutable;
using System.Globalization;
using System.Xml.Linq;
using Constella.Api.Charts;
using Constella.Api.Telegram.Screens;
using Constella.Core.Cluster;
using Constella.Core.Stats;
using Constella.Tests.Telegram;

namespace Constella.Tests.Charts;

/// <summary>Charts of made-up history, and what stands where in them.</summary>
internal static class Drawings
{
    private const string FontFolder = "/usr/share/fonts/truetype/dejavu/";
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 14, 7, 30, TimeSpan.Zero);

    public static FontFile Book { get; } = new(FontFolder + "DejaVuSans.ttf");

    public static FontFile Bold { get; } = new(FontFolder + "DejaVuSans-Bold.ttf");

    public static ClusterView View { get; } = new FakeCluster(
        BotFixture.Member(BotFixture.Alpha, "alpha-01", self: true), BotFixture.Member(BotFixture.Echo, "echo-02")).View;

    public static ImmutableArray<HistorySeries> Series(ChartChoice choice, string zone = "Europe/Moscow")
    {
        var (span, step) = choice.Time;
        var to = ((s_now.ToUnixTimeSeconds() / step) + 1) * step;
        return [.. choice.Metrics.Select(metric => SampleHistory.Of(new HistoryQuery(BotFixture.Echo, metric, to - span, to, step), zone))];
    }

    public static string Draw(ChartChoice choice, Texts texts, ImmutableArray<HistorySeries>? series = null, ClusterView? view = null) =>
        ChartSvg.Draw(ChartScreen.Drawing(view ?? View, BotFixture.Echo, choice, series ?? Series(choice), texts));

    public static IEnumerable<ChartChoice> All() =>
        from metric in Enum.GetValues<ChartMetric>()
        from period in Enum.GetValues<ChartPeriod>()
        from dark in new[] { false, true }
        select new ChartChoice(metric, period, dark);

    /// <summary>Every text with its box, by the widths of the font itself.</summary>
    public static ImmutableArray<Box> Texts(string svg) => [.. XDocument.Parse(svg).Descendants().Where(node => node.Name.LocalName == "text").Select(node =>
    {
        var size = Number(node, "font-size");
        var width = ((string?)node.Attribute("font-weight") == "bold" ? Bold : Book).WidthOf(node.Value, size);
        var left = Number(node, "x") - ((string?)node.Attribute("text-anchor") switch { "end" => width, "middle" => width / 2, _ => 0 });
        return new Box(node.Value, left, Number(node, "y") - size, left + width, Number(node, "y") + (size * 0.24));
    })];

    /// <summary>The data of the paths of one class: <c>mean</c> or <c>band</c>.</summary>
    public static ImmutableArray<string> Paths(string svg, string part) =>
        [.. XDocument.Parse(svg).Descendants().Where(node => (string?)node.Attribute("class") == part).Select(node => (string)node.Attribute("d")!)];

    public static IEnumerable<(double X, double Y)> Points(string path) =>
        path.Split('M', 'Z', 'h', ' ').Where(pair => pair.Contains(',', StringComparison.Ordinal)).Select(pair => pair.Split(','))
            .Select(pair => (double.Parse(pair[0], CultureInfo.InvariantCulture), double.Parse(pair[1], CultureInfo.InvariantCulture)));

    private static double Number(XElement node, string name) => double.Parse((string)node.Attribute(name)!, CultureInfo.InvariantCulture);
}

internal sealed record Box(string Text, double Left, double Top, double Right, double Bottom)
{
    public bool Overlaps(Box other) => Left < other.Right && other.Left < Right && Top < other.Bottom && other.Top < Bottom;
}
