using System.Security.Cryptography;

namespace Constella.Api.Speed;

/// <summary>Content that nothing on the way can make smaller.</summary>
internal static class Noise
{
    /// <summary>Of one write: a few TLS records, and below what the large object heap takes.</summary>
    public const int Chunk = 64 * 1024;

    public static byte[] Make() => RandomNumberGenerator.GetBytes(Chunk);
}

/// <summary>So many bytes of noise as a request's body; none of them is there before it is sent.</summary>
/// <param name="sent">Told of each chunk that the system has taken.</param>
internal sealed class NoiseContent(long bytes, byte[] noise, Action<long> sent) : HttpContent
{
    protected override bool TryComputeLength(out long length)
    {
        length = bytes;
        return true;
    }

    protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context, CancellationToken cancellationToken)
    {
        for (var left = bytes; left > 0;)
        {
            var chunk = (int)Math.Min(left, noise.Length);
            await stream.WriteAsync(noise.AsMemory(0, chunk), cancellationToken);
            left -= chunk;
            sent(chunk);
            // Writes that end at once would keep this thread from everybody else: heartbeats wait for one, too.
            await Task.Yield();
        }
    }
}
