using System.Security.Cryptography;

namespace Constella.Core.Joining;

/// <summary>Keys on P-256, made of 32 bytes that only their owner knows.</summary>
internal static class P256
{
    private const int PointBytes = 65;

    private static readonly byte[] Order = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");

    /// <summary>The key of 32 random bytes; those few that are no scalar of the group (0, or the order and above) are hashed into one.</summary>
    public static ECDiffieHellman FromScalar(byte[] random) => ECDiffieHellman.Create(Private(random));

    /// <summary>The same, to sign with.</summary>
    public static ECDsa SigningKey(byte[] random) => ECDsa.Create(Private(random));

    public static byte[] PublicPoint(ECDiffieHellman key)
    {
        var q = key.ExportParameters(includePrivateParameters: false).Q;
        return [4, .. q.X!, .. q.Y!];
    }

    /// <returns>Null unless the bytes are an uncompressed point on the curve.</returns>
    public static ECDiffieHellman? FromPoint(byte[]? point)
    {
        if (point is not { Length: PointBytes } || point[0] != 4)
            return null;
        try
        {
            return ECDiffieHellman.Create(new ECParameters
            {
                Curve = ECCurve.NamedCurves.nistP256,
                Q = new ECPoint { X = point[1..33], Y = point[33..] },
            });
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static ECParameters Private(byte[] random)
    {
        ArgumentNullException.ThrowIfNull(random);
        if (random.Length != 32)
            throw new ArgumentException("A private key is 32 random bytes.", nameof(random));
        var scalar = random;
        while (!scalar.AsSpan().ContainsAnyExcept((byte)0) || scalar.AsSpan().SequenceCompareTo(Order) >= 0)
            scalar = SHA256.HashData(scalar);
        return new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar };
    }
}
