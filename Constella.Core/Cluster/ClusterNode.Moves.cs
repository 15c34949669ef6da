using System.Collections.Immutable;
using Constella.Core.Audit;
using Constella.Core.Members;

namespace Constella.Core.Cluster;

/// <summary>Rules E3, E5 and E6: when a Host that could go on hands over, and to whom. And rule U8: why the Host is where it is.</summary>
public sealed partial class ClusterNode
{
    private const long HandOverAgain = Timings.Settle;

    private ImmutableArray<Option> _movesIn;
    private string? _preferred;
    private bool _paused;
    private long _orderedUntil;
    private string? _lastHost;

    /// <summary>The node that a transfer has named (rule E5).</summary>
    private string? Preferred
    {
        get
        {
            ReadMoves();
            return _preferred;
        }
    }

    private bool Paused
    {
        get
        {
            ReadMoves();
            return _paused;
        }
    }

    // Asked for with every key that is compared; set seldom.
    private void ReadMoves()
    {
        var options = _state.Settings.Options;
        if (_movesIn == options)
            return;
        _movesIn = options;
        _preferred = Options.Text(options, Options.HostPreferred, null);
        _paused = Options.Text(options, Options.HostPaused, null) == Options.On;
    }

    // E6: an order moves the Host though moves are paused; it is an order for as long as somebody waits for it.
    private void NoteTransfer(SettingsPatch patch)
    {
        foreach (var option in patch.Options)
        {
            if (option.Key == Options.HostPreferred)
                _orderedUntil = _now.Mono + ProposalTimeout;
        }
    }

    private bool MayMove => !Paused || _now.Mono < _orderedUntil || OwnKey.TelegramUnreachable;

    // E3: a smaller key that has lived unbroken for 10 s gets the lease by hand-over, never by taking it.
    private void WatchHandOver()
    {
        if (_handOver is not null || _stopping || _now.Mono < _noHandOverBefore || (HasCommits && !Draining))
            return;
        if (!Draining && (!MayMove || CandidateId() == Self))
            return;
        var next = Successor(settled: !Draining);
        // It knows the settings by which it comes first (E5): else it would refuse itself.
        if (!Draining && next?.Vitals!.Settings < _state.Settings.Stamp)
            return;
        if (Draining || next is not null)
        {
            _handOver = new HandOver(next?.Id);
            if (next is not null)
                Tell(NoticeKind.HandOver, next.Id);
            StopOrRelease();
        }
    }

    private Peer? Successor(bool settled)
    {
        Peer? best = null;
        foreach (var peer in _peers.Values)
        {
            if (!Eligible(peer) || !peer.Fresh(_now.Mono))
                continue;
            if (settled && (_now.Mono - peer.AliveSince < Timings.Settle || !(KeyOf(peer) < OwnKey)))
                continue;
            if (best is null || KeyOf(peer) < KeyOf(best))
                best = peer;
        }
        return best;
    }

    /// <summary>Rule U8.</summary>
    /// <param name="why">One of <see cref="HostCauses"/>.</param>
    private void NoteHost(string why)
    {
        Record(AuditStage.Done, null, AuditActions.Host, Self, _lastHost, why);
        _lastHost = Self;
    }

    private string WonBy()
    {
        if (_released is { } given)
        {
            if (MemberTable.Find(_state.Peers, given.Holder) is { Drain: true })
                return HostCauses.Drain;
            if (_peers.TryGetValue(given.Holder, out var giver) && giver.Vitals is { Draining: true })
                return HostCauses.Stop;
            return Preferred == Self ? HostCauses.Transfer : HostCauses.Return;
        }
        return _lastHost is null ? HostCauses.Start : _lastHost == Self ? HostCauses.Again : HostCauses.Failover;
    }
}
