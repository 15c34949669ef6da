using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Constella.Api.Tls;
using Constella.Core.Members;
using Constella.Core.Signing;

namespace Constella.Api.Cli.Doctor;

/// <summary>The certificate that the running node shows (rule X6), as another node would look at it.</summary>
internal static class CertificateCheck
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(5);

    public static async Task<Finding> LookAsync(Uri address, NetworkState state, TimeProvider time, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(s_limit);
        try
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(address.Host.Trim('[', ']'), address.Port, limited.Token);
            await using var tls = new SslStream(socket.GetStream());
            var options = PeerTrust.Anybody;
            options.TargetHost = CertificateAuthority.NameOf(state.NodeId);
            await tls.AuthenticateAsClientAsync(options, limited.Token);
            using var certificate = new X509Certificate2(tls.RemoteCertificate!);
            var ring = KeyRing.Of(state);
            return Judge(certificate, new PeerTrust(state.NetworkId, () => ring, time, null).WhyNot(certificate, options.TargetHost), time.GetUtcNow());
        }
        catch (Exception failed) when (failed is SocketException or IOException or AuthenticationException || (failed is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return Finding.Wrong("certificate", $"no TLS connection to this machine's own node: {failed.Message}", "look into the node's log");
        }
    }

    internal static Finding Judge(X509Certificate2 certificate, string? why, DateTimeOffset now) => why is not null
        ? Finding.Wrong("certificate", $"the others do not believe it: {why}", "constella keys; timedatectl; restart the node")
        : Finding.Ok("certificate", FormattableString.Invariant(
            $"{Math.Max(0, (int)(now - certificate.NotBefore - NodeCertificate.Before).TotalDays)} d old, good until {certificate.NotAfter.ToUniversalTime():yyyy-MM-dd}; it is renewed by itself"));
}
