namespace Constella.Core.Signing;

/// <summary>What came of checking a request (rule X3): a closed family, in the order of the checks.</summary>
public abstract record Verdict
{
    private Verdict(RequestProof? proof) => Proof = proof;

    /// <summary>What the answer is signed against; null when the request proved nothing and gets a bare 401.</summary>
    public RequestProof? Proof { get; }

    /// <summary>The caller has not shown that it knows the secret: a bare 401 that teaches nothing.</summary>
    /// <param name="Reason">For this node's own log only.</param>
    public sealed record Unauthorized(string Reason) : Verdict((RequestProof?)null);

    /// <summary>Signed outside the 30 s: a signed answer, whose <c>created</c> tells the caller the time (rule X4).</summary>
    /// <param name="Skew">The caller's clock minus this node's.</param>
    public sealed record ClockOff(RequestProof By, TimeSpan Skew) : Verdict(By);

    /// <summary>The caller knows the secret but is no member (any more).</summary>
    public sealed record NotMember(RequestProof By) : Verdict(By);

    /// <summary>Meant for another node.</summary>
    public sealed record WrongTarget(RequestProof By) : Verdict(By);

    /// <summary>Meant for another run of this node: the signed answer carries the present one.</summary>
    public sealed record WrongRun(RequestProof By) : Verdict(By);

    /// <summary>This nonce was used before.</summary>
    public sealed record Replayed(RequestProof By) : Verdict(By);

    /// <summary>No more nonces can be remembered for this caller, or at all: refused rather than forgotten.</summary>
    public sealed record TooMany(RequestProof By) : Verdict(By);

    /// <summary>Authentic, fresh, for this node, and never seen before.</summary>
    /// <param name="RunGiven">The caller named this node's present run: a copy of the request is worthless after a restart.</param>
    public sealed record Ok(RequestProof By, bool RunGiven) : Verdict(By)
    {
        /// <summary>Node id of the caller.</summary>
        public string From => By.From;
    }
}
