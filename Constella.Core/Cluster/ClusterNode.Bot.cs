using Constella.Core.Audit;
using Constella.Core.Wire;

namespace Constella.Core.Cluster;

/// <summary>Who runs the bot: the lease's holder, or a witness (rules W0 to W5), and how it is handed over (L5).</summary>
public sealed partial class ClusterNode
{
    // The bot may take this long to finish the update at hand before it is told to end at once.
    private const long OrderlyStop = 2_000;

    private const long StrangerAgain = 600_000;

    // W1: with two nodes the other one is the Host that died, and ten seconds are promised; more nodes may challenge at once.
    private const long Patience = 3_000;

    private readonly Queue<long> _conflicts = new();
    private readonly List<long> _stopTickets = [];
    private HandOver? _handOver;
    private Polls _bot = Polls.None;
    private bool _stopping;
    private long _stoppingSince;
    private long _lastPollOk;
    private long _noHandOverBefore;
    private long _noStrangerBefore;
    private long? _stopUntil;

    private sealed record HandOver(string? Next);

    private bool Draining => Own.Drain || _leaving || _stopTickets.Count > 0 || _stopUntil is not null;

    private void StartBot(Polls mode)
    {
        if (_bot == Polls.None)
            _lastPollOk = _now.Mono;
        _bot = mode;
        _stopping = false;
        _conflicts.Clear();
        Emit(new Effect.StartBot(mode, HighestTerm));
    }

    private void StopBot(bool orderly)
    {
        if (_bot == Polls.None)
            return;
        Emit(new Effect.StopBot(orderly));
        if (orderly)
        {
            _stopping = true;
            _stoppingSince = _now.Mono;
            return;
        }
        _bot = Polls.None;
        _stopping = false;
        if (_witness.InTenure)
            Tell(NoticeKind.WitnessStopped, Self);
    }

    private BotPermit Permit()
    {
        if (_bot == Polls.Lease && Holding)
            return new BotPermit(Polls.Lease, _grants.Until(_state.Members.Ids, _freshAfter), false);
        return _bot == Polls.Witness && _witness.InTenure
            ? new BotPermit(Polls.Witness, _witness.Until, _witness.InDoubt)
            : BotPermit.None;
    }

    // W0: fewer than a majority is fresh; Telegram decides only where there is a bot to run.
    private bool MayWitness() =>
        _state.Settings.BotToken is not null && IsVoter && !Removed && !ClonedSelf && !Draining
        && _state.Members.Ids.Length > 1 && FreshCount < _state.Members.Majority;

    private bool UnheardMayElect => _state.Members.Ids.Length - FreshCount >= _state.Members.Majority;

    // W1: the smallest key among those it hears, where none of them polls already.
    private bool MayChallenge()
    {
        // A node that has just started suspects nobody yet: its probe would end the poll of a Host that it could not have heard.
        if (!MayWitness() || _now.Mono - _started < Timings.Suspect)
            return false;
        var own = OwnKey;
        foreach (var peer in _peers.Values)
        {
            if (peer.Fresh(_now.Mono) && (peer.Vitals!.Polls != Polls.None || (!peer.Vitals.Draining && peer.Votes && KeyOf(peer) < own)))
                return false;
        }
        return true;
    }

    private void WatchWitness()
    {
        if (Holding || _stopping)
            return;
        if (_witness.InTenure)
        {
            if (HeardHolder() is not null || HearsOfHolder() || SmallerWitnessHeard() || _state.Settings.BotToken is null)
            {
                StopBot(orderly: false);
                _witness.Reset();
                FailCommits();
                return;
            }
            Apply(_witness.Tick(_now.Mono, 0));
            return;
        }
        if (MayChallenge())
            Apply(_witness.Tick(_now.Mono, _state.Members.Ids.Length > 2 ? Patience : 0));
        else
            _witness.Reset();
    }

    // W5: of two witnesses that hear each other, the larger key stops.
    private bool SmallerWitnessHeard()
    {
        foreach (var peer in _peers.Values)
        {
            if (peer.Heard(_now.Mono) && peer.Vitals!.Polls == Polls.Witness && KeyOf(peer) < OwnKey)
                return true;
        }
        return false;
    }

    private void Apply(WitnessAct act)
    {
        switch (act)
        {
            case WitnessAct.Probe:
                Emit(new Effect.Probe(_witness.ProbeSeconds));
                break;
            case WitnessAct.TakeOver:
                SeeTerm(NextTerm());
                NoteHost(HostCauses.Witness);
                StartBot(Polls.Witness);
                Tell(NoticeKind.WitnessStarted, Self);
                break;
            case WitnessAct.Stop:
                StopBot(orderly: false);
                Tell(NoticeKind.WitnessStopped, Self);
                FailCommits();
                break;
        }
    }

    private void OnProbe(Input.ProbeEnded ended) => Apply(_witness.ProbeEnded(ended.Result, ended.Head, _now.Mono));

    private void OnPoll(PollResult result)
    {
        if (result == PollResult.Ok)
        {
            _lastPollOk = _now.Mono;
            OnTelegram(true);
        }
        else if (result == PollResult.Webhook)
        {
            Tell(NoticeKind.WebhookRemoved);
        }
        else if (result is PollResult.Conflict or PollResult.Foreign)
        {
            NoticeStranger();
        }
        if (_bot == Polls.Witness)
            Apply(_witness.PollEnded(result, UnheardMayElect ? Timings.ConflictsToDefer : Timings.ConflictsToStop, _now.Mono));
    }

    // W4: everybody is heard, none of them polls, and still somebody does: another program has the token.
    private void NoticeStranger()
    {
        _conflicts.Enqueue(_now.Mono);
        while (_now.Mono - _conflicts.Peek() > Timings.ConflictWindow)
            _conflicts.Dequeue();
        if (_conflicts.Count < Timings.ConflictsToStop || _now.Mono < _noStrangerBefore || !Holding)
            return;
        if (FreshCount < _state.Members.Ids.Length || _peers.Values.Any(p => p.Fresh(_now.Mono) && p.Vitals!.Polls != Polls.None))
            return;
        _noStrangerBefore = _now.Mono + StrangerAgain;
        Tell(NoticeKind.StrangerPolls);
    }

    private void StopOrRelease()
    {
        if (_bot != Polls.None)
            StopBot(orderly: true);
        else
            ReleaseLease();
    }

    private void OnBotStopped()
    {
        if (!_stopping)
            return;
        _stopping = false;
        _bot = Polls.None;
        ReleaseLease();
    }

    // L5: the successor carries the release to the voters, so that one round of asks is enough.
    private void ReleaseLease()
    {
        var next = _handOver?.Next;
        _handOver = null;
        _noHandOverBefore = _now.Mono + HandOverAgain;
        if (_witness.InTenure)
            _witness.Reset();
        if (!Holding)
            return;
        var claim = new LeaseClaim(Self, _process.Run, _term);
        _phase = Phase.Idle;
        _noAskBefore = _now.Mono + Timings.HandOver;
        _grants.Clear();
        _voter.Release(Self, _term);
        FailCommits();
        var vitals = NewVitals();
        foreach (var peer in _peers.Values)
        {
            if (next is null)
                SendTo(peer, vitals, null, release: claim.Term);
            else if (peer.Id == next)
                SendTo(peer, vitals, null, handOver: claim);
        }
    }

    private void TakeOver(LeaseClaim given)
    {
        if (Draining || Holding || !IsVoter || given.Term < HighestTerm)
            return;
        if (_phase == Phase.Asking)
            GiveUp();
        _released = given;
        _releasedUntil = _now.Mono + Timings.Lease;
        _noAskBefore = _now.Mono;
    }

    private void OnStop(long ticket)
    {
        _stopTickets.Add(ticket);
        if (_stopTickets.Count == 1 && _phase == Phase.Asking)
            GiveUp();
    }

    private void OnStopWithdrawn()
    {
        foreach (var ticket in _stopTickets)
            Reply(ticket);
        _stopTickets.Clear();
        _stopUntil = null;
    }

    private void WatchStop()
    {
        if (_stopping && _now.Mono - _stoppingSince >= OrderlyStop)
        {
            StopBot(orderly: false);
            ReleaseLease();
        }
        if (_stopTickets.Count == 0)
            return;
        if (!Holding && _witness.InTenure && !_stopping)
            StopOrRelease();
        if (Holding || _stopping)
            return;
        // The successor still needs this node's vote, and perhaps the hand-over a second time: go when it has won, or has had its time.
        _stopUntil ??= _now.Mono + (2 * Timings.HandOver);
        if (_now.Mono < _stopUntil && HeardHolder() is null && FreshCount > 1)
            return;
        foreach (var ticket in _stopTickets)
            Reply(ticket);
        _stopTickets.Clear();
    }
}
