using Constella.Core.Wire;

namespace Constella.Core.Cluster;

/// <summary>Rules L1 to L7: asking for the lease, holding it, losing it, and this node's own vote.</summary>
public sealed partial class ClusterNode
{
    // A holder whose lease is nearer to its end than this asks again between the beats.
    private const long LowLease = Timings.Lease - Timings.Beat - Timings.CallTimeout;

    private enum Phase
    {
        Idle,
        Asking,
        Holding,
    }

    private readonly Grants _grants = new();
    private Phase _phase;
    private Term _term = Term.None;
    private long _termFloor;
    private long _askedSince;
    private long _nextAsk;
    private long _noAskBefore;
    private long _freshAfter = long.MinValue;
    private LeaseClaim? _released;
    private long _releasedUntil;

    private bool Holding => _phase == Phase.Holding;

    private Ask? CurrentAsk() => _phase switch
    {
        Phase.Asking => new Ask(_term, Held: false) { Released = _released },
        Phase.Holding => new Ask(_term, Held: true),
        _ => null,
    };

    // L4: a frozen process does not know for how long it was away; its lease counts again when it was renewed since.
    private void NoticePause(Now now)
    {
        var gap = now.Mono - _now.Mono;
        var drift = (now.Utc - _now.Utc).TotalMilliseconds - gap;
        var paused = gap > Timings.PauseGap || Math.Abs(drift) > Timings.PauseGap;
        if (!paused && drift <= Timings.StandStill)
            return;
        // What was asked in the very millisecond in which the clock stood still was asked before.
        _freshAfter = Math.Max(now.Mono, _now.Mono + 1);
        _nextAsk = now.Mono;
        if (!paused)
            return;
        _judge.Reset();
        _witness.Paused(frozen: drift > Timings.PauseGap, now.Mono);
        if (gap > Timings.Suspect)
            Tell(NoticeKind.Paused, Self, $"{gap} ms");
    }

    private void Lead()
    {
        if (Removed || ClonedSelf || LeftBehind)
        {
            Abdicate();
            return;
        }
        if (Holding)
            WatchLease();
        if (!Holding)
            Campaign();
        WatchWitness();
        WatchStop();
    }

    private void Abdicate()
    {
        if (Holding)
            LoseLease();
        else if (_phase == Phase.Asking)
            GiveUp();
        StopBot(orderly: false);
        _witness.Reset();
        WatchStop();
    }

    private void WatchLease()
    {
        // L7: somebody won a higher term (a witness); renewing above it keeps commands in order.
        OwnTerm();
        AskSelf();
        ExpireLease();
        if (!Holding)
            return;
        var until = _grants.Until(_state.Members.Ids, long.MinValue);
        if ((!FreshLease || until - _now.Mono < LowLease) && _now.Mono >= _nextAsk)
            AskRound(all: true);
        WatchHandOver();
    }

    private void ExpireLease()
    {
        if (Holding && _grants.Until(_state.Members.Ids, long.MinValue) <= _now.Mono)
            LoseLease();
    }

    /// <summary>Renewed since this process last stood still (L4): only then it acts on the lease, or speaks of it.</summary>
    private bool FreshLease => _grants.Until(_state.Members.Ids, _freshAfter) > _now.Mono;

    // What was handed over stays good for as long as the lease would have run: one lost second must not cost six.
    private void ForgetReleased()
    {
        if (_released is { } given && (_now.Mono >= _releasedUntil || HeardHolder()?.Vitals!.Lease!.Term > given.Term))
            _released = null;
    }

    private void Campaign()
    {
        ForgetReleased();
        var holder = HeardHolder();
        _lastHost = holder?.Id ?? _lastHost;
        var entitled = _released is not null || _witness.InTenure || (holder is null && CandidateId() == Self);
        if (!entitled || Draining || !IsVoter || !ReachesMajority() || _now.Mono < _noAskBefore)
        {
            if (_phase == Phase.Asking)
                GiveUp();
            return;
        }
        if (_phase == Phase.Idle)
        {
            _phase = Phase.Asking;
            _grants.Clear();
            _term = NextTerm();
            // A term serves one candidacy: an answer or a release of an earlier one must not be taken for this one's.
            _termFloor = _term.Counter;
            _askedSince = _nextAsk = _now.Mono;
        }
        AskSelf();
        if (WinsNow())
            return;
        if (_now.Mono - _askedSince >= Timings.Candidacy)
            GiveUp();
        else if (_now.Mono >= _nextAsk)
            AskRound(all: false);
    }

    private Term NextTerm() =>
        new(Math.Max(Math.Max(_state.Term.Counter, _voter.Vote?.Term.Counter ?? 0), _termFloor) + 1, Self);

    private void AskSelf()
    {
        var grant = _voter.Decide(Self, _process.Run, CurrentAsk()!, Outranked(Self, _process.Run, OwnKey), _now.Mono);
        if (grant.Refused is null)
            _grants.Add(Self, _now.Mono, grant.Ms);
    }

    private void AskRound(bool all)
    {
        _nextAsk = _now.Mono + Timings.AskAgain;
        var vitals = NewVitals();
        foreach (var peer in _peers.Values)
        {
            if (peer.Votes && (all || !_grants.Has(peer.Id, _now.Mono)))
                SendTo(peer, vitals, CurrentAsk());
        }
    }

    // L2: order counts for first grants only; W5: who polls as witness counts as granted by itself.
    private string? Outranked(string asker, string run, LeaderKey key)
    {
        if (_voter.Current(_now.Mono) is { } grant && grant.Holder == asker && grant.Run == run)
            return null;
        foreach (var peer in _peers.Values)
        {
            if (peer.Id != asker && peer.Heard(_now.Mono) && peer.Vitals!.Polls == Polls.Witness && MayAskSoon(peer))
                return "witness";
        }
        if (_witness.InTenure && asker != Self)
            return "witness";
        var witnessAsks = asker == Self ? _witness.InTenure : _peers[asker].Vitals!.Polls == Polls.Witness;
        if (witnessAsks)
            return null;
        foreach (var peer in _peers.Values)
        {
            if (peer.Id != asker && Eligible(peer) && KeyOf(peer) < key)
                return "order";
        }
        return asker != Self && !Draining && IsVoter && ReachesMajority() && OwnKey < key ? "order" : null;
    }

    // A witness that cannot reach a majority will not ask, and must not keep the others from a lease; just met, it has not told yet.
    private bool MayAskSoon(Peer witness) => Eligible(witness) || _now.Mono - witness.AliveSince < Timings.Suspect;

    private Grant Vote(Peer peer, Ask ask)
    {
        if (ClonedSelf || peer.Cloned(_now.Mono))
            return new Grant(_voter.Vote?.Term ?? Term.None, 0) { Refused = "clone" };
        // M1: a candidate with an older member set could win with a majority that is none any more. X2: one that does not know
        // how far a rotation is could begin another under the same number.
        if ((peer.Vitals!.Cfg < _state.Members.Cfg || peer.Vitals.Rotation < RotationStamp) && !(ask.Held && _voter.Current(_now.Mono)?.Holder == peer.Id))
            return new Grant(_voter.Vote?.Term ?? Term.None, 0) { Refused = "stale" };
        if (Holding)
            return new Grant(_term, Math.Max(0, _grants.Until(_state.Members.Ids, long.MinValue) - _now.Mono)) { Refused = "held" };
        var outranked = Outranked(peer.Id, peer.Vitals.Run, KeyOf(peer));
        // E6: else who joins could not vote for as long as a pause lasts, and a voter that was away for a lease would not grant again.
        return _voter.Decide(peer.Id, peer.Vitals.Run, ask, ask.Held && Paused && outranked == "order" ? null : outranked, _now.Mono);
    }

    private void TakeGrant(Peer peer, Outgoing sent, Grant grant)
    {
        if (sent.Message.Ask is not { } ask || _phase == Phase.Idle)
            return;
        if (grant.Refused is not null)
        {
            _termFloor = Math.Max(_termFloor, grant.Term.Counter);
            if (grant.Refused == "term" && _phase == Phase.Asking && ask.Term == _term)
            {
                _term = NextTerm();
                _termFloor = _term.Counter;
                _grants.Clear();
                _nextAsk = _now.Mono;
            }
            // L7: a promise that won nothing would keep this voter, and a joiner that shall become one, out for as long as the lease goes on.
            else if (grant.Refused == "term" && Holding && grant.Term > _term)
            {
                SeeTerm(NextTerm());
                _term = HighestTerm;
                _nextAsk = _now.Mono;
            }
            return;
        }
        if (ask.Term != _term)
            return;
        _grants.Add(peer.Id, sent.SentAt, grant.Ms);
        OnVoterAnswered(peer.Id);
        if (_phase == Phase.Asking)
            WinsNow();
    }

    private bool WinsNow()
    {
        if (_grants.Until(_state.Members.Ids, _freshAfter) <= _now.Mono)
            return false;
        _phase = Phase.Holding;
        SeeTerm(_term);
        NoteHost(WonBy());
        _released = null;
        _witness.Reset();
        StartBot(Polls.Lease);
        Tell(NoticeKind.HostWon, Self);
        OnWon();
        AskRound(all: true);
        return true;
    }

    private void GiveUp()
    {
        var term = _term;
        _phase = Phase.Idle;
        _noAskBefore = _now.Mono + _random.Next(Timings.BackoffMin, Timings.BackoffMax);
        _voter.Release(Self, term);
        var vitals = NewVitals();
        foreach (var peer in _peers.Values)
        {
            if (_grants.Has(peer.Id, _now.Mono))
                SendTo(peer, vitals, null, release: term);
        }
        _grants.Clear();
    }

    private void LoseLease()
    {
        _phase = Phase.Idle;
        _handOver = null;
        _grants.Clear();
        Tell(NoticeKind.HostLost, Self);
        FailCommits();
        // W0: unbroken only where those who are not heard cannot have elected another.
        if (MayWitness() && !UnheardMayElect && _bot == Polls.Lease && !_stopping
            && _now.Mono - _lastPollOk <= Timings.Doubt)
        {
            _witness.Continue(_lastPollOk, _now.Mono);
            SeeTerm(NextTerm());
            StartBot(Polls.Witness);
            Tell(NoticeKind.WitnessStarted, Self);
            return;
        }
        StopBot(orderly: false);
    }

    private void SeeTerm(Term term)
    {
        if (term > _state.Term)
            _state = _state with { Term = term };
    }
}
