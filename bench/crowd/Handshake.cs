using System.IO.Pipelines;
using System.Net.Security;
using Constella.Api.Tls;

namespace Constella.Bench;

/// <summary>What a new TLS connection costs, with the certificates of a network and the checks of a node.</summary>
internal static class Handshake
{
    private const int Times = 200;

    /// <summary>A connection that is opened and closed: seven segments of TCP without content, in Ethernet frames.</summary>
    private const double Headers = 7 * 66;

    /// <returns>CPU of one end in microseconds, and bytes of both on the wire.</returns>
    public static (double Micros, double Bytes) Measure()
    {
        var network = new Network(1);
        var (id, name) = (network.State.NetworkId, network.State.NodeId);
        var certificate = new NodeCertificate(id, name, () => network.Ring, TimeProvider.System);
        var trust = new PeerTrust(id, () => network.Ring, TimeProvider.System, null);
        for (var i = 0; i < Times / 4; i++)
            Once(certificate, trust, name);
        var before = Environment.CpuUsage.TotalTime;
        var bytes = 0L;
        for (var i = 0; i < Times; i++)
            bytes += Once(certificate, trust, name);
        // Both ends are here.
        return ((Environment.CpuUsage.TotalTime - before).TotalMicroseconds / Times / 2, ((double)bytes / Times) + Headers);
    }

    private static long Once(NodeCertificate certificate, PeerTrust trust, string name)
    {
        var (there, back) = (new Pipe(), new Pipe());
        var (mine, its) = (new Duplex(back.Reader.AsStream(), there.Writer.AsStream()), new Duplex(there.Reader.AsStream(), back.Writer.AsStream()));
        using var client = new SslStream(mine);
        using var server = new SslStream(its);
        var options = trust.Members;
        options.TargetHost = CertificateAuthority.NameOf(name);
        Task.WaitAll(
            client.AuthenticateAsClientAsync(options),
            server.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificateContext = certificate.Current, AllowTlsResume = false }));
        return mine.Written + its.Written;
    }

    /// <summary>Two pipes as one stream.</summary>
    private sealed class Duplex(Stream read, Stream write) : Stream
    {
        public long Written { get; private set; }

        public override bool CanRead => true;
        public override bool CanWrite => true;
        public override bool CanSeek => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => read.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => read.ReadAsync(buffer, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count)
        {
            Written += count;
            write.Write(buffer, offset, count);
        }

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Written += buffer.Length;
            return write.WriteAsync(buffer, cancellationToken);
        }

        public override void Flush() => write.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => write.FlushAsync(cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
