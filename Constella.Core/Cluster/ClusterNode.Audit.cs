using Constella.Core.Audit;
using Constella.Core.Joining;
using Constella.Core.Members;

namespace Constella.Core.Cluster;

/// <summary>Rules U1, U2 and U5: what this node is asked to do is written down, before and after; and what others wrote is fetched.</summary>
public sealed partial class ClusterNode
{
    private const long AuditPullTimeout = 10_000;

    private readonly AuditChain _audit;
    private readonly List<AuditEntry> _records = [];
    private readonly Dictionary<long, Order> _orders = [];
    private Order? _order;
    private (string Peer, AuditMark Mark, long Until)? _auditPull;

    /// <summary>A command that somebody waits for.</summary>
    private sealed record Order(long Ticket, string Action, string? Target, string? By, string? Detail)
    {
        public string? Command { get; set; }
        public bool Written { get; set; }
    }

    private string Owner =>
        _state.Settings.OwnerUsername is { Length: > 0 } name ? "@" + name : _state.Settings.OwnerId is { } id ? $"id {id}" : AuditActors.Owner;

    private Order? OrderOf(Input input) => input switch
    {
        Input.InviteRequested invite => new(invite.Ticket, AuditActions.Invite, invite.InviteId, Who(invite.By), Duration.Format(invite.Ttl)),
        Input.InviteRevoked revoked => new(revoked.Ticket, AuditActions.Revoke, revoked.InviteId, AuditActors.CommandLine, null),
        // The same joiner asks again where the answer was lost (J2): that is no second command.
        Input.JoinRequested { Request: var join } request when !_state.Invites.Any(i => i.RedeemedNonce == join.Nonce) =>
            new(request.Ticket, AuditActions.Join, join.NodeId, $"invite {join.Invite}", join.Name),
        Input.SettingsChanged settings when Changes(settings.Patch, spoken: false) is { } changes =>
            new(settings.Ticket, AuditActions.Config, null, AuditActors.CommandLine, changes),
        // A press that two Hosts handle is one command (W6): the update gives it its name.
        Input.UpdatesHandled { Patch: { } patch, Ids.IsEmpty: false } updates when Changes(patch, spoken: true) is { } changes =>
            new(updates.Ticket, AuditActions.Config, null, Owner, changes) { Command = $"update-{updates.Ids[0]}" },
        Input.SelfChanged self => new(self.Ticket, AuditActions.Config, Self, AuditActors.CommandLine, Changes(self)),
        Input.LeaveRequested leave => new(leave.Ticket, AuditActions.Leave, leave.NodeId, leave.NodeId == Self ? AuditActors.CommandLine : leave.NodeId, null),
        Input.EvictRequested evict => new(evict.Ticket, AuditActions.Evict, evict.NodeId, Who(evict.By), NameOf(evict.NodeId)),
        Input.ForceLeaveRequested leave => new(leave.Ticket, AuditActions.ForceLeave, leave.NodeId, AuditActors.CommandLine, NameOf(leave.NodeId)),
        Input.RotateRequested rotate => new(rotate.Ticket, AuditActions.Rotate, null, AuditActors.CommandLine, null),
        _ => null,
    };

    private void BeginOrder(Input input)
    {
        // Nearly all that happens is no command.
        if (input is Input.Tick or Input.HeartbeatReceived or Input.HeartbeatAnswered or Input.PeerFailed)
            return;
        _order = OrderOf(input);
        var reboot = input switch
        {
            Input.UpdatesHandled updates => updates.Patch?.AddReboot,
            Input.SettingsChanged settings => settings.Patch.AddReboot,
            _ => null,
        };
        if (reboot is not null)
            Record(AuditStage.Asked, reboot.CommandId, AuditActions.Reboot, reboot.Target, Owner, null);
    }

    private void WriteOrder()
    {
        if (_order is not { Written: false } order)
            return;
        order.Written = true;
        order.Command = Record(AuditStage.Asked, order.Command, order.Action, order.Target, order.By, order.Detail);
        _orders[order.Ticket] = order;
    }

    private void EndOrder(Effect.Reply reply)
    {
        WriteOrder();
        if (!_orders.Remove(reply.Ticket, out var order))
            return;
        var (error, detail) = reply.Answer switch
        {
            Answer.Done done => (done.Error, done.Detail),
            Answer.Joined joined => (joined.Content.Error, joined.Content.Detail),
            _ => (null, null),
        };
        Record(error is null ? AuditStage.Done : AuditStage.Failed, order.Command, order.Action, order.Target, order.By, error is null ? null : detail ?? error);
    }

    /// <param name="command">Null: it gets an id of its own.</param>
    /// <returns>The command's id.</returns>
    private string Record(AuditStage stage, string? command, string action, string? target, string? by, string? detail)
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(_now.Utc.ToUnixTimeMilliseconds());
        var entry = _audit.Write(new AuditEntry
        {
            Node = Self,
            Run = _process.Run,
            Number = 0,
            At = at,
            Term = HighestTerm,
            Command = command ?? $"{_process.Run}-{_audit.Mark.Height}",
            Action = action,
            Target = Short(target),
            By = Short(by),
            Stage = stage,
            Detail = Short(detail),
        });
        _records.Add(entry);
        return entry.Command;
    }

    private void OnAuditNoted(Input.AuditNoted noted) =>
        Record(noted.Stage, noted.Command, noted.Action, noted.Target, Who(noted.By), noted.Detail);

    // U2: who leaves may be gone before it can tell.
    private void NoteRemoved(SetChange change)
    {
        if (change.Proposal is { } proposal && proposal.Peer != Self)
            Record(AuditStage.Done, proposal.Id, change.Action, change.NodeId, proposal.Peer, null);
    }

    // U5: at once where another has more, and where it has other things, after a while.
    private void NoticeAudit(Peer peer)
    {
        if (peer.Vitals!.Audit is not { } mark || Removed)
            return;
        if (mark == peer.AuditSettled || mark == _audit.Mark)
            peer.AuditLook = _now.Mono + Timings.Reconcile;
        else if ((mark.Height >= _audit.Mark.Height || _now.Mono >= peer.AuditLook) && (_auditPull is not { } pull || _now.Mono >= pull.Until))
            PullAudit(peer.Id, mark);
    }

    private void PullAudit(string peer, AuditMark mark)
    {
        _auditPull = (peer, mark, _now.Mono + AuditPullTimeout);
        Emit(new Effect.PullAudit(peer, _audit.Pull()));
    }

    private void OnAuditPulled(Input.AuditPulled pulled)
    {
        if (_auditPull is not { } pull || pull.Peer != pulled.Peer)
            return;
        _auditPull = null;
        // No answer: the next beat asks again.
        if (pulled.Page is not { } page || !_peers.TryGetValue(pulled.Peer, out var peer))
            return;
        AuditEntry? refused = null;
        foreach (var entry in page.Entries)
        {
            var take = _audit.Take(entry);
            if (take == AuditTake.New)
                _records.Add(entry);
            else if (take == AuditTake.Refused)
                refused ??= entry;
        }
        if (refused is not null)
            Tell(NoticeKind.AuditRefused, peer.Id, AuditCheck.Name(refused));
        if (page.More && refused is null && _records.Count > 0)
            PullAudit(peer.Id, pull.Mark);
        else
            peer.AuditSettled = pull.Mark;
    }

    private string? Who(string? by) => by == AuditActors.Owner ? Owner : by;

    // The settings that people change; the rest of a patch is the bot's own memory.
    private static string? Changes(SettingsPatch patch, bool spoken)
    {
        var changes = new List<string>();
        if (patch.OwnerUsername is { } name)
            changes.Add(name.Length == 0 ? "owner cleared" : "owner=@" + name);
        if (patch.OwnerId is { } id)
            changes.Add(id == 0 ? "owner-id cleared" : $"owner-id={id}");
        if (!spoken && patch.OwnerLanguage is { } language)
            changes.Add($"language={language}");
        if (patch.BotToken is { } token)
            changes.Add(token.Length == 0 ? "bot-token cleared" : "bot-token set");
        foreach (var option in patch.Options.Select(Options.Shown))
            changes.Add(option.Key + (option.Node is null ? "" : "@" + option.Node) + (option.Value.Length == 0 ? " cleared" : "=" + option.Value));
        return changes.Count == 0 ? null : string.Join(", ", changes);
    }

    private static string Changes(Input.SelfChanged self)
    {
        var changes = new List<string>();
        if (self.Name is not null)
            changes.Add("name=" + self.Name);
        if (self.Addr is not null)
            changes.Add("address=" + self.Addr);
        if (self.AltAddr is not null)
            changes.Add("alt-address=" + self.AltAddr);
        if (self.Priority is { } priority)
            changes.Add($"priority={priority}");
        return string.Join(", ", changes);
    }

    private static string? Short(string? text) => text is { Length: > Limits.AuditText } ? text[..(Limits.AuditText - 1)] + "…" : text;
}
