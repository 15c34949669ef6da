using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using Constella.Core.Joining;

namespace Constella.Core.Signing;

/// <summary>For whom a new secret is sealed: what a box is bound to beside the two keys (rule X2).</summary>
/// <param name="Generation">Of the secret in the box.</param>
public sealed record BoxLabel(string NetworkId, int Generation, string NodeId);

/// <summary>
/// Rule X2: the way of a new network secret to one node. Who knows the old secret reads all messages, so the new one is sealed
/// to each node's own key: an ephemeral P-256 exchange, HKDF, AES-256-GCM. Malformed input is answered with null.
/// </summary>
public static class SecretBox
{
    private const int KeyBytes = 32;
    private const int SecretBytes = 32;
    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    // A point costs a quarter of a millisecond, and a node asks for its own whenever it starts: kept for as long as the key's text lives.
    private static readonly ConditionalWeakTable<string, string> Publics = [];

    /// <summary>Length of a box in base64url: 32 bytes of secret and a tag of 16.</summary>
    public const int BoxLength = 64;

    /// <summary>The public part of a node key, or of an ephemeral one: an uncompressed point, base64url.</summary>
    /// <param name="privateKey">32 bytes, base64url.</param>
    /// <exception cref="FormatException">It is not 32 bytes in base64url.</exception>
    public static string PublicOf(string privateKey) => Publics.GetValue(privateKey, PointOf);

    private static string PointOf(string privateKey)
    {
        using var key = P256.FromScalar(
            Base64.FromUrl(privateKey, KeyBytes) ?? throw new FormatException("A private key is 32 bytes in base64url."));
        return Base64.ToUrl(P256.PublicPoint(key));
    }

    /// <summary>A new private key, or a new secret, of 32 random bytes: base64url.</summary>
    public static string Text(byte[] random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return Base64.ToUrl(random);
    }

    /// <summary>Whether a text is the public part of a node key.</summary>
    public static bool IsPublicKey(string? text)
    {
        using var point = P256.FromPoint(Base64.FromUrl(text));
        return point is not null;
    }

    /// <param name="secret">32 bytes, base64url.</param>
    /// <param name="ephemeral">Private, 32 random bytes, base64url; of one rotation.</param>
    /// <param name="nodeKey">Public, of the node that shall open it.</param>
    /// <returns>The box, base64url; null where the node's key is none.</returns>
    public static string? Seal(string secret, string ephemeral, string? nodeKey, BoxLabel label)
    {
        ArgumentNullException.ThrowIfNull(label);
        if (Base64.FromUrl(secret, SecretBytes) is not { } plain || Base64.FromUrl(ephemeral, KeyBytes) is not { } scalar)
            return null;
        using var theirs = P256.FromPoint(Base64.FromUrl(nodeKey));
        if (theirs is null)
            return null;
        using var own = P256.FromScalar(scalar);
        var (key, nonce) = Keys(own, theirs, label, P256.PublicPoint(own), P256.PublicPoint(theirs));
        var box = new byte[SecretBytes + TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, plain, box.AsSpan(0, SecretBytes), box.AsSpan(SecretBytes));
        return Base64.ToUrl(box);
    }

    /// <param name="ephemeral">Public, of the rotation.</param>
    /// <param name="nodeKey">Private, of the node that opens it.</param>
    /// <returns>The secret, base64url; null when the box does not open.</returns>
    public static string? Open(string? box, string? ephemeral, string? nodeKey, BoxLabel label)
    {
        ArgumentNullException.ThrowIfNull(label);
        if (Base64.FromUrl(box, SecretBytes + TagBytes) is not { } bytes || Base64.FromUrl(nodeKey, KeyBytes) is not { } scalar)
            return null;
        using var theirs = P256.FromPoint(Base64.FromUrl(ephemeral));
        if (theirs is null)
            return null;
        using var own = P256.FromScalar(scalar);
        var (key, nonce) = Keys(own, theirs, label, P256.PublicPoint(theirs), P256.PublicPoint(own));
        var plain = new byte[SecretBytes];
        try
        {
            using var aes = new AesGcm(key, TagBytes);
            aes.Decrypt(nonce, bytes.AsSpan(0, SecretBytes), bytes.AsSpan(SecretBytes), plain);
            return Base64.ToUrl(plain);
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    // The label and both points are in the derivation: a box moved to another node, generation or network does not open.
    private static (byte[] Key, byte[] Nonce) Keys(
        ECDiffieHellman own, ECDiffieHellman theirs, BoxLabel label, byte[] ephemeralPoint, byte[] nodePoint)
    {
        var secret = HKDF.Extract(HashAlgorithmName.SHA256, own.DeriveRawSecretAgreement(theirs.PublicKey));
        var info = new List<byte>();
        Field(info, Encoding.UTF8.GetBytes("constella/v1/rotate"));
        Field(info, Encoding.UTF8.GetBytes(label.NetworkId));
        Field(info, Big(label.Generation));
        Field(info, Encoding.UTF8.GetBytes(label.NodeId));
        Field(info, ephemeralPoint);
        Field(info, nodePoint);
        var bytes = HKDF.Expand(HashAlgorithmName.SHA256, secret, KeyBytes + NonceBytes, [.. info]);
        return (bytes[..KeyBytes], bytes[KeyBytes..]);
    }

    private static void Field(List<byte> bytes, byte[] field)
    {
        bytes.AddRange(Big(field.Length));
        bytes.AddRange(field);
    }

    private static byte[] Big(int number)
    {
        var bytes = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return bytes;
    }
}
