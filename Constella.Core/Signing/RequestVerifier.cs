using Constella.Core.Cluster;

namespace Constella.Core.Signing;

/// <summary>Checks signed requests in the order of rule X3. One per process; safe for several threads.</summary>
/// <param name="self">This node's id.</param>
/// <param name="run">This process's run id.</param>
public sealed class RequestVerifier(string self, string run, NonceCache nonces)
{
    /// <summary>
    /// Size and shape; MAC in constant time, and the body's digest; time; membership and target; run id; and only then the
    /// nonce is burnt. The caller caps the body before it reads it (rule X5); it is checked here once more.
    /// </summary>
    /// <param name="headers">Every header field.</param>
    /// <param name="isMember">Whether a node id is an active member; this node itself included.</param>
    public Verdict Verify(RequestParts request, HeaderLookup headers, KeyRing keys, Func<string, bool> isMember, Now now)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(headers);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(isMember);
        var envelope = new RequestEnvelope(new SignatureBase(stackalloc char[SignatureBase.LinesRoom], stackalloc char[SignatureBase.InputRoom]));
        try
        {
            return envelope.TryRead(request, headers, stackalloc SfPart[StructuredFields.MostParts], out var problem)
                ? Prove(envelope, request, keys, isMember, now)
                : new Verdict.Unauthorized(problem);
        }
        finally
        {
            envelope.Dispose();
        }
    }

    private Verdict Prove(in RequestEnvelope envelope, RequestParts request, KeyRing keys, Func<string, bool> isMember, Now now)
    {
        if (keys.Find(envelope.Fields.Text("keyid")) is not { } keyId)
            return new Verdict.Unauthorized("unknown generation of the secret");
        if (!keys.Key(keyId, envelope.From, envelope.To)!.Holds(envelope.Text, envelope.Fields))
            return new Verdict.Unauthorized("the signature does not hold");
        if (envelope.Digest is not null && !ContentDigest.Holds(envelope.Digest, request.Body.Span))
            return new Verdict.Unauthorized("the body is not the one that was signed");
        return Judge(envelope, envelope.Proof(request.Method, keyId), isMember, now);
    }

    private Verdict Judge(in RequestEnvelope envelope, RequestProof proof, Func<string, bool> isMember, Now now)
    {
        var seconds = now.Utc.ToUnixTimeSeconds();
        var skew = envelope.Created - seconds;
        if (Math.Abs(skew) > Limits.ClockSkewSeconds || envelope.Expires < seconds)
            return new Verdict.ClockOff(proof, TimeSpan.FromSeconds(skew));
        if (!isMember(proof.From))
            return new Verdict.NotMember(proof);
        if (proof.To != self)
            return new Verdict.WrongTarget(proof);
        if (envelope.Run is not null && envelope.Run != run)
            return new Verdict.WrongRun(proof);
        return nonces.Burn(proof.From, envelope.Nonce, now.Mono) switch
        {
            NonceCache.Use.Fresh => new Verdict.Ok(proof, envelope.Run is not null),
            NonceCache.Use.Replayed => new Verdict.Replayed(proof),
            _ => new Verdict.TooMany(proof),
        };
    }
}
