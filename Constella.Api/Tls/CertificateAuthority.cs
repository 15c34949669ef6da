using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Constella.Core.Signing;

namespace Constella.Api.Tls;

/// <summary>
/// The network's certificate authority under one generation of its secret (rule X6). It is stored nowhere: each member makes the
/// same key and the same name from the secret, so a certificate that one issued is good for all.
/// </summary>
public static class CertificateAuthority
{
    // Fixed and far away on both sides: the authority ends with its secret, and no clock shall end it earlier.
    private static readonly DateTimeOffset s_from = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset s_until = new(2120, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Oid s_server = new("1.3.6.1.5.5.7.3.1");

    /// <summary>The name in a node's certificate: it is for a node id, because addresses change.</summary>
    public static string NameOf(string nodeId) => $"{nodeId}.constella";

    /// <summary>The authority's own certificate, without its key. Two of them differ in their signature only.</summary>
    public static X509Certificate2 Certificate(string networkId, KeyRing ring, int generation)
    {
        ArgumentNullException.ThrowIfNull(ring);
        using var key = ring.AuthorityKey(generation);
        using var signed = Sign(networkId, key, generation);
        return X509CertificateLoader.LoadCertificate(signed.RawData);
    }

    /// <summary>As a text that tools read; public.</summary>
    public static string Pem(string networkId, KeyRing ring, int generation)
    {
        using var certificate = Certificate(networkId, ring, generation);
        return certificate.ExportCertificatePem() + "\n";
    }

    /// <summary>Whether a text is the certificate of the authority that the ring makes: by name and key.</summary>
    public static bool Matches(string? pem, string networkId, KeyRing ring, int generation)
    {
        try
        {
            using var given = X509Certificate2.CreateFromPem(pem);
            using var own = Certificate(networkId, ring, generation);
            return given.SubjectName.RawData.AsSpan().SequenceEqual(own.SubjectName.RawData)
                && given.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(own.PublicKey.ExportSubjectPublicKeyInfo());
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <summary>
    /// A certificate with a fresh key for a node, signed under the oldest generation on the ring: while a secret is changed, a node
    /// that has not followed yet still believes it, and can catch up by its own calls (rule X2).
    /// </summary>
    public static X509Certificate2 Issue(string networkId, KeyRing ring, string nodeId, DateTimeOffset from, DateTimeOffset until)
    {
        ArgumentNullException.ThrowIfNull(ring);
        var generation = ring.Generations.First();
        using var authorityKey = ring.AuthorityKey(generation);
        using var authority = Sign(networkId, authorityKey, generation);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName("CN=" + NameOf(nodeId)), key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(NameOf(nodeId));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([s_server], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        using var issued = request.Create(authority, from, until, Serial());
        return issued.CopyWithPrivateKey(key);
    }

    private static X509Certificate2 Sign(string networkId, ECDsa key, int generation)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"CN=constella {networkId} g{generation}");
        var request = new CertificateRequest(new X500DistinguishedName(name), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(s_from, s_until);
    }

    // Positive and of full length: RFC 5280, 4.1.2.2.
    private static byte[] Serial()
    {
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x3f) | 0x40);
        return serial;
    }
}
