using System.Globalization;

namespace Constella.Bench;

/// <summary>Lines of a table as documents have them.</summary>
internal static class Table
{
    public static void Head(params string[] cells)
    {
        Row(cells);
        Row([.. cells.Select(_ => "---")]);
    }

    public static void Row(params string[] cells) => Console.WriteLine($"| {string.Join(" | ", cells)} |");

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    public static string Goal(bool good, string goal) => $"{goal}{(good ? "" : " ✗")}";

    public static double Median(IEnumerable<double> figures) => Percentile([.. figures.Order()], 50);

    /// <param name="sorted">Ascending, not empty.</param>
    public static double Percentile(IReadOnlyList<double> sorted, double percent) =>
        sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * percent / 100))];
}
