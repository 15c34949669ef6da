using System.Security.Cryptography;

namespace Constella.Core.Signing;

/// <summary>RFC 9530 <c>Content-Digest</c>.</summary>
internal static class ContentDigest
{
    private const string Algorithm = "sha-256";

    public static string Of(ReadOnlySpan<byte> body) => $"{Algorithm}=:{Convert.ToBase64String(SHA256.HashData(body))}:";

    /// <summary>Whether the field has a sha-256 digest and it is the body's; digests by other algorithms are not looked at.</summary>
    public static bool Holds(string field, ReadOnlySpan<byte> body)
    {
        if (!StructuredFields.TryParseDictionary(field, out var members))
            return false;
        foreach (var member in members)
        {
            if (member.Key == Algorithm && member.Item is { Kind: BareKind.Bytes } item)
                return CryptographicOperations.FixedTimeEquals(Convert.FromBase64String(item.Text), SHA256.HashData(body));
        }

        return false;
    }
}
