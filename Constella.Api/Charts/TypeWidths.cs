namespace Constella.Api.Charts;

/// <summary>How wide DejaVu Sans sets a text: advance widths in parts of the type's size, for the letters of both languages.</summary>
internal static class TypeWidths
{
    private const double Widest = 1.1;

    /// <summary>The bold letters are wider by 9 to 27 %; of whole words, by less than this.</summary>
    private const double Bold = 1.16;

    private static readonly (double Width, string Letters)[] s_groups =
    [
        (0.28, "'ijl"), (0.295, "IJ"), (0.32, " ,.·"), (0.34, "/:;\\|"), (0.355, "f-"), (0.395, "()[]t"), (0.41, "!r"), (0.46, "\""),
        (0.5, "*_`–"), (0.525, "szгз?"), (0.55, "cсэ"), (0.585, "LFkт"), (0.595, "vxyвухчь"), (0.605, "PРкя"), (0.615, "TYaoГТУаоeбеё"),
        (0.635, "ESbdghnpquЕрЁ"), (0.64, "$0123456789{}Зл"), (0.655, "ийнпK"), (0.69, "AVАцBRXZБВХЧЬЯд"), (0.705, "CСЭКъ"), (0.735, "U"),
        (0.755, "HNИЙЛНПм"), (0.785, "DG&ДЦ"), (0.79, "OQОы"), (0.82, "w"), (0.84, "Ъ#+<=>^~ю↓↑ф"), (0.88, "MМФЫ"), (0.92, "жш"),
        (0.95, "щ%"), (0.99, "mW"), (1.0, "@—…"), (Widest, "ШЖЮЩ"),
    ];

    private static readonly Dictionary<char, double> s_widths =
        s_groups.SelectMany(group => group.Letters.Select(letter => (letter, group.Width))).ToDictionary(pair => pair.letter, pair => pair.Width);

    public static double Of(string text, double size, bool bold = false) =>
        text.Sum(letter => s_widths.GetValueOrDefault(letter, Widest)) * size * (bold ? Bold : 1);

    /// <summary>The text, cut with an ellipsis where it is wider than there is room.</summary>
    public static string Fit(string text, double size, bool bold, double room)
    {
        if (Of(text, size, bold) <= room)
            return text;
        var length = text.Length;
        while (length > 1 && Of(text[..length] + "…", size, bold) > room)
            length--;
        return text[..length] + "…";
    }
}
