using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Core.Cluster;

/// <summary>Rules J2, J3 and S1: invites, who joins, and the records of the members.</summary>
public sealed partial class ClusterNode
{
    private void OnInvite(Input.InviteRequested request)
    {
        var live = _state.Invites.RemoveAll(i => i.Expires + Limits.InviteMax < _now.Utc);
        if (Removed)
            Reply(request.Ticket, Errors.NotMember, "this node has left the network");
        else if (request.Ttl < Limits.InviteMin || request.Ttl > Limits.InviteMax)
            Reply(request.Ticket, Errors.Invalid, "an invite lives for 1 minute to 24 hours");
        else if (live.Length >= Limits.Invites)
            Reply(request.Ticket, Errors.TooMany, $"{Limits.Invites} invites are open here; revoke one first");
        else
        {
            _state = _state with { Invites = live.Add(new Invite { Id = request.InviteId, Key = request.Key, Expires = _now.Utc + request.Ttl }) };
            Reply(request.Ticket);
        }
    }

    private void OnRevoke(Input.InviteRevoked request)
    {
        var rest = _state.Invites.RemoveAll(i => i.Id == request.InviteId);
        if (rest.Length == _state.Invites.Length)
        {
            Reply(request.Ticket, Errors.Invalid, "no such invite at this node");
            return;
        }
        _state = _state with { Invites = rest };
        Reply(request.Ticket);
    }

    // J2: the invite is bound to the joiner's nonce, on disk, before anybody hears of the new member.
    private void OnJoin(Input.JoinRequested join)
    {
        var request = join.Request;
        var index = IndexOfInvite(request.Invite);
        var invite = index < 0 ? null : _state.Invites[index];
        var (error, detail) = Refusal(invite, request);
        if (error is not null)
        {
            Refuse(join.Ticket, error, detail!);
            return;
        }
        if (Rotating)
        {
            Refuse(join.Ticket, Errors.Rotating, RotatingDetail);
            return;
        }
        if (invite!.RedeemedNonce is not null && MemberTable.Find(_state.Peers, request.NodeId) is { Status: MemberStatus.Active })
        {
            Welcome(join.Ticket);
            return;
        }
        _state = _state with
        {
            Invites = _state.Invites.SetItem(index, invite with { RedeemedNonce = request.Nonce, RedeemedBy = request.Name }),
        };
        Propose(new Proposal { Id = NewId(), Add = RecordOf(request) }, join.Ticket, request);
    }

    private static MemberRecord RecordOf(JoinRequest request) => new()
    {
        NodeId = request.NodeId,
        Name = request.Name,
        Addr = request.Addr,
        AltAddr = request.AltAddr,
        Overlay = request.Overlay,
        Priority = request.Priority,
        Key = request.NodeKey,
    };

    private (string? Error, string? Detail) Refusal(Invite? invite, JoinRequest request)
    {
        if (invite is null || request.NetworkId != _state.NetworkId)
            return (Errors.LinkRefused, "this node knows no such invite; ask for a new link");
        if (invite.RedeemedNonce is not null && invite.RedeemedNonce != request.Nonce)
            return (Errors.LinkUsed, $"the link was used by {invite.RedeemedBy}; ask for a new one");
        if (invite.RedeemedNonce is null && invite.Expires <= _now.Utc)
            return (Errors.LinkExpired, $"the link expired at {invite.Expires:u}; ask for a new one");
        return Removed ? (Errors.NotMember, "this node has left the network; ask another one for a link") : RecordRefusal(request.NodeId, request.Name);
    }

    // The rules for a new record; checked where it is proposed, for a quick word, and again where it is written.
    private (string? Error, string? Detail) RecordRefusal(string nodeId, string name)
    {
        if (MemberTable.Find(_state.Peers, nodeId) is { } known && (known.Status != MemberStatus.Active || known.Name != name))
            return (Errors.Invalid, "this node id has been used before; remove the state folder and join as a new node");
        if (NameTaken(nodeId, name) is { } taken)
            return (Errors.NameTaken, taken);
        return _state.Peers.Count(r => r.Status == MemberStatus.Active) >= Limits.Members
            ? (Errors.NetworkFull, $"the network has {Limits.Members} members, the most it can have")
            : (null, null);
    }

    private int IndexOfInvite(string id)
    {
        for (var i = 0; i < _state.Invites.Length; i++)
        {
            if (_state.Invites[i].Id == id)
                return i;
        }
        return -1;
    }

    private void Refuse(long ticket, string error, string detail) =>
        Emit(new Effect.Reply(ticket, new Answer.Joined(new JoinContent { Error = error, Detail = detail })));

    private void Welcome(long ticket)
    {
        // A joiner knows one secret: it is given when that one is sure to stay. It asks again, by the same nonce.
        if (Rotating)
        {
            Refuse(ticket, Errors.Rotating, RotatingDetail);
            return;
        }
        Emit(new Effect.Reply(ticket, new Answer.Joined(new JoinContent
        {
            NetworkId = _state.NetworkId,
            NetworkSecret = _state.NetworkSecret,
            SecretGeneration = _state.SecretGeneration,
            State = MemberTable.Share(_state),
        })));
    }

    // The token is free again only where it is certain that nobody was added: the name was refused, or nobody was asked.
    private void JoinEnded(JoinRequest request, long ticket, string? error)
    {
        if (error is null)
        {
            // The Host's word may come before its table does: a joiner must find itself in what it is told.
            if (MemberTable.Find(_state.Peers, request.NodeId) is null)
            {
                // Its address in the overlay is the Host's to say (O1): it asks again, by the same nonce.
                if (request.Overlay is not null)
                {
                    Refuse(ticket, Errors.Timeout, "the network's table with the new member is on its way here");
                    return;
                }
                WriteRecord(RecordOf(request));
            }
            Welcome(ticket);
            return;
        }
        if (error is Errors.NameTaken or Errors.NetworkFull or Errors.NoHost or Errors.Rotating or Errors.NoHub or Errors.OverlayTaken && IndexOfInvite(request.Invite) is >= 0 and var index)
            _state = _state with { Invites = _state.Invites.SetItem(index, _state.Invites[index] with { RedeemedNonce = null, RedeemedBy = null }) };
        Refuse(ticket, error, error switch
        {
            Errors.NameTaken => $"a node named {request.Name} is in the network already; choose another name",
            Errors.NetworkFull => $"the network has {Limits.Members} members, the most it can have",
            Errors.Rotating => RotatingDetail,
            Errors.NoHub => "the network has no hub of an overlay: make one of its nodes the hub first, or give the hub of another overlay with its key",
            Errors.OverlayTaken => "the overlay has no such place: the address is another node's, all are taken, or there is a hub already",
            Errors.NoHost => "the network has no Host now (no majority of its nodes is reachable); try again when it has one",
            _ => "the network did not confirm the new member in time; run the same command again, or ask for a new link",
        });
    }

    private void OnSelfChanged(Input.SelfChanged change)
    {
        var own = Own;
        var refused = ChangeOwn(own with
        {
            Name = change.Name ?? own.Name,
            Addr = change.Addr ?? own.Addr,
            AltAddr = change.AltAddr is null ? own.AltAddr : change.AltAddr.Length == 0 ? null : change.AltAddr,
            Priority = change.Priority ?? own.Priority,
        });
        Reply(change.Ticket, refused?.Error, refused?.Detail);
    }

    // Two nodes may still take one name at the same moment: S2 tells whose it is.
    private (string Error, string Detail)? ChangeOwn(MemberRecord next)
    {
        var own = Own;
        if (next.Name != own.Name && NameTaken(Self, next.Name) is { } taken)
            return (Errors.NameTaken, taken);
        if (next != own)
            WriteOwn(next with { Incarnation = own.Incarnation + 1 });
        return null;
    }

    private string? NameTaken(string nodeId, string name) => _state.Peers.Any(r => r.NodeId != nodeId && r.Status == MemberStatus.Active && r.Name == name)
        ? $"a node named {name} is in the network already; choose another name"
        : null;

    /// <summary>The lease holder writes a member's record; voters follow one at a time.</summary>
    private string? ApplyMember(Proposal proposal, (string Peer, string Id) origin)
    {
        if (proposal.Add is { } add)
        {
            if (Rotating)
                return Errors.Rotating;
            if (RecordRefusal(add.NodeId, add.Name).Error is { } error)
                return error;
            if (MemberTable.Find(_state.Peers, add.NodeId) is null)
            {
                var (placed, clash) = Overlay.Place(add, _state.Peers);
                if (clash is not null)
                    return clash;
                WriteRecord(placed with { Status = MemberStatus.Active, Expires = null });
                Tell(NoticeKind.NodeJoined, add.NodeId);
            }
            else
            {
                // Another Host wrote it: that this one's majority has it is still to be seen.
                _peersVersion = ++_shareVersion;
            }
            _commits.Add(new Commit { Version = _peersVersion, Since = _now.Mono, Proposal = origin });
            Push();
            return null;
        }
        return ApplyRemoval(proposal, origin);
    }

    private void WriteRecord(MemberRecord record)
    {
        _state = _state with { Peers = MemberTable.With(_state.Peers, record) };
        _peersVersion = ++_shareVersion;
        RefreshPeers();
        Shared();
    }
}
