using System.Collections.Immutable;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Core.Cluster;

/// <summary>Rules H1 to H4 and S2's clones: the beat, evidence of life, and what each message says.</summary>
public sealed partial class ClusterNode
{
    private const long PullGap = 500;
    private const long CloneMemory = 30_000;

    private readonly Dictionary<long, Outgoing> _outgoing = [];
    private long _nextBeat;
    private long _nextReconcile;
    private long _sendId;
    private long _seq;
    private long _clonedUntil;

    private sealed record Outgoing(string Peer, string Address, long SentAt, bool Retried, Heartbeat Message, long Version);

    // A fixed beat: "2 s after the last one" would drift, and a slow peer must not delay the others (H1).
    private void Beat()
    {
        if (Removed)
            return;
        if (_now.Mono < _nextBeat)
            return;
        _nextBeat += Timings.Beat;
        if (_nextBeat <= _now.Mono)
            _nextBeat = _now.Mono + Timings.Beat;
        var vitals = NewVitals();
        var ask = CurrentAsk();
        foreach (var peer in _peers.Values)
        {
            SendTo(peer, vitals, ask);
            TryFirstRoad(peer);
        }
        if (_now.Mono >= _nextReconcile)
            Reconcile();
    }

    private void Reconcile()
    {
        _nextReconcile = _now.Mono + Timings.Reconcile;
        var others = _peers.Values.Where(p => p.Heard(_now.Mono) && p.Vitals!.Digest != Digest).ToArray();
        if (others.Length > 0)
            Pull(others[_random.Next(0, others.Length)]);
    }

    private void SendTo(Peer peer, Vitals vitals, Ask? ask, bool pull = false, LeaseClaim? handOver = null, Term? release = null)
    {
        var message = new Heartbeat
        {
            Vitals = vitals,
            Ask = ask,
            Pull = pull,
            HandOver = handOver,
            Release = release,
            State = _away ? null : pull ? MemberTable.Share(_state) : Unacknowledged(peer),
            Proposals = ProposalsFor(peer.Id),
            Ended = TakeEnded(peer.Id),
        };
        Transmit(peer, message, _shareVersion, retried: false);
    }

    private void Transmit(Peer peer, Heartbeat message, long version, bool retried)
    {
        if (MemberTable.Find(_state.Peers, peer.Id) is not { } record)
            return;
        // The address that has proved good goes first: a dead one would cost each call its second (H1).
        var second = record.AltAddr is { } other && (peer.Road == other) != retried;
        Transmit(peer, second ? record.AltAddr! : record.Addr, message, version, retried);
    }

    private void Transmit(Peer peer, string address, Heartbeat message, long version, bool retried)
    {
        var id = ++_sendId;
        _outgoing[id] = new Outgoing(peer.Id, address, _now.Mono, retried, message, version);
        Emit(new Effect.Send(peer.Id, address, peer.Run, id, message));
    }

    // Beside the beat, so that nothing waits for it; its answer leads back to the first road (H1).
    private void TryFirstRoad(Peer peer)
    {
        if (_now.Mono < peer.RoadLook || MemberTable.Find(_state.Peers, peer.Id) is not { AltAddr: { } other } record || peer.Road != other)
            return;
        peer.RoadLook = _now.Mono + Timings.RoadBack;
        Transmit(peer, record.Addr, new Heartbeat { Vitals = NewVitals() }, _shareVersion, retried: true);
    }

    private Vitals NewVitals()
    {
        var own = Own;
        return new Vitals
        {
            Node = Self,
            Run = _process.Run,
            Boot = _process.Boot,
            Build = _process.Build,
            Load = _load,
            Traffic = _traffic,
            Clock = _now.Utc.ToUnixTimeMilliseconds(),
            Unasked = TellsUnasked,
            OverlayDown = _tunnelDown,
            Seq = ++_seq,
            At = _now.Mono,
            Incarnation = own.Incarnation,
            Priority = own.Priority,
            Term = HighestTerm,
            Digest = Digest,
            Cfg = _state.Members.Cfg,
            Settings = _state.Settings.Stamp,
            Rotation = RotationStamp,
            Audit = _audit.Mark,
            Polls = _state.Settings.BotToken is null || (Holding && !FreshLease) ? Polls.None : _bot,
            Telegram = TelegramAnswers,
            Draining = Draining,
            Members = _state.Members.Ids.Length,
            Unheard = Unheard(),
            Lease = Holding && FreshLease ? new LeaseClaim(Self, _process.Run, _term) : Holding ? null : _voter.Current(_now.Mono),
        };
    }

    private ImmutableArray<string> Unheard()
    {
        if (ReachedCount == _state.Members.Ids.Length)
            return [];
        ImmutableArray<string>.Builder? unheard = null;
        foreach (var id in _state.Members.Ids)
        {
            if (id != Self && !(_peers.TryGetValue(id, out var peer) && Reached(peer, _now.Mono)))
                (unheard ??= ImmutableArray.CreateBuilder<string>()).Add(id);
        }
        return unheard?.ToImmutable() ?? [];
    }

    private void OnHeartbeat(Input.HeartbeatReceived received)
    {
        var message = received.Message;
        var from = message.Vitals.Node;
        var gone = MemberTable.Find(_state.Peers, from) is { Status: not MemberStatus.Active };
        Grant? grant = null;
        Peer? peer = null;
        if (message.State is { } state && !gone)
            Merge(state, whole: message.Pull);
        if (!gone && !Removed && _peers.TryGetValue(from, out peer))
        {
            if (Hear(peer, message.Vitals, null))
                grant = TakeLeaseParts(peer, message);
            else if (message.HandOver is { } given && message.Vitals.Run == peer.Run)
                TakeOver(given);
            TakeProposals(from, message.Proposals);
            TakeEnds(message.Ended);
        }
        Emit(new Effect.Reply(received.Ticket, new Answer.Beat(new HeartbeatAnswer
        {
            Vitals = NewVitals(),
            Grant = grant,
            State = !_away && (message.Pull || grant?.Refused == "stale") ? MemberTable.Share(_state) : null,
            Ended = peer is null ? [] : TakeEnded(from),
            Cloned = peer?.Cloned(_now.Mono) ?? false,
            Removed = gone,
        })));
    }

    // Only a message that proves life may move a lease: a late one is somebody's past. Not so a lease that its holder gave
    // away (L5): it never comes back under that term, and calls of one moment overtake each other.
    private Grant? TakeLeaseParts(Peer peer, Heartbeat message)
    {
        if (message.Release is { } term)
            _voter.Release(peer.Id, term);
        if (message.HandOver is { } given)
            TakeOver(given);
        return message.Ask is { } ask ? Vote(peer, ask) : null;
    }

    private void OnAnswer(Input.HeartbeatAnswered answered)
    {
        if (!_outgoing.Remove(answered.Id, out var sent) || sent.Peer != answered.Peer || !_peers.ContainsKey(sent.Peer))
            return;
        var message = answered.Message;
        if (message.Removed)
        {
            OnRemovedElsewhere(message);
            return;
        }
        if (message.Cloned)
            OnCloned();
        if (message.State is { } state)
            Merge(state, whole: true);
        else if (sent.Message.Pull)
            _away = false;
        // The merge may have been its end.
        if (!_peers.TryGetValue(sent.Peer, out var peer))
            return;
        peer.RttMs = _now.Mono - sent.SentAt;
        TakeRoad(peer, sent);
        Hear(peer, message.Vitals, sent.SentAt);
        // A grant and an acknowledgement count even when a later message overtook this one.
        if (message.Vitals.Run == peer.Run)
        {
            peer.Acknowledged = Math.Max(peer.Acknowledged, sent.Message.State is null ? 0 : sent.Version);
            if (message.Grant is { } grant)
                TakeGrant(peer, sent, grant);
        }
        TakeEnds(message.Ended);
    }

    private void OnFailed(Input.PeerFailed failed)
    {
        if (!_outgoing.Remove(failed.Id, out var sent) || sent.Peer != failed.Peer || !_peers.TryGetValue(sent.Peer, out var peer))
            return;
        // A call that was under way while this node took another secret says nothing of the one that it has now (X2).
        if (failed.Reason == Errors.Unauthorized && sent.SentAt >= _keysSince)
            peer.RefusedAt = _now.Mono;
        else if (failed.Reason == Errors.Certificate)
            peer.UntrustedAt = _now.Mono;
        // One retry inside the beat, over the other road where there is one (H1).
        if (!sent.Retried && !Removed && _now.Mono - sent.SentAt < Timings.Beat)
            Transmit(peer, sent.Message with { Vitals = NewVitals(), Ask = sent.Message.Ask is null ? null : CurrentAsk() }, sent.Version, retried: true);
    }

    // Only what was tried because another road failed, or to see whether it is back: an ordinary answer may be older than that news.
    private void TakeRoad(Peer peer, Outgoing sent)
    {
        if (!sent.Retried)
            return;
        peer.Road = sent.Address;
        peer.RoadLook = _now.Mono + Timings.RoadBack;
    }

    private bool Hear(Peer peer, Vitals vitals, long? sentAt)
    {
        var oldRun = peer.Run;
        var proves = peer.Hear(vitals, _now, sentAt);
        if (vitals.Term > HighestTerm)
            SeeTerm(vitals.Term);
        if (peer.Run != oldRun)
        {
            _voter.Heard(peer.Id, vitals.Run);
            if (oldRun is not null)
                Tell(NoticeKind.NodeRestarted, peer.Id);
        }
        if (peer.Run != oldRun && vitals.V is < Limits.Protocol - 1 or > Limits.Protocol + 1)
            Tell(NoticeKind.ProtocolMismatch, peer.Id);
        var known = MemberTable.Find(_state.Peers, peer.Id)?.Incarnation ?? 0;
        var behind = _away || vitals.Cfg > _state.Members.Cfg || vitals.Settings > _state.Settings.Stamp || vitals.Rotation > RotationStamp || vitals.Incarnation > known;
        if (proves && behind && _now.Mono >= peer.PullAfter)
            Pull(peer);
        if (proves)
            NoticeAudit(peer);
        return proves;
    }

    private void Pull(Peer peer)
    {
        peer.PullAfter = _now.Mono + PullGap;
        SendTo(peer, NewVitals(), null, pull: true);
    }

    private void OnCloned()
    {
        if (!ClonedSelf)
            Tell(NoticeKind.Cloned, Self);
        _clonedUntil = _now.Mono + CloneMemory;
    }

    // Health is told once per change, and not by a node that hears nobody: it suspects itself (H4).
    private void WatchPeers()
    {
        WatchRefusals();
        foreach (var peer in _peers.Values)
        {
            var health = peer.HealthAt(_now.Mono);
            if (health == peer.Told || (health != Health.Alive && HearsNobody()))
                continue;
            if (health == Health.Down)
                Tell(NoticeKind.NodeDown, peer.Id);
            else if (health == Health.Alive && peer.Told == Health.Down)
                Tell(NoticeKind.NodeUp, peer.Id);
            if (health != Health.Suspect)
                peer.Told = health;
        }
    }

    private bool HearsNobody()
    {
        foreach (var peer in _peers.Values)
        {
            if (peer.Fresh(_now.Mono))
                return false;
        }
        return true;
    }
}
