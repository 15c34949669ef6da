using System.Buffers;
using System.Net.Security;
using System.Net.Sockets;

namespace Constella.Api.Speed;

/// <summary>Connections for speed tests, and the reading from them.</summary>
internal static class SpeedSockets
{
    private const SocketOptionName NotSentLowWater = (SocketOptionName)25;

    public static SocketsHttpHandler Make(SslClientAuthenticationOptions? tls, Func<SocketsHttpConnectionContext, CancellationToken, ValueTask<Socket>>? connect = null)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = System.Net.DecompressionMethods.None,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            MaxResponseHeadersLength = 16,
            // What is left of an answer when the time is over is not worth a byte.
            MaxResponseDrainSize = 0,
            ResponseDrainTimeout = TimeSpan.Zero,
            ActivityHeadersPropagator = null,
            ConnectCallback = async (context, cancellation) => new NetworkStream(await (connect ?? ConnectAsync)(context, cancellation), ownsSocket: true),
        };
        if (tls is not null)
            handler.SslOptions = tls;
        return handler;
    }

    /// <summary>A socket that takes no more than is about to be sent: what waits in the system when the time is over would still go out.</summary>
    public static async ValueTask<Socket> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var socket = Fresh();
        try
        {
            await socket.ConnectAsync(context.DnsEndPoint, cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static Socket Fresh()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Span<byte> low = stackalloc byte[sizeof(int)];
        BitConverter.TryWriteBytes(low, 4 * Noise.Chunk);
        if (OperatingSystem.IsLinux())
            socket.SetRawSocketOption((int)SocketOptionLevel.Tcp, (int)NotSentLowWater, low);
        return socket;
    }

    /// <summary>Reads an answer to its end and keeps nothing of it.</summary>
    /// <exception cref="SpeedException">It ended before its end.</exception>
    public static async Task ReadAsync(HttpResponseMessage response, Action<long> arrived, CancellationToken cancellation)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Noise.Chunk);
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellation);
            int read;
            while ((read = await body.ReadAsync(buffer, cancellation)) > 0)
            {
                arrived(read);
                // Reads that end at once would keep this thread from everybody else: heartbeats wait for one, too.
                await Task.Yield();
            }
        }
        catch (Exception error) when (error is HttpRequestException or IOException or SocketException)
        {
            throw new SpeedException(SpeedErrors.Broken, "the connection to the other end broke");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
