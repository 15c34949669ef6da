namespace Constella.Api.Cli.Screens;

/// <summary>A drawing of eight lines: two by four dots a letter in Braille, or one sign a letter where there is only ASCII.</summary>
internal sealed class Canvas(int width, bool unicode)
{
    private const int Rows = 8;
    private const char BraillePage = '\u2800';

    // Of a Braille letter: bit of each dot, by line from the top, left and right.
    private static readonly byte[,] s_dots = { { 0x01, 0x08 }, { 0x02, 0x10 }, { 0x04, 0x20 }, { 0x40, 0x80 } };

    private readonly (double Mean, double Max)?[] _columns = new (double, double)?[width * AcrossOf(unicode)];

    public static int AcrossOf(bool unicode) => unicode ? 2 : 1;

    /// <param name="mean">0 to 1.</param>
    /// <param name="max">0 to 1.</param>
    public void Put(int x, double mean, double max) => _columns[x] = (mean, Math.Max(max, _columns[x]?.Max ?? 0));

    /// <summary>From the top.</summary>
    public string[] Lines() => [.. Enumerable.Range(0, Rows).Select(row => string.Create(width, row, Fill))];

    /// <summary>Drawn where there are samples, dotted where there are none.</summary>
    public string Axis() => string.Create(width, 0, (line, _) =>
    {
        var (drawn, dotted) = unicode ? ('─', '┄') : ('-', '.');
        for (var x = 0; x < line.Length; x++)
            line[x] = Enumerable.Range(x * AcrossOf(unicode), AcrossOf(unicode)).Any(at => _columns[at] is not null) ? drawn : dotted;
    });

    private void Fill(Span<char> line, int row)
    {
        for (var x = 0; x < line.Length; x++)
            line[x] = unicode ? Braille(x, row) : Ascii(x, row);
    }

    private char Braille(int x, int row)
    {
        var letter = 0;
        for (var down = 0; down < 4; down++)
        {
            for (var across = 0; across < 2; across++)
            {
                if (IsSet((x * 2) + across, (Rows * 4) - 1 - (row * 4) - down, Rows * 4) is not null)
                    letter |= s_dots[down, across];
            }
        }
        return letter == 0 ? ' ' : (char)(BraillePage + letter);
    }

    private char Ascii(int x, int row) => IsSet(x, Rows - 1 - row, Rows) switch
    {
        true => '#',
        false => '^',
        null => ' ',
    };

    /// <returns>True: up to the mean; false: the peak above it; null: empty.</returns>
    private bool? IsSet(int x, int height, int heights)
    {
        if (_columns[x] is not { } column)
            return null;
        // A sample of 0 is a sample: the lowest dot tells it from a gap.
        if (height == 0 || height < Math.Round(column.Mean * heights))
            return true;
        return height == (int)Math.Clamp(Math.Ceiling(column.Max * heights) - 1, 0, heights - 1) ? false : null;
    }
}
