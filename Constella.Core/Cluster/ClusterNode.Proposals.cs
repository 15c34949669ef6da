using System.Collections.Immutable;
using Constella.Core.Wire;

namespace Constella.Core.Cluster;

/// <summary>What only the lease holder may change, proposed from any node: carried by heartbeats until it is answered.</summary>
public sealed partial class ClusterNode
{
    private const long ProposalTimeout = 10_000;
    private const int EndsRemembered = 64;

    private readonly List<PendingProposal> _proposals = [];
    private readonly List<(string Peer, ProposalEnd End)> _ends = [];
    private readonly Dictionary<string, string?> _endedIds = [];
    private readonly HashSet<string> _takenIds = [];

    private sealed class PendingProposal
    {
        public required Proposal Proposal { get; init; }
        public required long Ticket { get; init; }
        public required long Since { get; init; }
        public JoinRequest? Join { get; init; }

        /// <summary>To whom it was sent, or this node itself; null: to nobody yet.</summary>
        public string? SentTo { get; set; }

        /// <summary>Somebody may have taken it: that nobody was added is not certain any more (J2).</summary>
        public bool Tried { get; set; }
    }

    private void Propose(Proposal proposal, long ticket, JoinRequest? join = null)
    {
        if (_order is { Command: null } order)
            order.Command = proposal.Id;
        _proposals.Add(new PendingProposal { Proposal = proposal, Ticket = ticket, Since = _now.Mono, Join = join });
        Forward();
    }

    // This node's own proposals take the same road as others', without the network.
    private void Forward()
    {
        if (_proposals.Count == 0)
            return;
        Peer? receiver = null;
        foreach (var pending in _proposals.ToArray())
        {
            var writer = WriterFor(pending.Proposal);
            if (writer is null || pending.SentTo == writer)
                continue;
            pending.SentTo = writer;
            pending.Tried = true;
            if (writer == Self)
                Apply(pending.Proposal, Self);
            else
                _peers.TryGetValue(writer, out receiver);
        }
        if (receiver is not null)
            SendTo(receiver, NewVitals(), CurrentAsk());
    }

    // Members are the lease holder's to change, by its own word; settings a witness's too.
    private string? WriterFor(Proposal proposal)
    {
        if (Holding && !_leaving)
            return Self;
        if (proposal.Patch is null)
            return HeardHolder()?.Id;
        return HostId() is { } host && (host != Self || MayWrite) ? host : null;
    }

    private ImmutableArray<Proposal> ProposalsFor(string peer)
    {
        if (_proposals.Count == 0)
            return [];
        return [.. _proposals.Where(p => p.SentTo == peer).Select(p => p.Proposal)];
    }

    private void TakeProposals(string from, ImmutableArray<Proposal> proposals)
    {
        foreach (var proposal in proposals)
        {
            if (_endedIds.TryGetValue(proposal.Id, out var error))
                _ends.Add((from, new ProposalEnd(proposal.Id, error)));
            else if (Holding || (MayWrite && proposal.Patch is not null))
                Apply(proposal, from);
        }
    }

    private void Apply(Proposal proposal, string from)
    {
        if (!_takenIds.Add(proposal.Id))
            return;
        if (proposal.Patch is { } patch)
        {
            WriteSettings(patch);
            _commits.Add(new Commit { Version = _shareVersion, Since = _now.Mono, Patch = patch, Proposal = (from, proposal.Id) });
            Push();
        }
        else if (!Holding)
        {
            _takenIds.Remove(proposal.Id);
        }
        else if (proposal.Rotate)
        {
            _rotationsAsked.Add((from, proposal.Id));
        }
        else if (proposal.Add is null && proposal.Remove is null)
        {
            EndProposal(from, proposal.Id, Errors.Invalid);
        }
        else if (ApplyMember(proposal, (from, proposal.Id)) is { } error)
        {
            EndProposal(from, proposal.Id, error);
        }
    }

    private void EndProposal(string peer, string id, string? error)
    {
        _takenIds.Remove(id);
        // A writer that lost its right does not know the end: the next one is asked.
        if (error is Errors.NoHost or Errors.Timeout)
        {
            foreach (var pending in _proposals.Where(p => p.Proposal.Id == id))
                pending.SentTo = null;
            return;
        }
        if (_endedIds.Count >= EndsRemembered)
            _endedIds.Clear();
        _endedIds[id] = error;
        var end = new ProposalEnd(id, error);
        if (peer == Self)
        {
            TakeEnds([end]);
            return;
        }
        _ends.Add((peer, end));
        if (_peers.TryGetValue(peer, out var proposer) && proposer.Fresh(_now.Mono))
            SendTo(proposer, NewVitals(), CurrentAsk());
    }

    private ImmutableArray<ProposalEnd> TakeEnded(string peer)
    {
        if (_ends.Count == 0)
            return [];
        var mine = _ends.Where(e => e.Peer == peer).Select(e => e.End).ToImmutableArray();
        _ends.RemoveAll(e => e.Peer == peer);
        return mine;
    }

    private void TakeEnds(ImmutableArray<ProposalEnd> ends)
    {
        foreach (var end in ends)
        {
            var index = _proposals.FindIndex(p => p.Proposal.Id == end.Id);
            if (index < 0)
                continue;
            var pending = _proposals[index];
            _proposals.RemoveAt(index);
            EndPending(pending, end.Error);
        }
    }

    private void FinishProposals()
    {
        ComeBack();
        WatchSet();
        Forward();
        for (var i = 0; i < _proposals.Count; i++)
        {
            var pending = _proposals[i];
            // Who is removed is told so by whoever it calls, and by nobody what became of its proposal.
            if (Removed && pending.Proposal.Remove == Self)
            {
                _proposals.RemoveAt(i--);
                EndPending(pending, null);
                continue;
            }
            if (_now.Mono - pending.Since < ProposalTimeout)
                continue;
            _proposals.RemoveAt(i--);
            EndPending(pending, pending.Tried ? Errors.Timeout : Errors.NoHost);
        }
    }

    private void EndPending(PendingProposal pending, string? error)
    {
        if (error is not null && pending.Proposal.Remove == Self)
            _leaving = false;
        if (pending.Join is { } join)
        {
            JoinEnded(join, pending.Ticket, error);
            return;
        }
        Reply(pending.Ticket, error, error switch
        {
            null => null,
            Errors.NoHost => "the network has no Host now (no majority of its nodes is reachable); try again when it has one",
            Errors.Timeout => "the network did not confirm the change in time; look before you repeat it",
            Errors.IsAlive => "another node hears it: let it leave (constella leave, there), or evict it",
            _ => "the Host refused the change",
        });
    }
}
