using System.Globalization;

namespace Constella.Api;

/// <summary>The shapes of the words that come from outside.</summary>
internal static class Ids
{
    /// <summary>16 lower-case hexadecimal digits: a node, a run, a network.</summary>
    public static bool IsNode(string? value) => IsHex(value, 16);

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public static bool IsCommand(string? value) => IsHex(value, 32);

    /// <summary><c>:port</c>: the seed takes the address that it sees (rule J3).</summary>
    public static bool IsPortOnly(string? value) => value is { Length: > 1 } && value[0] == ':' && ushort.TryParse(value.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port > 0;

    /// <summary>A Telegram user name without its <c>@</c>.</summary>
    public static bool IsUserName(string? value) =>
        value is { Length: >= 3 and <= 32 } && value.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    /// <summary>As <c>123:ABC</c>.</summary>
    public static bool IsBotToken(string? value) =>
        value is { Length: <= 256 }
        && value.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon
        && value[..colon].All(char.IsAsciiDigit)
        && value.Length > colon + 1
        && value[(colon + 1)..].All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-');

    private static bool IsHex(string? value, int length) =>
        value is not null && value.Length == length && value.All(char.IsAsciiHexDigitLower);
}
