using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace TelegramStandIn;

/// <summary>What the server checks of texts and keyboards.</summary>
internal static class Markup
{
    public const int TextLimit = 4096;
    public const int CaptionLimit = 1024;
    public const int CallbackDataLimit = 64;

    private static readonly HashSet<string> s_tags =
    [
        "b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "code", "pre", "a", "tg-spoiler", "span", "blockquote", "tg-emoji",
    ];

    /// <returns>The text as a person reads it.</returns>
    public static string Plain(string text, string? mode, int limit)
    {
        var plain = mode?.ToLowerInvariant() switch
        {
            null or "" => text,
            "html" => Html(text),
            _ => throw new ApiError(400, "Bad Request: unsupported parse_mode"),
        };
        if (plain.Trim().Length == 0 && limit == TextLimit)
            throw new ApiError(400, "Bad Request: message text is empty");
        if (plain.Length > limit)
            throw new ApiError(400, limit == TextLimit ? "Bad Request: message is too long" : "Bad Request: message caption is too long");
        return plain;
    }

    private static string Html(string text)
    {
        var plain = new StringBuilder();
        var open = new Stack<string>();
        for (var at = 0; at < text.Length;)
        {
            if (text[at] == '&')
                at = Entity(text, at, plain);
            else if (text[at] == '<')
                at = Tag(text, at, open);
            else
                plain.Append(text[at++]);
        }
        if (open.TryPeek(out var left))
            throw new ApiError(400, $"Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"{left}\"");
        return plain.ToString();
    }

    private static int Entity(string text, int at, StringBuilder plain)
    {
        var end = text.IndexOf(';', at);
        if (end > at && end - at < 10 && text.AsSpan(at + 1, end - at - 1) is "lt" or "gt" or "amp" or "quot" || (end > at + 2 && text[at + 1] == '#'))
        {
            plain.Append(WebUtility.HtmlDecode(text[at..(end + 1)]));
            return end + 1;
        }
        plain.Append('&');
        return at + 1;
    }

    private static int Tag(string text, int at, Stack<string> open)
    {
        var offset = Encoding.UTF8.GetByteCount(text.AsSpan(0, at));
        var end = text.IndexOf('>', at);
        if (end < 0)
            throw new ApiError(400, $"Bad Request: can't parse entities: Unclosed start tag at byte offset {offset}");
        var closing = text[at + 1] == '/';
        var inner = text[(at + (closing ? 2 : 1))..end];
        var name = inner.Split(' ', '\n')[0].ToLowerInvariant();
        if (closing && (!open.TryPop(out var expected) || expected != name))
            throw new ApiError(400, $"Bad Request: can't parse entities: Unexpected end tag at byte offset {offset}");
        if (closing)
            return end + 1;
        if (!s_tags.Contains(name))
            throw new ApiError(400, $"Bad Request: can't parse entities: Unsupported start tag \"{name}\" at byte offset {offset}");
        open.Push(name);
        return end + 1;
    }

    /// <returns>The inline keyboard, or null where there is none.</returns>
    public static JsonObject? Keyboard(string? replyMarkup)
    {
        if (string.IsNullOrEmpty(replyMarkup))
            return null;
        JsonObject? markup;
        try
        {
            markup = JsonNode.Parse(replyMarkup) as JsonObject;
        }
        catch (System.Text.Json.JsonException)
        {
            throw new ApiError(400, "Bad Request: can't parse reply keyboard markup JSON object");
        }
        if (markup is null)
            throw new ApiError(400, "Bad Request: object expected as reply markup");
        if (markup["inline_keyboard"] is not JsonArray rows)
            return null;
        foreach (var button in rows.SelectMany(row => row as JsonArray ?? throw NotAnArray()))
            Check(button as JsonObject ?? throw new ApiError(400, "Bad Request: can't parse inline keyboard button: InlineKeyboardButton must be an Object"));
        return rows.Count == 0 ? null : markup;
    }

    private static ApiError NotAnArray() =>
        new(400, "Bad Request: field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array of Arrays");

    private static void Check(JsonObject button)
    {
        if (string.IsNullOrEmpty((string?)button["text"]))
            throw new ApiError(400, "Bad Request: can't parse inline keyboard button: Field \"text\" must be of type String");
        if (button["callback_data"] is null && button["url"] is null)
            throw new ApiError(400, "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard");
        if (button["callback_data"] is { } data && Encoding.UTF8.GetByteCount((string)data!) is 0 or > CallbackDataLimit)
            throw new ApiError(400, "Bad Request: BUTTON_DATA_INVALID");
    }
}
