using Constella.Api.Charts;
using Constella.Api.Telegram.Screens;
using Constella.Core.Stats;
using Constella.Tests.Telegram;

namespace Constella.Tests.Charts;

public sealed class ChartSvgTests
{
    private static readonly string[] s_zones = ["UTC", "Europe/Moscow", "Asia/Kathmandu", "America/Argentina/ComodRivadavia", "Europe/Berlin"];

    [RasteriserFact]
    public void Every_letter_is_inside_the_picture_and_no_two_texts_overlap()
    {
        foreach (var choice in Drawings.All())
        {
            foreach (var texts in new[] { Texts.English, Texts.Russian })
            {
                foreach (var zone in s_zones)
                    AssertTidy(Drawings.Draw(choice, texts, Drawings.Series(choice, zone)), $"{choice} {texts.Language} {zone}");
            }
        }
    }

    [RasteriserFact]
    public void A_name_as_long_as_can_be_is_cut_and_the_metric_stays()
    {
        var view = Drawings.View with
        {
            Members = [.. Drawings.View.Members.Select(member => member with { Record = member.Record with { Name = new string('w', 32) } })],
        };
        var svg = Drawings.Draw(ChartChoice.First with { Metric = ChartMetric.Load }, Texts.Russian, view: view);
        AssertTidy(svg, "a long name");
        Assert.Contains(Drawings.Texts(svg), box => box.Text.StartsWith("Нагрузка · www", StringComparison.Ordinal) && box.Text.EndsWith('…'));
    }

    [RasteriserFact]
    public void The_font_has_every_letter_of_both_languages()
    {
        foreach (var text in Enum.GetValues<Text>().Where(text => text.ToString().StartsWith("Chart", StringComparison.Ordinal) || text is Text.Months or Text.KiB or Text.PerSecond))
        {
            // The buttons' little pictures are drawn by Telegram.
            if (text is Text.Charts or Text.ChartLight or Text.ChartDark)
                continue;
            foreach (var letter in Texts.English[text] + Texts.Russian[text] + NodeNameLetters + "·…")
                Assert.True(Drawings.Book.Has(letter) && Drawings.Bold.Has(letter), $"{text}: {letter}");
        }
    }

    [RasteriserFact]
    public void Widths_are_those_of_the_font()
    {
        foreach (var text in new[] { "0123456789 % : · – …", "Нагрузка · Память · Сеть · щёки", "America/Argentina/ComodRivadavia (UTC-3)", "the quick brown fox jumps", "съешь же ещё этих мягких французских булок" })
        {
            Assert.Equal(Drawings.Book.WidthOf(text, 32), TypeWidths.Of(text, 32), Drawings.Book.WidthOf(text, 32) * 0.03);
            Assert.InRange(TypeWidths.Of(text, 32, bold: true), Drawings.Bold.WidthOf(text, 32) * 0.97, Drawings.Bold.WidthOf(text, 32) * 1.1);
        }
    }

    [RasteriserFact]
    public void A_gap_breaks_the_line()
    {
        var svg = Drawings.Draw(ChartChoice.First, Texts.English);
        var lines = Drawings.Paths(svg, "mean").Select(path => Drawings.Points(path).ToList()).ToList();
        Assert.Equal(2, lines.Count);
        // Eight hundredths of 24 hours, and the picture's lines are some 880 wide.
        Assert.InRange(lines[1][0].X - lines[0][^1].X, 60, 85);
        Assert.Equal(2, Drawings.Paths(svg, "band").Length);
    }

    [RasteriserFact]
    public void One_step_that_is_missing_is_a_gap_already_and_one_alone_is_a_dot()
    {
        var whole = Drawings.Series(ChartChoice.First)[0];
        var points = whole.Points.Where(point => point.At < whole.From + (10 * whole.Step)).ToList();
        points.RemoveAt(3);
        points.RemoveAt(4);
        var svg = Drawings.Draw(ChartChoice.First, Texts.English, [whole with { Points = [.. points] }]);
        var lines = Drawings.Paths(svg, "mean");
        Assert.Equal(3, lines.Length);
        Assert.EndsWith("h0.1", lines[1], StringComparison.Ordinal);
    }

    [RasteriserFact]
    public void The_peak_of_one_sample_in_thirty_days_reaches_its_height_and_is_wide_enough_to_be_seen()
    {
        var choice = new ChartChoice(ChartMetric.Cpu, ChartPeriod.Month, false);
        var series = Drawings.Series(choice)[0];
        Assert.Single(series.Points, point => point.Max == SampleHistory.Peak);
        var svg = Drawings.Draw(choice, Texts.English, [series]);
        var top = Drawings.Paths(svg, "band").SelectMany(Drawings.Points).GroupBy(point => point.Y).MinBy(group => group.Key)!;
        // 100 % is at 222, 0 % at 636.
        Assert.Equal(636 - (4.14 * SampleHistory.Peak), top.Key, 1.0);
        Assert.InRange(top.Max(point => point.X) - top.Min(point => point.X), 2, 5);
    }

    [RasteriserFact]
    public void Hours_are_those_of_the_node_s_own_clock_and_its_zone_is_named()
    {
        var labels = Drawings.Texts(Drawings.Draw(ChartChoice.First, Texts.Russian, Drawings.Series(ChartChoice.First, "Asia/Kathmandu"))).Select(box => box.Text).ToList();
        Assert.Contains("за 24 ч · Asia/Kathmandu (UTC+5:45)", labels);
        Assert.Contains("21 ноя", labels);
        Assert.Contains("04:00", labels);
    }

    [RasteriserFact]
    public void A_zone_that_is_not_known_here_is_drawn_in_UTC_and_says_so()
    {
        var svg = Drawings.Draw(ChartChoice.First, Texts.English, Drawings.Series(ChartChoice.First, "Mars/Olympus"));
        Assert.Contains(Drawings.Texts(svg), box => box.Text == "last 24 h · UTC");
    }

    [RasteriserFact]
    public void The_hour_that_summer_time_takes_moves_no_line_off_its_hour()
    {
        // 29 March 2026, 01:00 UTC: Berlin's clocks go from 02:00 to 03:00.
        var from = new DateTimeOffset(2026, 3, 28, 20, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
        var ticks = ChartAxes.Times(from, from + 86_400, TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin"), ChartScreen.Words(Texts.English));
        Assert.Equal(["29 Mar", "04:00", "08:00", "12:00", "16:00", "20:00"], ticks.Select(tick => tick.Label));
        Assert.Equal(3 * 3_600, ticks[1].At - ticks[0].At);
    }

    [Theory]
    [InlineData(Metric.Cpu, 0, "0 %,5 %,10 %")]
    [InlineData(Metric.Cpu, 97, "0 %,25 %,50 %,75 %,100 %")]
    [InlineData(Metric.Disk, 100, "0 %,25 %,50 %,75 %,100 %")]
    [InlineData(Metric.Ram, 61.5, "0 %,20 %,40 %,60 %,80 %")]
    [InlineData(Metric.Received, 0, "0.0 KiB/s,0.5 KiB/s,1.0 KiB/s")]
    [InlineData(Metric.Sent, 9e6, "0 MiB/s,5 MiB/s,10 MiB/s")]
    [InlineData(Metric.Load, 0.03, "0.00,0.05,0.10,0.15,0.20")]
    [InlineData(Metric.Load, 12, "0,5,10,15")]
    public void The_axis_has_few_round_values_and_none_below_the_highest(Metric metric, double max, string expected)
    {
        var ticks = ChartAxes.Values(metric, max, ChartScreen.Words(Texts.English));
        Assert.Equal(expected, string.Join(',', ticks.Select(tick => tick.Label)));
        Assert.True(ticks[^1].At >= max - 1e-6);
    }

    [RasteriserFact]
    public void Without_any_data_the_picture_says_so()
    {
        var empty = Drawings.Series(ChartChoice.First)[0] with { Points = [] };
        var svg = Drawings.Draw(ChartChoice.First, Texts.Russian, [empty]);
        AssertTidy(svg, "empty");
        Assert.Contains(Drawings.Texts(svg), box => box.Text == "за это время данных нет");
        Assert.Empty(Drawings.Paths(svg, "mean"));
    }

    [RasteriserFact]
    public void A_name_from_elsewhere_cannot_break_the_drawing()
    {
        var view = Drawings.View with
        {
            Members = [.. Drawings.View.Members.Select(member => member with { Record = member.Record with { Name = "a<b>&\u0001\ud800\"" } })],
        };
        var svg = ChartSvg.Draw(ChartScreen.Drawing(view, BotFixture.Echo, ChartChoice.First, Drawings.Series(ChartChoice.First), Texts.English));
        Assert.Equal("CPU · a<b>& ?\"", System.Xml.Linq.XDocument.Parse(svg).Descendants().First(node => node.Name.LocalName == "text").Value);
    }

    private const string NodeNameLetters = "abcdefghijklmnopqrstuvwxyz0123456789-/_+()";

    private static void AssertTidy(string svg, string what)
    {
        var boxes = Drawings.Texts(svg);
        Assert.All(boxes, box => Assert.True(
            box is { Left: >= 0, Top: >= 0, Right: <= ChartSvg.Width, Bottom: <= ChartSvg.Height }, $"{what}: {box}"));
        for (var i = 0; i < boxes.Length; i++)
        {
            for (var j = i + 1; j < boxes.Length; j++)
                Assert.False(boxes[i].Overlaps(boxes[j]), $"{what}: {boxes[i]} and {boxes[j]}");
        }
    }
}
