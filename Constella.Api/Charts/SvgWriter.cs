using System.Globalization;
using System.Text;

namespace Constella.Api.Charts;

/// <summary>The few shapes a chart is made of.</summary>
internal sealed class SvgWriter
{
    private readonly StringBuilder _svg = new();

    public SvgWriter(int width, int height, ChartTheme theme)
    {
        Add($"""<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="DejaVu Sans">""");
        Add($"""<rect width="{width}" height="{height}" fill="{theme.Paper}"/>""");
    }

    public void Text(double x, double y, string text, double size, string colour, bool bold = false, string anchor = "start") =>
        Add($"""<text x="{x:0.#}" y="{y:0.#}" font-size="{size:0.#}" fill="{colour}"{(bold ? " font-weight=\"bold\"" : "")} text-anchor="{anchor}">{Escape(text)}</text>""");

    public void Rule(double x1, double y1, double x2, double y2, string colour) =>
        Add($"""<line x1="{x1:0.#}" y1="{y1:0.#}" x2="{x2:0.#}" y2="{y2:0.#}" stroke="{colour}" stroke-width="2"/>""");

    public void Box(double x, double y, double width, double height, string colour, double opacity) =>
        Add($"""<rect x="{x:0.#}" y="{y:0.#}" width="{width:0.#}" height="{height:0.#}" rx="3" fill="{colour}" fill-opacity="{opacity:0.##}"/>""");

    public void Fill(string path, string colour, double opacity, string part) =>
        Add($"""<path class="{part}" d="{path}" fill="{colour}" stroke="{colour}" stroke-width="1.5" stroke-linejoin="round" opacity="{opacity:0.##}"/>""");

    public void Stroke(string path, string colour, string part) =>
        Add($"""<path class="{part}" d="{path}" fill="none" stroke="{colour}" stroke-width="5" stroke-linejoin="round" stroke-linecap="round"/>""");

    public override string ToString() => _svg.ToString() + "</svg>\n";

    private void Add(FormattableString line) => _svg.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static string Escape(string text)
    {
        var safe = new StringBuilder(text.Length);
        foreach (var letter in text)
        {
            // What XML cannot hold at all would spoil the picture.
            _ = letter switch
            {
                '<' => safe.Append("&lt;"),
                '>' => safe.Append("&gt;"),
                '&' => safe.Append("&amp;"),
                < ' ' or '\uFFFE' or '\uFFFF' => safe.Append(' '),
                _ => safe.Append(char.IsSurrogate(letter) ? '?' : letter),
            };
        }
        return safe.ToString();
    }
}
