using Constella.Api.Cluster;
using Constella.Api.Peers;
using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Signing;
using Constella.Core.Wire;
using Microsoft.AspNetCore.Http.Features;

namespace Constella.Api.Endpoints.Security;

/// <summary>
/// Checks signed requests in the order of rule X3 and signs their answers (rule X4). Whoever does not prove the secret gets a
/// bare 401; whoever does gets every answer signed, refusals among them.
/// </summary>
internal sealed class SignatureGate(
    RequestDelegate next, BodyReader bodies, ConnectionLimiter connections, RequestVerifier verifier, ClusterDriver cluster, NetworkKeys keys, TimeProvider time, ILogger<SignatureGate> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<SignedOnly>() is not { } signed || signed.Unless?.Invoke(context) == true)
        {
            await next(context);
            return;
        }
        // A stream that is refused, or ends before its time, leaves nothing behind that the next call would have to wait for.
        if (signed.Streamed)
            context.Response.Headers.Connection = "close";
        var (end, body) = signed.Streamed ? (BodyEnd.Read, default) : await bodies.ReadAsync(context);
        if (end != BodyEnd.Read)
        {
            await BodyReader.RefuseAsync(context, end);
            return;
        }
        // One ring from end to end: the secret may be changed by the very request that is answered (X2).
        var ring = keys.Ring;
        var now = new Now(cluster.Mono, time.GetUtcNow());
        var verdict = verifier.Verify(
            new RequestParts(context.Request.Method, RawTarget(context), body), Lookup(context.Request.Headers), ring,
            id => signed.Strangers || IsMember(id), now);
        if (verdict.Proof is not { } proof)
        {
            log.LogDebug("a request for {Path} from {Remote} is refused: {Reason}",
                context.Request.Path, context.Connection.RemoteIpAddress, (verdict as Verdict.Unauthorized)?.Reason);
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }
        await AnswerAsync(context, verdict, proof, ring);
    }

    private async Task AnswerAsync(HttpContext context, Verdict verdict, RequestProof proof, KeyRing ring)
    {
        using var buffer = new MemoryStream();
        var original = context.Features.GetRequiredFeature<IHttpResponseBodyFeature>();
        context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(buffer));
        context.Features.Set(new StreamedAnswer(original));
        try
        {
            if (verdict is Verdict.Ok ok)
            {
                connections.Proved(context.Connection.RemoteIpAddress);
                context.Features.Set(new Caller(ok.From, ok.From == cluster.View.NodeId));
                await next(context);
                if (context.Response.HasStarted)
                    return;
                await Problems.FillAsync(context, buffer.Length);
            }
            else
            {
                log.LogInformation("a request for {Path} signed by {From} is refused: {Verdict}", context.Request.Path, proof.From, verdict.GetType().Name);
                await Refusal(verdict).ExecuteAsync(context);
            }
            await context.Response.CompleteAsync();
        }
        finally
        {
            context.Features.Set(original);
        }
        var body = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        var response = context.Response;
        foreach (var (name, value) in ResponseSigner.Sign(ring, proof, cluster.View.Run, response.StatusCode, body, time.GetUtcNow()))
            response.Headers[name] = value;
        if (response.StatusCode == StatusCodes.Status204NoContent)
            return;
        response.ContentLength = body.Length;
        await response.Body.WriteAsync(body, context.RequestAborted);
    }

    internal static HeaderLookup Lookup(IHeaderDictionary headers) => (string name, out string? line) =>
    {
        var lines = headers[name];
        line = lines.Count == 1 ? lines[0] : null;
        return lines.Count;
    };

    private bool IsMember(string id)
    {
        foreach (var member in cluster.View.Members)
        {
            if (member.Record.NodeId == id)
                return true;
        }
        return false;
    }

    // The bytes of the request line: what a proxy or a decoder made of them is not what was signed.
    private static string RawTarget(HttpContext context) => context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

    private static Refusal Refusal(Verdict verdict) => verdict switch
    {
        Verdict.ClockOff off => new(StatusCodes.Status401Unauthorized, ApiErrors.ClockOff,
            $"the caller's clock is {off.Skew.TotalSeconds:0} s off; {Limits.ClockSkewSeconds} s are allowed"),
        Verdict.NotMember => new(StatusCodes.Status403Forbidden, Errors.NotMember, "the caller is no member of this network"),
        Verdict.WrongTarget => new(StatusCodes.Status421MisdirectedRequest, ApiErrors.WrongTarget, "the request is for another node"),
        Verdict.WrongRun => new(StatusCodes.Status409Conflict, ApiErrors.WrongRun, "the node has restarted since: Constella-Run names its present run"),
        Verdict.Replayed => new(StatusCodes.Status409Conflict, ApiErrors.Replayed, "this request was made before"),
        _ => new(StatusCodes.Status429TooManyRequests, Errors.TooMany, "too many requests in a short time"),
    };
}
