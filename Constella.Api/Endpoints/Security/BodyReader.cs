using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using Constella.Core;
using Constella.Core.Wire;
using Microsoft.AspNetCore.Http.Features;

namespace Constella.Api.Endpoints.Security;

/// <summary>How reading a body ended.</summary>
internal enum BodyEnd
{
    Read,
    TooLarge,

    /// <summary>Too many callers send a body at this moment.</summary>
    Busy,

    /// <summary>It did not come in time.</summary>
    Slow,
}

/// <summary>
/// Reads a body whole before anything is known of its sender (rule X5): never more than the cap, never for longer than a
/// heartbeat may take, never more of them at once than the node has memory for, and gives it back to whoever reads it next.
/// </summary>
internal sealed class BodyReader
{
    /// <summary>Bodies that are read at once: 64 of the largest are 16 MiB.</summary>
    private const int AtOnce = 64;

    /// <summary>Of them from one address: an address that holds its share keeps nobody else out.</summary>
    private const int AtOncePerAddress = 16;

    private const int Chunk = 4 * 1024;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<IPAddress, int> _byAddress = new();
    private int _reading;

    public async Task<(BodyEnd End, ReadOnlyMemory<byte> Body)> ReadAsync(HttpContext context)
    {
        var request = context.Request;
        if (request.ContentLength > Limits.BodyBytes)
            return (BodyEnd.TooLarge, default);
        if (request.ContentLength is 0 || (request.ContentLength is null && !request.Headers.ContainsKey("Transfer-Encoding")))
            return (BodyEnd.Read, default);
        var address = Origin.Of(context.Connection.RemoteIpAddress);
        var ofAddress = _byAddress.AddOrUpdate(address, 1, static (_, count) => count + 1);
        try
        {
            if (Interlocked.Increment(ref _reading) > AtOnce || ofAddress > AtOncePerAddress)
                return (BodyEnd.Busy, default);
            return await CopyAsync(context);
        }
        finally
        {
            Interlocked.Decrement(ref _reading);
            Leave(address);
        }
    }

    /// <summary>Says so, and hangs up: the rest of the body would have to be read before the connection serves another call.</summary>
    public static Task RefuseAsync(HttpContext context, BodyEnd end)
    {
        context.Response.Headers.Connection = "close";
        return Refusal(end).ExecuteAsync(context);
    }

    private static Refusal Refusal(BodyEnd end) => end switch
    {
        BodyEnd.TooLarge => new(StatusCodes.Status413PayloadTooLarge, ApiErrors.TooLarge, $"a body has at most {Limits.BodyBytes} bytes"),
        BodyEnd.Slow => new(StatusCodes.Status408RequestTimeout, Errors.Timeout, "the body did not come in time"),
        _ => new(StatusCodes.Status429TooManyRequests, Errors.TooMany, "too many bodies are being sent; try again in a second"),
    };

    private static async Task<(BodyEnd End, ReadOnlyMemory<byte> Body)> CopyAsync(HttpContext context)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        limited.CancelAfter(s_limit);
        // Grows with what has come: a length that is only announced costs next to nothing.
        var buffer = new MemoryStream((int)Math.Min(context.Request.ContentLength ?? 0, Chunk));
        var chunk = ArrayPool<byte>.Shared.Rent(Chunk);
        try
        {
            int read;
            while ((read = await context.Request.Body.ReadAsync(chunk, limited.Token)) > 0)
            {
                if (buffer.Length + read > Limits.BodyBytes)
                    return (BodyEnd.TooLarge, default);
                buffer.Write(chunk, 0, read);
            }
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            return (BodyEnd.Slow, default);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
        var body = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        buffer.Position = 0;
        context.Request.Body = buffer;
        // In one piece: in several, the framework's JSON reader fails on a last word that breaks off, by an index out of its range.
        context.Features.Set<IRequestBodyPipeFeature>(new WholeBody(PipeReader.Create(new ReadOnlySequence<byte>(body))));
        return (BodyEnd.Read, body);
    }

    private sealed class WholeBody(PipeReader reader) : IRequestBodyPipeFeature
    {
        public PipeReader Reader => reader;
    }

    private void Leave(IPAddress address)
    {
        while (_byAddress.TryGetValue(address, out var count))
        {
            var done = count > 1
                ? _byAddress.TryUpdate(address, count - 1, count)
                : _byAddress.TryRemove(new KeyValuePair<IPAddress, int>(address, count));
            if (done)
                return;
        }
    }
}
