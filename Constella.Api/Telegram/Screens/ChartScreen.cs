using System.Collections.Immutable;
using Constella.Api.Charts;
using Constella.Api.Telegram.Client;
using Constella.Core.Cluster;
using Constella.Core.Stats;
using static Constella.Api.Telegram.Screens.FleetScreens;

namespace Constella.Api.Telegram.Screens;

/// <summary>A chart's caption and buttons: the numbers stand there too, for whoever gets no picture.</summary>
internal static class ChartScreen
{
    private static readonly (ChartMetric Metric, Text Text)[] s_metrics =
    [
        (ChartMetric.Cpu, Text.ChartCpu), (ChartMetric.Ram, Text.ChartRam), (ChartMetric.Disk, Text.ChartDisk),
        (ChartMetric.Network, Text.ChartNetwork), (ChartMetric.Load, Text.ChartLoad),
    ];

    private static readonly (ChartPeriod Period, Text Text)[] s_periods =
    [
        (ChartPeriod.Hour, Text.ChartHour), (ChartPeriod.Day, Text.ChartDay),
        (ChartPeriod.Week, Text.ChartWeek), (ChartPeriod.Month, Text.ChartMonth),
    ];

    /// <summary>What to draw.</summary>
    public static Chart Drawing(ClusterView view, string node, ChartChoice choice, ImmutableArray<HistorySeries> series, Texts texts) => new()
    {
        Title = $"{texts[NameOf(choice.Metric)]} · {Find(view, node)?.Record.Name ?? node}",
        Subtitle = texts.Format(Text.ChartLast, texts[NameOf(choice.Period)]),
        Lines = [.. series.Select(one => new ChartLine(series.Length > 1 ? Direction(one.Metric, texts) : null, one))],
        Words = Words(texts),
        Dark = choice.Dark,
    };

    /// <param name="picture">Null: this node makes none.</param>
    public static Screen Of(
        ClusterView view, string node, ChartChoice choice, ImmutableArray<HistorySeries> series, Picture? picture, Texts texts)
    {
        var lines = new List<string> { Title(view, node, choice, texts) };
        lines.AddRange(series.Select(one => Figures(one, series.Length > 1, texts)));
        if (series[0].Keepers is { IsEmpty: false } keepers)
            lines.Add(texts.Format(Text.ChartCopies, string.Join(", ", keepers.Select(keeper => Name(view, keeper)))));
        if (series[0].Points is [.., { At: var last }] && series[0].To - last > 3 * series[0].Step)
            lines.Add(texts.Format(Text.ChartEnds, Moment(view, DateTimeOffset.FromUnixTimeSeconds(last), texts)));
        if (picture is null)
            lines.Add(texts.Format(Text.ChartNoPicture, Html.Escape(view.Name)));
        return new Screen(ScreenKey.Chart(node, choice), string.Join('\n', lines), Buttons(node, choice, texts)) { Picture = picture };
    }

    public static Screen Failed(ClusterView view, string node, ChartChoice choice, string reason, Texts texts) => new(
        ScreenKey.Chart(node, choice),
        Title(view, node, choice, texts) + "\n" + texts.Format(Text.ChartFailed, Html.EscapeShort(reason)),
        Buttons(node, choice, texts));

    internal static ChartWords Words(Texts texts) => new()
    {
        Mean = texts[Text.ChartMean],
        Max = texts[Text.ChartMax],
        NoData = texts[Text.ChartNoData],
        Months = texts.Months,
        Sizes = [texts[Text.Bytes], texts[Text.KiB], texts[Text.MiB], texts[Text.GiB], texts[Text.TiB]],
        PerSecond = texts[Text.PerSecond],
    };

    private static string Title(ClusterView view, string node, ChartChoice choice, Texts texts) =>
        texts.Format(Text.ChartTitle, Name(view, node), texts[NameOf(choice.Metric)], texts[NameOf(choice.Period)]);

    private static string Figures(HistorySeries series, bool named, Texts texts)
    {
        var name = named ? Direction(series.Metric, texts) + ": " : "";
        if (series.Points.IsEmpty)
            return name + texts[Text.ChartNoData];
        var words = Words(texts);
        return name + texts.Format(
            Text.ChartFigures,
            ChartAxes.Value(series.Metric, series.Points.Average(point => point.Mean), words),
            ChartAxes.Value(series.Metric, series.Points.Max(point => point.Max), words),
            ChartAxes.Value(series.Metric, series.Points[^1].Mean, words));
    }

    private static InlineKeyboardMarkup Buttons(string node, ChartChoice choice, Texts texts) => Keyboard(
        [.. s_metrics.Select(each => Choice(texts[each.Text], each.Metric == choice.Metric, choice with { Metric = each.Metric }, node))],
        [.. s_periods.Select(each => Choice(texts[each.Text], each.Period == choice.Period, choice with { Period = each.Period }, node))],
        [
            Button(texts[choice.Dark ? Text.ChartLight : Text.ChartDark], ScreenKey.Chart(node, choice with { Dark = !choice.Dark })),
            Button(texts[Text.Refresh], ScreenKey.Chart(node, choice)),
        ],
        [Button(texts[Text.BackToCard], new ScreenKey(ScreenKind.Card, node)), Button(texts[Text.BackToList], ScreenKey.List)]);

    private static InlineKeyboardButton Choice(string label, bool chosen, ChartChoice choice, string node) =>
        Button(chosen ? $"· {label} ·" : label, ScreenKey.Chart(node, choice));

    private static string Direction(Metric metric, Texts texts) => texts[metric == Metric.Received ? Text.ChartReceived : Text.ChartSent];

    private static Text NameOf(ChartMetric metric) => s_metrics.First(each => each.Metric == metric).Text;

    private static Text NameOf(ChartPeriod period) => s_periods.First(each => each.Period == period).Text;
}
