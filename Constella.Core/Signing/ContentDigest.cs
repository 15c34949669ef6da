using System.Security.Cryptography;

namespace Constella.Core.Signing;

/// <summary>RFC 9530 <c>Content-Digest</c>.</summary>
internal static class ContentDigest
{
    private const string Algorithm = "sha-256";

    public static string Of(ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        return Base64.Item($"{Algorithm}=", hash);
    }

    /// <summary>Whether the field has a sha-256 digest and it is the body's; digests by other algorithms are not looked at.</summary>
    public static bool Holds(string field, ReadOnlySpan<byte> body)
    {
        if (!StructuredFields.TryParseDictionary(field, stackalloc SfPart[StructuredFields.MostParts], out var members))
            return false;
        Span<byte> told = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        foreach (var part in members.Parts)
        {
            if (part is not { Role: SfRole.Member, Kind: BareKind.Bytes } || !members.Key(part).SequenceEqual(Algorithm))
                continue;
            SHA256.HashData(body, hash);
            return Convert.TryFromBase64Chars(members.Value(part), told, out var length) && length == told.Length && CryptographicOperations.FixedTimeEquals(told, hash);
        }

        return false;
    }
}
