using System.Text;

namespace Constella.Api.Cli.Terminal;

public readonly record struct Cell(string Text, Tone Tone = Tone.Plain)
{
    public static implicit operator Cell(string text) => new(text);
}

/// <param name="Spare">On a narrow terminal the column with the highest number goes first; 0 never goes.</param>
public sealed record Column(string Title, int Spare = 0, bool Right = false);

/// <summary>Rows under titles, two spaces apart, fitted to the width of the terminal.</summary>
public sealed class Table(params Column[] columns)
{
    private const int Gap = 2;

    private readonly List<Cell[]> _rows = [];

    public void Add(params Cell[] cells)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(cells.Length, columns.Length);
        _rows.Add(cells);
    }

    public void Write(TextWriter writer, Ink ink, int width)
    {
        var shown = Fit(width);
        var widths = shown.Select(WidthOf).ToArray();
        // What still does not fit is cut in the last column: the lines of a table must not wrap.
        var before = widths[..^1].Sum() + (Gap * (shown.Count - 1));
        widths[^1] = Math.Clamp(width - before, 1, widths[^1]);

        WriteRow(writer, ink, shown, widths, [.. columns.Select(column => new Cell(column.Title, Tone.Quiet))]);
        foreach (var row in _rows)
            WriteRow(writer, ink, shown, widths, row);
    }

    private List<int> Fit(int width)
    {
        // A column in which nobody has anything to say is noise.
        var shown = Enumerable.Range(0, columns.Length)
            .Where(index => columns[index].Spare == 0 || _rows.Any(row => row[index].Text.Length > 0))
            .ToList();
        while (shown.Sum(WidthOf) + (Gap * (shown.Count - 1)) > width)
        {
            var spare = shown.MaxBy(index => columns[index].Spare);
            if (columns[spare].Spare == 0)
                break;
            shown.Remove(spare);
        }
        return shown;
    }

    private int WidthOf(int index) => Math.Max(columns[index].Title.Length, _rows.Select(row => row[index].Text.Length).DefaultIfEmpty().Max());

    private void WriteRow(TextWriter writer, Ink ink, List<int> shown, int[] widths, Cell[] row)
    {
        var line = new StringBuilder();
        for (var i = 0; i < shown.Count; i++)
        {
            var cell = row[shown[i]];
            var text = cell.Text.Length <= widths[i] ? cell.Text : string.Concat(cell.Text.AsSpan(0, widths[i] - 1), ink.Ellipsis);
            var blank = new string(' ', widths[i] - text.Length);
            var painted = ink.Paint(text, cell.Tone);
            line.Append(columns[shown[i]].Right ? blank + painted : painted + blank).Append(' ', Gap);
        }
        writer.WriteLine(line.ToString().TrimEnd(' '));
    }
}
