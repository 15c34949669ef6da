using Constella.Core.Audit;
using Constella.Core.Wire;

namespace Constella.Core.Cluster;

/// <summary>What this node knows of another one's life (rule H2), and what it has sent to it.</summary>
internal sealed class Peer(string id)
{
    private const long Never = long.MinValue / 2;

    // How long an old run must have been gone before its voice means a clone, and how long that is believed.
    private const long CloneGrace = 3_000;
    private const long CloneMemory = 30_000;

    private string? _previousRun;
    private long _runSince;
    private long _cloneSeen = Never;
    private long? _clockOffset;
    private long? _previousOffset;
    private long _lastSeq;

    public string Id { get; } = id;

    /// <summary>The latest that the peer said of itself.</summary>
    public Vitals? Vitals { get; private set; }

    public string? Run => Vitals?.Run;

    /// <summary>It is one of the voters; kept by <see cref="ClusterNode"/>.</summary>
    public bool Votes { get; set; }

    /// <summary>When it was last heard directly.</summary>
    public long LastEvidence { get; private set; } = Never;

    /// <summary>Since when it has been heard without becoming suspect, in one run.</summary>
    public long AliveSince { get; private set; }

    public DateTimeOffset? LastHeard { get; private set; }

    public double? RttMs { get; set; }

    /// <summary>The last health that was told to people.</summary>
    public Health Told { get; set; }

    /// <summary>Version of the shared state that the peer has persisted.</summary>
    public long Acknowledged { get; set; }

    /// <summary>Earliest time of the next pull: mismatches are noticed many times before they are mended.</summary>
    public long PullAfter { get; set; }

    /// <summary>A mark of its audit log of which this node has all that it wants (rule U5).</summary>
    public AuditMark? AuditSettled { get; set; }

    /// <summary>When its audit log is asked for though it is no longer than this node's.</summary>
    public long AuditLook { get; set; }

    /// <summary>When it last answered a call of this node: the way out is open too (rule E1).</summary>
    public long LastAnswered { get; private set; } = Never;

    /// <summary>When it last refused this node's signature (rule X2).</summary>
    public long RefusedAt { get; set; } = Never;

    /// <summary>When it last showed a certificate that does not hold (rule X6).</summary>
    public long UntrustedAt { get; set; } = Never;

    public bool Untrusted(long mono) => UntrustedAt > LastAnswered && mono - UntrustedAt < Timings.Down;

    /// <summary>By how many milliseconds its wall clock is ahead of this node's, less what its last message took; null where it does not tell.</summary>
    public long? ClockOffset { get; private set; }

    /// <summary>It is there, and does not know the secret that this node signs under.</summary>
    public bool Refuses(long mono) => RefusedAt > LastEvidence && mono - RefusedAt < Timings.Down;

    public bool Answers(long mono) => mono - LastAnswered < Timings.Down;

    public bool Heard(long mono) => mono - LastEvidence < Timings.Down;

    public bool Fresh(long mono) => mono - LastEvidence < Timings.Suspect;

    public bool Cloned(long mono) => mono - _cloneSeen < CloneMemory;

    public Health HealthAt(long mono) =>
        LastEvidence == Never ? Health.Unknown : Fresh(mono) ? Health.Alive : Heard(mono) ? Health.Suspect : Health.Down;

    /// <summary>
    /// Takes a message as evidence of life.
    /// </summary>
    /// <param name="sentAt">For an answer: when its request was sent; the answer cannot be older than that.</param>
    /// <returns>False for a message that proves nothing: late, out of order, or of a run that has ended.</returns>
    public bool Hear(Vitals vitals, Now now, long? sentAt)
    {
        if (vitals.Run != Run && !TakeRun(vitals, now.Mono))
            return false;
        var difference = now.Mono - vitals.At;
        var late = false;
        if (sentAt is not null)
        {
            _clockOffset = difference;
            LastAnswered = now.Mono;
        }
        else if (_clockOffset is not { } offset || difference < offset)
            _clockOffset = difference;
        else
            late = difference - offset > Timings.EvidenceAge;
        if (late || (Vitals is not null && vitals.Seq <= _lastSeq))
            return false;
        if (!Fresh(now.Mono))
            AliveSince = now.Mono;
        _lastSeq = vitals.Seq;
        Vitals = vitals;
        LastEvidence = now.Mono;
        LastHeard = now.Utc;
        ClockOffset = vitals.Clock is { } clock ? clock - now.Utc.ToUnixTimeMilliseconds() : null;
        return true;
    }

    // A new run voids what the old one had, so a late message of a run that has ended must not pass for a new one.
    private bool TakeRun(Vitals vitals, long mono)
    {
        // Within one boot the sender's clock tells which of two runs is the later.
        if (Vitals is not null && vitals.Boot == Vitals.Boot && vitals.At < Vitals.At)
            return false;
        long? knownOffset = null;
        if (vitals.Run == _previousRun)
        {
            var fresh = _previousOffset is { } offset && mono - vitals.At - offset <= Timings.EvidenceAge;
            if (!fresh || mono - _runSince <= CloneGrace)
                return false;
            // Both runs speak: a second machine with the same id.
            if (mono - LastEvidence <= CloneGrace)
            {
                _cloneSeen = mono;
                return false;
            }
            // Nobody has spoken for the other run since it came up: it was a late message of a run before this one.
            knownOffset = _previousOffset;
        }
        _previousRun = Run;
        _previousOffset = _clockOffset;
        _clockOffset = knownOffset;
        _lastSeq = 0;
        _runSince = mono;
        AliveSince = mono;
        Acknowledged = 0;
        return true;
    }
}
