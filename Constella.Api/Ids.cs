using System.Globalization;
using Constella.Core;

namespace Constella.Api;

/// <summary>The shapes of the words that come from outside.</summary>
internal static class Ids
{
    private const int AddressLength = 262;

    /// <summary>16 lower-case hexadecimal digits: a node, a run, a network.</summary>
    public static bool IsNode(string? value) => IsHex(value, 16);

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public static bool IsCommand(string? value) => IsHex(value, 32);

    /// <summary>Rule J3.</summary>
    public static bool IsName(string? value) =>
        value is { Length: >= 1 and <= Limits.NameLength } && value.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    /// <summary><c>host:port</c>, IPv6 in brackets.</summary>
    public static bool IsAddress(string? value) => value is not null && value[..Math.Max(0, value.LastIndexOf(':'))].Length > 0 && HasPort(value);

    /// <summary><c>:port</c>: the seed takes the address that it sees (rule J3).</summary>
    public static bool IsPortOnly(string? value) => value is { Length: > 1 } && value[0] == ':' && HasPort(value);

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

    private static bool HasPort(string value)
    {
        var colon = value.LastIndexOf(':');
        var host = value[..colon];
        return value.Length <= AddressLength
            && (host.StartsWith('[') ? host.EndsWith(']') : !host.Contains(':', StringComparison.Ordinal))
            && host.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '[' or ']' or '%')
            && ushort.TryParse(value[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            && port > 0;
    }

    private static bool IsHex(string? value, int length) =>
        value is not null && value.Length == length && value.All(char.IsAsciiHexDigitLower);
}
