using System.Security.Cryptography;
using System.Text;

namespace Constella.Core.Signing;

/// <summary>
/// A token of RFC 6750 that the owner chooses for programs that cannot sign. The network shares its hash only: whoever reads
/// the settings, a log or a backup has not got the token.
/// </summary>
public static class BearerToken
{
    private const string Prefix = "sha256:";

    /// <summary>Whether it is long enough to be no guess, and of the letters that RFC 6750 allows (<c>b64token</c>).</summary>
    public static bool IsValid(string? token) =>
        token is { Length: >= Limits.BearerShortest and <= Limits.BearerLongest } && token.All(static c => char.IsAsciiLetterOrDigit(c) || "-._~+/=".Contains(c, StringComparison.Ordinal));

    /// <summary>What is kept of it: <c>sha256:</c> and the digest in base64url.</summary>
    public static string Hash(string token) => Prefix + Base64.ToUrl(SHA256.HashData(Encoding.UTF8.GetBytes(token)));

    /// <summary>Whether this is what <see cref="Hash"/> makes.</summary>
    public static bool IsHash(string? text) =>
        text is not null && text.StartsWith(Prefix, StringComparison.Ordinal) && Base64.FromUrl(text[Prefix.Length..], SHA256.HashSizeInBytes) is not null;

    /// <summary>Whether the token is the one of that hash; takes as long where it is not.</summary>
    public static bool Matches(string token, string hash) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Hash(token)), Encoding.UTF8.GetBytes(hash));
}
