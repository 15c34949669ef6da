using System.Security.Cryptography;

namespace Constella.Core.Signing;

/// <summary>
/// The key of one direction, kept ready: to set HMAC up anew for each message takes as long as to hash it. Safe for several threads.
/// </summary>
internal sealed class MacKey(byte[] key)
{
    private readonly Lock _lock = new();
#pragma warning disable CA2213 // It lives as long as its ring; the collector frees it.
    private readonly IncrementalHash _hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
#pragma warning restore CA2213

    /// <param name="name">What stands before it.</param>
    /// <returns>The MAC as a byte sequence of RFC 8941.</returns>
    public string Of(ReadOnlySpan<char> text, string name)
    {
        Span<byte> mac = stackalloc byte[SignedFields.MacBytes];
        Write(text, mac);
        return Base64.Item(name, mac);
    }

    /// <summary>Whether the MAC is the text's, in constant time.</summary>
    public bool Holds(ReadOnlySpan<char> text, SignedFields fields)
    {
        Span<byte> told = stackalloc byte[SignedFields.MacBytes];
        Span<byte> mac = stackalloc byte[SignedFields.MacBytes];
        if (!fields.TryReadMac(told))
            return false;
        Write(text, mac);
        return CryptographicOperations.FixedTimeEquals(told, mac);
    }

    private void Write(ReadOnlySpan<char> text, Span<byte> mac)
    {
        var bytes = CharText.ToUtf8(text, stackalloc byte[SignatureBase.LinesRoom]);
        lock (_lock)
        {
            _hash.AppendData(bytes);
            _ = _hash.GetHashAndReset(mac);
        }
    }
}
