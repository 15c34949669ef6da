using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace ClusterTrials;

/// <summary>The certificate of the Telegram stand-in, and a file of authorities with it: those of the machine come from its folder, as ever.</summary>
internal static class BotCertificate
{
    /// <returns>A file with certificate and key.</returns>
    public static string Write(string folder)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=api.telegram.example", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Parse(Net.Address(0)));
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        var file = Path.Combine(folder, "bot.pem");
        File.WriteAllText(file, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem() + "\n");
        File.WriteAllText(Trusted(folder), certificate.ExportCertificatePem() + "\n");
        return file;
    }

    public static string Trusted(string folder) => Path.Combine(folder, "authorities.pem");
}
