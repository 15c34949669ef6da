namespace Constella.Api.Telegram.Screens;

/// <summary>The Bot API's HTML mode knows three characters to escape in text.</summary>
internal static class Html
{
    public static string Escape(string? text) => (text ?? "")
        .Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>How long the text is without its markup: what Telegram's limits count.</summary>
    public static int PlainLength(string html)
    {
        var (length, inside) = (0, false);
        foreach (var letter in html)
        {
            if (letter is '<' or '>')
                inside = letter == '<';
            else if (!inside)
                length++;
        }
        // Of an entity the letters are counted: more than it stands for, never less.
        return length;
    }

    /// <summary>Long reasons would push a message over its limit.</summary>
    public static string EscapeShort(string? text, int length = 200) =>
        Escape(text is { } whole && whole.Length > length ? whole[..length] + "…" : text);
}
