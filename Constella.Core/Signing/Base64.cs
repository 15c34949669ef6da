using System.Buffers;
using System.Buffers.Text;

namespace Constella.Core.Signing;

/// <summary>Canonical base64 and base64url: one text per value, so that a text that was signed cannot be written another way.</summary>
internal static class Base64
{
    public static string ToUrl(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(bytes);

    /// <returns>Null unless the text is canonical base64url and, where a length is given, of that many bytes.</returns>
    public static byte[]? FromUrl(string? text, int? length = null)
    {
        if (text is null || text.Length > Limits.BodyBytes * 2)
            return null;
        var bytes = new byte[text.Length];
        // Not TryDecodeFromChars: it throws on foreign characters.
        if (Base64Url.DecodeFromChars(text, bytes, out _, out var written) != OperationStatus.Done ||
            (length is { } wanted && written != wanted))
            return null;
        Array.Resize(ref bytes, written);
        return ToUrl(bytes) == text ? bytes : null;
    }

    /// <summary>A byte sequence of RFC 8941: base64 between colons, behind what names it.</summary>
    public static string Item(string name, ReadOnlySpan<byte> bytes) =>
        string.Create(name.Length + (((bytes.Length + 2) / 3) * 4) + 2, new Named(name, bytes), static (text, item) =>
        {
            item.Name.CopyTo(text);
            text[item.Name.Length] = ':';
            _ = Convert.TryToBase64Chars(item.Bytes, text[(item.Name.Length + 1)..], out _);
            text[^1] = ':';
        });

    /// <summary>Whether the text is canonical padded base64 (RFC 8941 §3.3.5).</summary>
    public static bool IsCanonical(ReadOnlySpan<char> text) =>
        text.IsEmpty || (text.Length % 4 == 0 && !text.ContainsAny(" \t\r\n") && System.Buffers.Text.Base64.IsValid(text) && EndsCanonically(text[^4..]));

    /// <summary>Whether the text is canonical padded base64 of so many bytes as there is room for, which are written there.</summary>
    public static bool TryRead(ReadOnlySpan<char> text, Span<byte> bytes) =>
        IsCanonical(text) && Convert.TryFromBase64Chars(text, bytes, out var count) && count == bytes.Length;

    // Of the last letter two or four bits may say nothing: they must be none (RFC 4648 §3.5).
    private static bool EndsCanonically(ReadOnlySpan<char> last)
    {
        Span<byte> bytes = stackalloc byte[3];
        Span<char> again = stackalloc char[4];
        return Convert.TryFromBase64Chars(last, bytes, out var count) && Convert.TryToBase64Chars(bytes[..count], again, out _) && last.SequenceEqual(again);
    }

    private readonly ref struct Named(string name, ReadOnlySpan<byte> bytes)
    {
        public string Name { get; } = name;

        public ReadOnlySpan<byte> Bytes { get; } = bytes;
    }
}
