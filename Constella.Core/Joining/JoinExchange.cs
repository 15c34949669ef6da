using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Constella.Core.Signing;
using Constella.Core.Wire;

namespace Constella.Core.Joining;

/// <summary>The joiner's own part of the exchange; kept until the answer is opened.</summary>
/// <param name="Token">32 bytes, from the link.</param>
/// <param name="PrivateKey">32 random bytes, used once.</param>
public sealed record JoinerSecrets(byte[] Token, byte[] PrivateKey)
{
    public override string ToString() => nameof(JoinerSecrets);
}

/// <summary>
/// Rule J1, both sides. The token never travels: it proves itself by a MAC over the request, and the answer is sealed under a
/// key made of the token <b>and</b> an ephemeral P-256 exchange, so that who finds the link later opens nothing.
/// Malformed input is answered with false or null, never with an exception.
/// </summary>
public static class JoinExchange
{
    private const int TagBytes = 16;
    private const int NonceBytes = 12;

    /// <summary>The invite's id (32 hexadecimal digits) and key (base64url), both derived from the 32 bytes of the token.</summary>
    public static (string Id, string Key) Derive(ReadOnlySpan<byte> token)
    {
        Span<byte> secret = stackalloc byte[32];
        HKDF.Extract(HashAlgorithmName.SHA256, token, [], secret);
        var id = Expand(secret, "constella/v1/invite/id", 16);
        var key = Expand(secret, "constella/v1/invite/key", 32);
        return (Convert.ToHexStringLower(id), Base64.ToUrl(key));
    }

    /// <summary>Fills in <see cref="JoinRequest.Invite"/>, <see cref="JoinRequest.Key"/> and <see cref="JoinRequest.Mac"/>.</summary>
    public static JoinRequest Ask(JoinRequest draft, JoinerSecrets secrets)
    {
        ArgumentNullException.ThrowIfNull(draft);
        ArgumentNullException.ThrowIfNull(secrets);
        var (id, key) = Derive(secrets.Token);
        using var own = P256.FromScalar(secrets.PrivateKey);
        var request = draft with { Invite = id, Key = Base64.ToUrl(P256.PublicPoint(own)) };
        return request with { Mac = Base64.ToUrl(Mac(JoinTranscript.Of(request), Base64.FromUrl(key, 32)!)) };
    }

    /// <summary>Whether the request was made by somebody who has the token; constant time.</summary>
    public static bool Proves(JoinRequest request, string inviteKey)
    {
        if (request is null || !JoinTranscript.IsWhole(request) ||
            Base64.FromUrl(inviteKey, 32) is not { } key || Base64.FromUrl(request.Mac, 32) is not { } mac)
            return false;
        if (!CryptographicOperations.FixedTimeEquals(Mac(JoinTranscript.Of(request), key), mac))
            return false;
        using var point = P256.FromPoint(Base64.FromUrl(request.Key));
        return point is not null;
    }

    /// <summary>Seals the answer for the one who made the request.</summary>
    /// <param name="request">One for which <see cref="Proves"/> is true.</param>
    /// <param name="seedPrivateKey">32 random bytes, used once.</param>
    /// <exception cref="ArgumentException">The request does not prove the token.</exception>
    public static JoinAnswer Seal(JoinRequest request, string inviteKey, byte[] seedPrivateKey, JoinContent content)
    {
        if (!Proves(request, inviteKey))
            throw new ArgumentException("The request does not prove the token.", nameof(request));
        using var own = P256.FromScalar(seedPrivateKey);
        using var other = P256.FromPoint(Base64.FromUrl(request.Key))!;
        var seedPoint = P256.PublicPoint(own);
        var (key, nonce) = SealKey(own, other, request, Base64.FromUrl(inviteKey, 32)!, seedPoint);
        var plain = JsonSerializer.SerializeToUtf8Bytes(content, ConstellaJson.Default.JoinContent);
        var sealedBytes = new byte[plain.Length + TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plain, sealedBytes.AsSpan(0, plain.Length), sealedBytes.AsSpan(plain.Length));
        return new(Base64.ToUrl(seedPoint), Base64.ToUrl(sealedBytes));
    }

    /// <param name="request">As it was sent.</param>
    /// <returns>Null when the seal does not hold.</returns>
    public static JoinContent? Open(JoinRequest request, JoinerSecrets secrets, JoinAnswer answer)
    {
        if (request is null || secrets is null || answer is null || !JoinTranscript.IsWhole(request))
            return null;
        if (Base64.FromUrl(answer.Key) is not { } seedPoint || Base64.FromUrl(answer.Sealed) is not { Length: >= TagBytes } sealedBytes)
            return null;
        using var other = P256.FromPoint(seedPoint);
        if (other is null)
            return null;
        using var own = P256.FromScalar(secrets.PrivateKey);
        var (key, nonce) = SealKey(own, other, request, Base64.FromUrl(Derive(secrets.Token).Key, 32)!, seedPoint);
        var plain = new byte[sealedBytes.Length - TagBytes];
        try
        {
            using var aes = new AesGcm(key, TagBytes);
            aes.Decrypt(nonce, sealedBytes.AsSpan(0, plain.Length), sealedBytes.AsSpan(plain.Length), plain);
            return JsonSerializer.Deserialize(plain, ConstellaJson.Default.JoinContent);
        }
        catch (Exception e) when (e is CryptographicException or JsonException)
        {
            return null;
        }
    }

    private static byte[] Mac(byte[] transcript, byte[] inviteKey) =>
        HMACSHA256.HashData(Expand(inviteKey, "constella/v1/join/mac", 32), transcript);

    /// <summary>Bound to every byte of the request, its MAC included, and to both ephemeral keys.</summary>
    private static (byte[] Key, byte[] Nonce) SealKey(
        ECDiffieHellman own, ECDiffieHellman other, JoinRequest request, byte[] inviteKey, byte[] seedPoint)
    {
        var shared = own.DeriveRawSecretAgreement(other.PublicKey);
        var transcript = SHA256.HashData(JoinTranscript.WithAnswer(request, seedPoint));
        var secret = HKDF.Extract(HashAlgorithmName.SHA256, [.. shared, .. inviteKey], transcript);
        var bytes = Expand(secret, "constella/v1/join/seal", 32 + NonceBytes);
        return (bytes[..32], bytes[32..]);
    }

    private static byte[] Expand(ReadOnlySpan<byte> secret, string info, int length)
    {
        var bytes = new byte[length];
        HKDF.Expand(HashAlgorithmName.SHA256, secret, bytes, Encoding.UTF8.GetBytes(info));
        return bytes;
    }
}
