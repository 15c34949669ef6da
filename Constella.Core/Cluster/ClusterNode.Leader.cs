using Constella.Core.Wire;

namespace Constella.Core.Cluster;

/// <summary>Rules E1 to E4: who is preferred as Host, and who is it as far as this node knows.</summary>
public sealed partial class ClusterNode
{
    private bool _telegramBad;

    // Who votes is asked many times a step and changes seldom: kept here and in each Peer.
    private bool IsVoter { get; set; }

    private long? _telegramFailingSince;
    private long _telegramGoodSince = long.MinValue / 2;

    private Term HighestTerm => _state.Term;

    // E2: only the node itself looks at the time; were each observer to count the 10 s from when it was told, all would prefer different ones.
    private bool TelegramAnswers => _state.Settings.BotToken is null || (!_telegramBad && _now.Mono - _telegramGoodSince >= Timings.Settle);

    private LeaderKey OwnKey => new(!TelegramAnswers, Own.Priority, Self);

    private static LeaderKey KeyOf(Peer peer) => new(!peer.Vitals!.Telegram, peer.Vitals.Priority, peer.Id);

    private int FreshCount => CountVoters(static (p, mono) => p.Fresh(mono));

    private int ReachedCount => CountVoters(Reached);

    private int CountVoters(Func<Peer, long, bool> counts)
    {
        var count = IsVoter ? 1 : 0;
        foreach (var peer in _peers.Values)
        {
            if (peer.Votes && counts(peer, _now.Mono))
                count++;
        }
        return count;
    }

    private void RefreshVoters()
    {
        IsVoter = IsVoterId(Self);
        foreach (var peer in _peers.Values)
            peer.Votes = IsVoterId(peer.Id);
    }

    // Heard, and answering: who is called but cannot call would be preferred by all and never ask (E1).
    private bool ReachesMajority() => ReachedCount >= _state.Members.Majority;

    private static bool Reached(Peer peer, long mono) => peer.Heard(mono) && peer.Answers(mono);

    // E1: only keys count whose latest heartbeat lists a majority as heard.
    private bool Eligible(Peer peer) =>
        peer.Votes && peer.Heard(_now.Mono) && !peer.Vitals!.Draining && !peer.Cloned(_now.Mono)
        && peer.Vitals.Members - peer.Vitals.Unheard.Length >= (peer.Vitals.Members / 2) + 1;

    private bool IsVoterId(string id) => _state.Members.Ids.AsSpan().BinarySearch(id, StringComparer.Ordinal) >= 0;

    private string? CandidateId()
    {
        LeaderKey? best = !Draining && !ClonedSelf && IsVoter && ReachesMajority() ? OwnKey : null;
        foreach (var peer in _peers.Values)
        {
            if (!Eligible(peer))
                continue;
            var key = KeyOf(peer);
            if (best is not { } known || key < known)
                best = key;
        }
        return best?.NodeId;
    }

    // The holder by its own word; a voter's word is second hand and may be of a lease that is ending.
    private Peer? HeardHolder() => BestPeer(
        static p => p.Vitals!.Lease?.Holder == p.Id, static p => p.Vitals!.Lease!.Term);

    // W2: a voter tells of a lease whose holder this node does not hear itself. A grant that won nothing has a higher term than any that was won.
    private bool HearsOfHolder()
    {
        foreach (var peer in _peers.Values)
        {
            if (peer.Fresh(_now.Mono) && peer.Vitals!.Lease is { } lease && lease.Holder != Self && lease.Term <= peer.Vitals.Term
                && !(_peers.TryGetValue(lease.Holder, out var holder) && holder.Fresh(_now.Mono)))
                return true;
        }
        return false;
    }

    // Of those that are heard.
    private Peer? BestPeer(Func<Peer, bool> counts, Func<Peer, Term> term)
    {
        Peer? best = null;
        foreach (var peer in _peers.Values)
        {
            if (peer.Heard(_now.Mono) && counts(peer) && (best is null || term(peer) > term(best)))
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
        if (BestPeer(static p => p.Vitals!.Polls == Polls.Witness, static p => p.Vitals!.Term) is { } witness)
            return witness.Id;
        var second = BestPeer(static p => p.Vitals!.Lease is not null, static p => p.Vitals!.Lease!.Term)?.Vitals!.Lease;
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
