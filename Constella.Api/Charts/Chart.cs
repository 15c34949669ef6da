using System.Collections.Immutable;
using Constella.Core.Stats;

namespace Constella.Api.Charts;

/// <summary>The words on a chart, in the reader's language.</summary>
internal sealed record ChartWords
{
    public required string Mean { get; init; }
    public required string Max { get; init; }
    public required string NoData { get; init; }

    /// <summary>Twelve, short.</summary>
    public required ImmutableArray<string> Months { get; init; }

    /// <summary>Bytes, and each unit 1024 times the one before.</summary>
    public required ImmutableArray<string> Sizes { get; init; }

    /// <summary>A size per second: <c>{0}/s</c>.</summary>
    public required string PerSecond { get; init; }
}

/// <summary>One line of a chart.</summary>
/// <param name="Label">In the legend; null for a line that stands alone.</param>
internal sealed record ChartLine(string? Label, HistorySeries Series);

/// <summary>What a chart shows: one or two lines over the same time, of metrics in the same unit.</summary>
internal sealed record Chart
{
    public required string Title { get; init; }

    /// <summary>The period in words; the time zone is added to it.</summary>
    public required string Subtitle { get; init; }

    public required ImmutableArray<ChartLine> Lines { get; init; }
    public required ChartWords Words { get; init; }
    public bool Dark { get; init; }

    public HistorySeries First => Lines[0].Series;
}

/// <summary>Colours of a chart, as Telegram's own themes have them.</summary>
internal sealed record ChartTheme(string Paper, string Ink, string Faint, string Grid, ImmutableArray<string> Lines)
{
    public static ChartTheme Light { get; } = new("#ffffff", "#17212b", "#5f6b76", "#e3e7eb", ["#1d6fd0", "#d9590f"]);

    public static ChartTheme Dark { get; } = new("#17212b", "#f2f5f7", "#93a4b3", "#2c3a48", ["#64b5f6", "#ffab5e"]);
}
