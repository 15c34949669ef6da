using System.Collections.Immutable;
using Constella.Core.Audit;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Core.Cluster;

/// <summary>Rules M1 to M3: who leaves or is put out, and the one-by-one change of who votes.</summary>
public sealed partial class ClusterNode
{
    private readonly Queue<SetChange> _setChanges = new();
    private MemberSet? _oldSet;
    private bool _leaving;
    private long? _asideUntil;

    /// <summary>A change of the voters that waits for its turn.</summary>
    private sealed record SetChange(string NodeId, bool Add, (string Peer, string Id)? Proposal)
    {
        public bool Evict { get; init; }
        public bool Forced { get; init; }

        public string Action => Evict ? AuditActions.Evict : Forced ? AuditActions.ForceLeave : AuditActions.Leave;
    }

    private void OnLeave(Input.LeaveRequested leave)
    {
        var record = MemberTable.Find(_state.Peers, leave.NodeId);
        if (record is null || record.Status != MemberStatus.Active)
            Reply(leave.Ticket, Errors.NotMember, "no such member");
        else if (_state.Peers.Count(r => r.Status == MemberStatus.Active) == 1)
            Reply(leave.Ticket, Errors.LastMember, "this is the network's last node: stop it and remove its state folder instead");
        else
        {
            // A Host that leaves hands over first: its successor writes the end.
            _leaving |= leave.NodeId == Self;
            Propose(new Proposal { Id = NewId(), Remove = leave.NodeId }, leave.Ticket);
        }
    }

    private void OnEvict(Input.EvictRequested evict) =>
        PutOut(evict.NodeId, evict.Ticket, new Proposal { Id = NewId(), Remove = evict.NodeId, Evict = true });

    private void OnForceLeave(Input.ForceLeaveRequested leave) =>
        PutOut(leave.NodeId, leave.Ticket, new Proposal { Id = NewId(), Remove = leave.NodeId, Forced = true });

    private void PutOut(string nodeId, long ticket, Proposal proposal)
    {
        if (nodeId == Self)
            Reply(ticket, Errors.IsSelf, "a node does not put itself out: it leaves");
        else if (Removed || MemberTable.Find(_state.Peers, nodeId) is not { Status: MemberStatus.Active })
            Reply(ticket, Errors.NotMember, "no such member");
        else
            Propose(proposal, ticket);
    }

    private string? ApplyRemoval(Proposal proposal, (string Peer, string Id) origin)
    {
        if (MemberTable.Find(_state.Peers, proposal.Remove!) is not { } record)
            return Errors.NotMember;
        if (record.Status != MemberStatus.Active && !IsVoterId(record.NodeId))
            EndProposal(origin.Peer, origin.Id, null);
        else if (record.NodeId == Self && proposal.Evict)
            StepAside(origin);
        else if (_setChanges.Any(c => c.NodeId == record.NodeId && !c.Add))
            _takenIds.Remove(origin.Id);
        else
            _setChanges.Enqueue(new SetChange(record.NodeId, false, origin) { Evict = proposal.Evict, Forced = proposal.Forced });
        return null;
    }

    // A Host that is put out hands over, and its successor writes its end: whoever asked for it asks that one.
    private void StepAside((string Peer, string Id) origin)
    {
        _takenIds.Remove(origin.Id);
        _leaving = true;
        _asideUntil = _now.Mono + ProposalTimeout;
    }

    // Nobody wrote it in time: it is a member like any other again.
    private void ComeBack()
    {
        if (_asideUntil is not { } until || _now.Mono < until)
            return;
        _asideUntil = null;
        _leaving = false;
    }

    private void OnWon() => _oldSet = null;

    // M2: who has answered one ask may vote; before that a closed port would cost the holder its lease.
    private void OnVoterAnswered(string nodeId)
    {
        if (Holding && !IsVoterId(nodeId) && !_setChanges.Any(c => c.NodeId == nodeId))
            _setChanges.Enqueue(new SetChange(nodeId, true, null));
    }

    // M1: the set in force bears the holder's own term and is known to majorities of it and of the one before it.
    private void WatchSet()
    {
        if (!Holding || _setChanges.Count == 0)
            return;
        var set = _state.Members;
        if (set.Cfg.Term != _term)
        {
            WriteSet(set.Ids);
            return;
        }
        if (!Acknowledged(set, _membersVersion) || (_oldSet is not null && !Acknowledged(_oldSet, _membersVersion)))
            return;
        // Once is enough: who has left since then is asked for nothing any more.
        _oldSet = null;
        ApplySetChange(_setChanges.Peek());
    }

    private void ApplySetChange(SetChange change)
    {
        var ids = _state.Members.Ids;
        var isVoter = IsVoterId(change.NodeId);
        if (change.Add)
        {
            _setChanges.Dequeue();
            if (!isVoter && _peers.ContainsKey(change.NodeId))
                WriteSet(ids.Add(change.NodeId).Sort(string.CompareOrdinal));
            return;
        }
        if (change.Forced && Lives(change.NodeId))
        {
            _setChanges.Dequeue();
            EndProposal(change.Proposal!.Value.Peer, change.Proposal.Value.Id, Errors.IsAlive);
            return;
        }
        // First it loses its vote, confirmed by both majorities, and it is one of the old; its end is written after that.
        if (isVoter)
        {
            if (!LivesWithout(change.NodeId))
            {
                _setChanges.Dequeue();
                if (change.Proposal is { } proposal)
                    EndProposal(proposal.Peer, proposal.Id, Errors.NoHost);
                return;
            }
            WriteSet(ids.Remove(change.NodeId));
            return;
        }
        _setChanges.Dequeue();
        var record = MemberTable.Find(_state.Peers, change.NodeId)!;
        _state = _state with
        {
            Peers = MemberTable.With(_state.Peers, record with { Status = change.Evict ? MemberStatus.Evicted : MemberStatus.Left, Expires = _now.Utc + Limits.TombstoneLife }),
        };
        _peersVersion = ++_shareVersion;
        Shared();
        Push();
        RefreshPeers();
        Tell(NoticeKind.NodeLeft, change.NodeId, change.Evict ? "evicted" : null);
        NoteRemoved(change);
        _commits.Add(new Commit { Version = _peersVersion, Since = _now.Mono, Proposal = change.Proposal });
    }

    // M3: this very node, back from a pause; heard here; or reached by a voter that is heard.
    private bool Lives(string nodeId)
    {
        if (nodeId == Self)
            return true;
        if (_peers.TryGetValue(nodeId, out var peer) && peer.Heard(_now.Mono))
            return true;
        foreach (var other in _peers.Values)
        {
            if (other.Votes && other.Fresh(_now.Mono) && IsVoterId(nodeId) && !other.Vitals!.Unheard.Contains(nodeId))
                return true;
        }
        return false;
    }

    // A set whose living are no majority could never be changed again: the change waits for more of them (M1).
    private bool LivesWithout(string nodeId)
    {
        var rest = new MemberSet { Ids = _state.Members.Ids.Remove(nodeId) };
        return rest.Ids.Count(id => id == Self || (_peers.TryGetValue(id, out var peer) && peer.Fresh(_now.Mono))) >= rest.Majority;
    }

    private void WriteSet(ImmutableArray<string> ids)
    {
        _oldSet = _state.Members;
        var counter = _state.Members.Cfg.Term == _term ? _state.Members.Cfg.Counter + 1 : 1;
        _state = _state with { Members = new MemberSet { Cfg = new Stamp(_term, counter), Ids = ids } };
        RefreshVoters();
        _membersVersion = ++_shareVersion;
        Shared();
        Push();
    }

    // A peer says that this node is no member: its word is signed, and its tombstone is the proof.
    private void OnRemovedElsewhere(HeartbeatAnswer message)
    {
        if (message.State is { } state)
            Merge(state, whole: true);
        else if (!Removed)
            _state = _state with { Peers = MemberTable.With(_state.Peers, Own with { Status = MemberStatus.Left, Expires = _now.Utc + Limits.TombstoneLife }) };
        if (Removed)
            Tell(NoticeKind.Removed, Self);
    }
}
