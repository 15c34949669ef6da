using Constella.Core.Wire;

namespace Constella.Core.Cluster;

/// <summary>Rules E1 to E4: who is preferred as Host, and who is it as far as this node knows.</summary>
public sealed partial class ClusterNode
{
    private bool _telegramBad;
    private long? _telegramFailingSince;
    private long _telegramGoodSince = long.MinValue / 2;

    private bool IsVoter => IsVoterId(Self);

    private Term HighestTerm => _state.Term;

    private bool TelegramAnswers => _state.Settings.BotToken is null || !_telegramBad;

    private LeaderKey OwnKey => new(
        _state.Settings.BotToken is not null && (_telegramBad || _now.Mono - _telegramGoodSince < Timings.Settle), Own.Priority, Self);

    private LeaderKey KeyOf(Peer peer) => new(peer.TelegramUnreachable(_now.Mono), peer.Vitals!.Priority, peer.Id);

    private int FreshCount => CountVoters(p => p.Fresh(_now.Mono));

    private int CountVoters(Func<Peer, bool> counts)
    {
        var count = 0;
        foreach (var id in _state.Members.Ids)
        {
            if (id == Self || (_peers.TryGetValue(id, out var peer) && counts(peer)))
                count++;
        }
        return count;
    }

    // Heard, and answering: who is called but cannot call would be preferred by all and never ask (E1).
    private bool ReachesMajority() => CountVoters(Reached) >= _state.Members.Majority;

    private bool Reached(Peer peer) => peer.Heard(_now.Mono) && peer.Answers(_now.Mono);

    // E1: only keys count whose latest heartbeat lists a majority as heard.
    private bool Eligible(Peer peer) =>
        peer.Heard(_now.Mono) && !peer.Vitals!.Draining && !peer.Cloned(_now.Mono) && IsVoterId(peer.Id)
        && peer.Vitals.Members - peer.Vitals.Unheard.Length >= (peer.Vitals.Members / 2) + 1;

    private bool IsVoterId(string id) => _state.Members.Ids.AsSpan().BinarySearch(id, StringComparer.Ordinal) >= 0;

    private string? CandidateId()
    {
        LeaderKey? best = !Draining && !ClonedSelf && IsVoter && ReachesMajority() ? OwnKey : null;
        foreach (var peer in _peers.Values)
        {
            if (Eligible(peer) && (best is not { } known || KeyOf(peer) < known))
                best = KeyOf(peer);
        }
        return best?.NodeId;
    }

    // The holder by its own word; a voter's word is second hand and may be of a lease that is ending.
    private Peer? HeardHolder() => BestPeer(p => p.Heard(_now.Mono) && p.Vitals!.Lease?.Holder == p.Id, p => p.Vitals!.Lease!.Term);

    private Peer? BestPeer(Func<Peer, bool> counts, Func<Peer, Term> term)
    {
        Peer? best = null;
        foreach (var peer in _peers.Values)
        {
            if (counts(peer) && (best is null || term(peer) > term(best)))
                best = peer;
        }
        return best;
    }

    private string? HostId()
    {
        if (Holding || _witness.InTenure)
            return Self;
        if (HeardHolder() is { } holder)
            return holder.Id;
        if (BestPeer(p => p.Heard(_now.Mono) && p.Vitals!.Polls == Polls.Witness, p => p.Vitals!.Term) is { } witness)
            return witness.Id;
        var second = BestPeer(p => p.Heard(_now.Mono) && p.Vitals!.Lease is not null, p => p.Vitals!.Lease!.Term)?.Vitals!.Lease;
        if (_voter.Current(_now.Mono) is { } granted && (second is null || granted.Term > second.Term))
            second = granted;
        // Heard directly, it would have said so itself.
        return second is null || second.Holder == Self || (_peers.TryGetValue(second.Holder, out var peer) && peer.Fresh(_now.Mono))
            ? null
            : second.Holder;
    }

    // E2: Telegram counts as gone after 10 s without an answer, and as back after 10 s of answers.
    private void OnTelegram(bool reached)
    {
        if (reached)
        {
            if (_telegramBad)
                _telegramGoodSince = _now.Mono;
            _telegramBad = false;
            _telegramFailingSince = null;
            return;
        }
        _telegramFailingSince ??= _now.Mono;
        if (_now.Mono - _telegramFailingSince >= Timings.Settle)
            _telegramBad = true;
    }
}
