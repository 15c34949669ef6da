using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Constella.Api.Tls;

/// <summary>
/// TLS and plain HTTP on one port (rule X6), told apart by the first byte: two addresses of one port could not both be bound.
/// </summary>
internal static class TlsListener
{
    /// <summary>The type of a TLS record that begins a handshake (RFC 8446, 5.1); no HTTP method starts with it.</summary>
    public const byte HandshakeRecord = 0x16;

    public static readonly TimeSpan FirstByte = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan Handshake = TimeSpan.FromSeconds(3);

    /// <param name="certificate">Asked with each handshake.</param>
    public static void UseTlsBesidePlain(this ListenOptions listen, Func<SslStreamCertificateContext> certificate, HandshakeBudget budget)
    {
        ConnectionDelegate? http = null;
        // The last of the three is built first: what follows it is HTTP itself, which plain connections go to directly.
        listen.Use(tls => connection => ServeAsync(connection, tls, http!, budget));
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            HandshakeTimeout = Handshake,
            OnConnection = _ => ValueTask.FromResult(Options(certificate())),
        });
        listen.Use(next =>
        {
            http = next;
            return connection =>
            {
                // Here the handshake is over.
                connection.Features.Get<HandshakeBudget.Place>()?.Dispose();
                return next(connection);
            };
        });
    }

    private static async Task ServeAsync(ConnectionContext connection, ConnectionDelegate tls, ConnectionDelegate http, HandshakeBudget budget)
    {
        if (await PeekAsync(connection.Transport.Input) is not { } first)
            return;
        if (first != HandshakeRecord)
        {
            await http(connection);
            return;
        }
        using var place = budget.Enter((connection.RemoteEndPoint as IPEndPoint)?.Address ?? IPAddress.None);
        if (place is null)
            return;
        connection.Features.Set(place);
        await tls(connection);
    }

    /// <summary>The first byte, which stays to be read; null when none comes.</summary>
    internal static async Task<byte?> PeekAsync(PipeReader input)
    {
        using var limit = new CancellationTokenSource(FirstByte);
        try
        {
            var result = await input.ReadAsync(limit.Token);
            var first = new SequenceReader<byte>(result.Buffer).TryPeek(out var value) ? value : (byte?)null;
            // Not as examined: else the next reader would wait for more than this.
            input.AdvanceTo(result.Buffer.Start);
            return first;
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            return null;
        }
    }

    private static SslServerAuthenticationOptions Options(SslStreamCertificateContext certificate) => new()
    {
        ServerCertificateContext = certificate,
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        AllowTlsResume = false,
        AllowRenegotiation = false,
    };
}
