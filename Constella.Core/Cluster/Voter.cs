using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Core.Cluster;

/// <summary>
/// One voter's promise (rules L2 and L6): at most one unexpired grant, remembered over a restart by holder and term.
/// </summary>
internal sealed class Voter(Vote? vote, long started)
{
    private readonly Vote? _restored = vote;
    private LeaseClaim? _grant;
    private long _until;

    /// <summary>What must be on disk before the answer leaves.</summary>
    public Vote? Vote { get; private set; } = vote;

    /// <summary>The lease that this voter has granted and that has not expired.</summary>
    public LeaseClaim? Current(long mono) => _grant is not null && mono < _until ? _grant : null;

    /// <summary>A run that ended has no grant any more (rule H3).</summary>
    public void Heard(string nodeId, string run)
    {
        if (_grant is not null && _grant.Holder == nodeId && _grant.Run != run)
            _grant = null;
    }

    /// <summary>A candidacy that was not won gives its grant back (rule L1), and so does a lease handed over (L5).</summary>
    public void Release(string nodeId, Term term)
    {
        if (_grant is not null && _grant.Holder == nodeId && _grant.Term == term)
            _grant = null;
    }

    /// <param name="outranked">Why a first grant is refused by order, or null: <c>order</c>, <c>witness</c>.</param>
    public Grant Decide(string nodeId, string run, Ask ask, string? outranked, long mono)
    {
        Heard(nodeId, run);
        if (Current(mono) is { } current)
        {
            if (current.Holder == nodeId)
                return Renew(current, ask, mono);
            if (ask.Released is not { } given || given.Holder != current.Holder || given.Run != current.Run || given.Term < current.Term)
                return new Grant(Vote!.Term, _until - mono) { Refused = "held" };
        }
        // The giver may have renewed under a higher term that this voter has not heard of; its release is of all it had.
        var handedOver = ask.Released is { } release && Vote is not null && release.Holder == Vote.Holder && release.Term >= Vote.Term;
        var renewal = ask.Held && Vote is not null && Vote.Holder == nodeId && Vote.Term == ask.Term;
        // Before the restart this voter may have granted a lease that still runs: only its holder is safe.
        if (_restored is not null && _restored.Holder != nodeId && !handedOver && mono - started < Timings.Lease)
            return new Grant(Vote!.Term, started + Timings.Lease - mono) { Refused = "restarted" };
        if (Vote is not null && (ask.Term < Vote.Term || (ask.Term == Vote.Term && Vote.Holder != nodeId)))
            return new Grant(Vote.Term, 0) { Refused = "term" };
        if (outranked is not null && !handedOver && !renewal)
            return new Grant(Vote?.Term ?? Term.None, 0) { Refused = outranked };
        _grant = new LeaseClaim(nodeId, run, ask.Term);
        _until = mono + Timings.Lease;
        Promise(nodeId, ask.Term);
        return new Grant(ask.Term, Timings.Lease);
    }

    // The run that has the grant always gets it again (L2); but only who holds the lease gets it longer (L1).
    private Grant Renew(LeaseClaim current, Ask ask, long mono)
    {
        if (ask.Term < current.Term)
            return new Grant(current.Term, 0) { Refused = "term" };
        if (ask.Held)
            _until = mono + Timings.Lease;
        _grant = current with { Term = ask.Term };
        Promise(current.Holder, ask.Term);
        return new Grant(ask.Term, _until - mono);
    }

    private void Promise(string nodeId, Term term)
    {
        if (Vote is null || Vote.Holder != nodeId || Vote.Term != term)
            Vote = new Vote(nodeId, term);
    }
}
