using System.Buffers;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Constella.Api.Endpoints;
using Constella.Core;
using Constella.Core.Signing;

namespace Constella.Api.Peers;

/// <summary>
/// Signs each request for its target and lets through only answers that this target signed (rules X1 and X4). Where the target
/// has restarted, or its clock is another, it tries once more with what the signed answer told.
/// </summary>
internal sealed class SigningHandler(string self, NetworkKeys keys, TargetBook book, ILogger? log) : DelegatingHandler
{
    /// <summary>Node id of who is called.</summary>
    public static readonly HttpRequestOptionsKey<string> Target = new("constella-target");

    /// <summary>The target's run, where the caller knows better than the book.</summary>
    public static readonly HttpRequestOptionsKey<string?> Run = new("constella-run");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (!request.Options.TryGetValue(Target, out var target))
            throw new InvalidOperationException("a signed request needs a target");
        _ = request.Options.TryGetValue(Run, out var run);
        var body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        var response = await SendOnceAsync(request, target, run ?? book.RunOf(target), body, cancellationToken);
        if (!await MayTryAgainAsync(response))
            return response;
        response.Dispose();
        return await SendOnceAsync(request, target, book.RunOf(target), body, cancellationToken);
    }

    private async Task<HttpResponseMessage> SendOnceAsync(
        HttpRequestMessage request, string target, string? run, byte[] body, CancellationToken cancellation)
    {
        var parts = new RequestParts(request.Method.Method, request.RequestUri!.PathAndQuery, body);
        var ring = keys.Ring;
        var signed = RequestSigner.Sign(ring, parts, self, target, run, book.UtcFor(target), RandomNumberGenerator.GetBytes(16));
        foreach (var (name, _) in signed.Headers)
            _ = request.Headers.Remove(name);
        _ = request.Headers.Remove(SignatureHeaders.Run);
        _ = request.Content?.Headers.Remove(SignatureHeaders.ContentDigest);
        foreach (var (name, value) in signed.Headers)
            _ = request.Headers.TryAddWithoutValidation(name, value);
        var response = await base.SendAsync(request, cancellation);
        try
        {
            return await VerifyAsync(response, ring, signed.Proof, target, cancellation);
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    private async Task<HttpResponseMessage> VerifyAsync(
        HttpResponseMessage response, KeyRing ring, RequestProof proof, string target, CancellationToken cancellation)
    {
        var body = await ReadCappedAsync(response.Content, cancellation);
        var status = (int)response.StatusCode;
        if (ResponseSigner.Verify(ring, proof, status, Lookup(response), body) is not { } answer)
            throw new PeerException(status, null, status switch
            {
                401 => "it does not accept this node's signature",
                426 => "it wants TLS and this node speaks plain HTTP: set CONSTELLA_TLS_MODE alike on both",
                _ => "its answer is not signed by it",
            });
        book.Learn(target, answer.Run);
        if (CodeOf(response, body) == ApiErrors.ClockOff)
            Correct(target, answer.Created);
        var media = response.Content.Headers.ContentType;
        response.Content = new ByteArrayContent(body);
        response.Content.Headers.ContentType = media;
        return response;
    }

    private static async Task<bool> MayTryAgainAsync(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.Conflict or HttpStatusCode.Unauthorized
        && CodeOf(response, await response.Content.ReadAsByteArrayAsync()) is ApiErrors.WrongRun or ApiErrors.ClockOff;

    private void Correct(string target, DateTimeOffset theirs)
    {
        if (book.Correct(target, theirs) is { } offset)
            log?.LogWarning("the clock of {Node} differs from this one by {Seconds:0} s: its calls are signed by its clock; check the time service of both", target, offset.TotalSeconds);
        else
            log?.LogError("the clock of {Node} differs from this one by more than an hour: set the time on the one that is wrong", target);
    }

    private static string? CodeOf(HttpResponseMessage response, byte[] body)
    {
        if (response.IsSuccessStatusCode || response.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return null;
        return PeerProblem.Read(body)?.Code;
    }

    private static HeaderLookup Lookup(HttpResponseMessage response) => (string name, out string? line) =>
    {
        line = null;
        if (!response.Headers.NonValidated.TryGetValues(name, out var lines) && !response.Content.Headers.NonValidated.TryGetValues(name, out lines))
            return 0;
        line = lines.Count == 1 ? lines.ToString() : null;
        return lines.Count;
    };

    private static async Task<byte[]> ReadCappedAsync(HttpContent content, CancellationToken cancellation)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellation);
        // Most answers are told their length, and are read in one piece.
        using var buffer = new MemoryStream((int)Math.Min(content.Headers.ContentLength ?? 0, Limits.BodyBytes));
        var chunk = ArrayPool<byte>.Shared.Rent(8 * 1024);
        try
        {
            int read;
            while ((read = await stream.ReadAsync(chunk, cancellation)) > 0)
            {
                if (buffer.Length + read > Limits.BodyBytes)
                    throw new PeerException(null, null, "its answer is too large");
                buffer.Write(chunk, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
        return buffer.Length == buffer.Capacity ? buffer.GetBuffer() : buffer.ToArray();
    }
}

/// <summary>The code and the sentence of a problem document.</summary>
internal sealed record PeerProblem(string Code, string? Detail)
{
    public static PeerProblem? Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var problem = JsonSerializer.Deserialize(body, ApiJson.Default.Problem);
            return problem is not null && problem.Type.StartsWith(Problem.Prefix, StringComparison.Ordinal)
                ? new PeerProblem(problem.Type[Problem.Prefix.Length..], problem.Detail)
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
