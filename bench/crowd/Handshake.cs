using System.Diagnostics;
using System.IO.Pipelines;
using System.Net.Security;
using Constella.Api.Tls;

namespace Constella.Bench;

/// <summary>What a new TLS connection costs one end of CPU, with the certificates of a network and the checks of a node.</summary>
internal static class Handshake
{
    private const int Times = 200;

    public static double Micros()
    {
        var network = new Network(1);
        var (id, name) = (network.State.NetworkId, network.State.NodeId);
        var certificate = new NodeCertificate(id, name, () => network.Ring, TimeProvider.System);
        var trust = new PeerTrust(id, () => network.Ring, TimeProvider.System, null);
        for (var i = 0; i < Times / 4; i++)
            Once(certificate, trust, name);
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        for (var i = 0; i < Times; i++)
            Once(certificate, trust, name);
        // Both ends are here.
        return (Process.GetCurrentProcess().TotalProcessorTime - before).TotalMicroseconds / Times / 2;
    }

    private static void Once(NodeCertificate certificate, PeerTrust trust, string name)
    {
        var (there, back) = (new Pipe(), new Pipe());
        using var client = new SslStream(new Duplex(back.Reader.AsStream(), there.Writer.AsStream()));
        using var server = new SslStream(new Duplex(there.Reader.AsStream(), back.Writer.AsStream()));
        var options = trust.Members;
        options.TargetHost = CertificateAuthority.NameOf(name);
        Task.WaitAll(
            client.AuthenticateAsClientAsync(options),
            server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = certificate.Current, AllowTlsResume = false }));
    }

    /// <summary>Two pipes as one stream.</summary>
    private sealed class Duplex(Stream read, Stream write) : Stream
    {
        public override bool CanRead => true;
        public override bool CanWrite => true;
        public override bool CanSeek => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => read.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => read.ReadAsync(buffer, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => write.Write(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => write.WriteAsync(buffer, cancellationToken);

        public override void Flush() => write.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => write.FlushAsync(cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
