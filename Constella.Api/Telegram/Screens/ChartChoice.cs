using Constella.Core.Stats;

namespace Constella.Api.Telegram.Screens;

/// <summary>What a chart shows, as its three letters in a button's data.</summary>
internal enum ChartMetric
{
    Cpu = 'c',
    Ram = 'm',
    Disk = 'd',
    Network = 'n',
    Load = 'l',
}

internal enum ChartPeriod
{
    Hour = '1',
    Day = 'd',
    Week = 'w',
    Month = 'm',
}

/// <summary>Metric, period and theme of a chart.</summary>
internal readonly record struct ChartChoice(ChartMetric Metric, ChartPeriod Period, bool Dark)
{
    public static ChartChoice First { get; } = new(ChartMetric.Cpu, ChartPeriod.Day, Dark: false);

    /// <summary>How long it looks back, and the step, which gives some 300 points, in seconds.</summary>
    public (int Span, int Step) Time => Period switch
    {
        ChartPeriod.Hour => (3_600, 10),
        ChartPeriod.Week => (7 * 86_400, 1_800),
        ChartPeriod.Month => (30 * 86_400, 7_200),
        _ => (86_400, 300),
    };

    public IReadOnlyList<Metric> Metrics => Metric switch
    {
        ChartMetric.Ram => [Core.Stats.Metric.Ram],
        ChartMetric.Disk => [Core.Stats.Metric.Disk],
        ChartMetric.Network => [Core.Stats.Metric.Received, Core.Stats.Metric.Sent],
        ChartMetric.Load => [Core.Stats.Metric.Load],
        _ => [Core.Stats.Metric.Cpu],
    };

    public override string ToString() => $"{(char)Metric}{(char)Period}{(Dark ? 'd' : 'l')}";

    /// <returns>The first chart for what is not understood.</returns>
    public static ChartChoice Parse(string? text) =>
        text is { Length: 3 } && Enum.IsDefined((ChartMetric)text[0]) && Enum.IsDefined((ChartPeriod)text[1])
            ? new ChartChoice((ChartMetric)text[0], (ChartPeriod)text[1], text[2] == 'd')
            : First;
}
