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

    /// <returns>Null unless the text is canonical padded base64 (RFC 8941 §3.3.5).</returns>
    public static byte[]? From(string text)
    {
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var written))
            return null;
        Array.Resize(ref bytes, written);
        return Convert.ToBase64String(bytes) == text ? bytes : null;
    }
}
