using System.Collections.Immutable;
using Constella.Core.Audit;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Core.Cluster;

/// <summary>How one call of <c>getUpdates</c> ended.</summary>
public enum PollResult
{
    /// <summary>200, whatever it held.</summary>
    Ok,

    /// <summary>409 by another poller.</summary>
    Conflict,

    /// <summary>409 because a webhook is set (rule W4).</summary>
    Webhook,

    /// <summary>No answer, 5xx, 429, 401: it proves nothing.</summary>
    Failed,

    /// <summary>200, but updates are gone that this node has not confirmed: somebody else did.</summary>
    Foreign,
}

/// <summary>
/// What happens to a node: a closed family. A <c>Ticket</c> is chosen by the caller and comes back once in
/// <see cref="Effect.Reply"/>. Nothing here is authenticated by <see cref="ClusterNode"/>: who submits a message
/// has checked its signature (rules X1 to X5).
/// </summary>
public abstract record Input
{
    private Input() { }

    /// <summary>Every <see cref="Timings.Tick"/> (rule H2).</summary>
    public sealed record Tick : Input;

    /// <summary>A signed heartbeat came in; replied with <see cref="Answer.Beat"/>.</summary>
    public sealed record HeartbeatReceived(Heartbeat Message, long Ticket) : Input;

    /// <summary>The answer to <see cref="Effect.Send"/>.</summary>
    /// <param name="Id"><see cref="Effect.Send.Id"/>.</param>
    public sealed record HeartbeatAnswered(string Peer, long Id, HeartbeatAnswer Message) : Input;

    /// <summary>A <see cref="Effect.Send"/> got no valid answer in time.</summary>
    /// <param name="Reason"><see cref="Errors.Unauthorized"/> for a bare 401; all others are for people.</param>
    public sealed record PeerFailed(string Peer, long Id, string Reason) : Input;

    /// <summary>Mint an invite: id and key are derived from a fresh token by the caller. Replied with <see cref="Answer.Done"/>.</summary>
    public sealed record InviteRequested(string InviteId, string Key, TimeSpan Ttl, long Ticket) : Input
    {
        /// <summary>One of <see cref="AuditActors"/>.</summary>
        public string By { get; init; } = AuditActors.CommandLine;
    }

    /// <summary>Forget an invite. Replied with <see cref="Answer.Done"/>.</summary>
    public sealed record InviteRevoked(string InviteId, long Ticket) : Input;

    /// <summary>
    /// A joiner that <b>has proved</b> the token of <paramref name="Request"/>'s invite; replied with <see cref="Answer.Joined"/>
    /// when the member is committed, or with the reason.
    /// </summary>
    public sealed record JoinRequested(JoinRequest Request, long Ticket) : Input;

    /// <summary>A command for this very node; replied with <see cref="Answer.Command"/> after it is persisted (rule C1).</summary>
    public sealed record CommandRequested(CommandRequest Request, string Action, long Ticket) : Input
    {
        /// <summary>Node id of who calls; null where another entry tells who gave the command.</summary>
        public string? By { get; init; }
    }

    /// <summary>A change of settings, from this node's command line or bot; replied with <see cref="Answer.Done"/> when committed.</summary>
    public sealed record SettingsChanged(SettingsPatch Patch, long Ticket) : Input;

    /// <summary>
    /// Updates that this node's bot has handled, with what they changed; replied with <see cref="Answer.Done"/> when a majority
    /// (as witness: those who are heard) has persisted it. Only then may they be confirmed to Telegram (rule W6).
    /// </summary>
    public sealed record UpdatesHandled(ImmutableArray<long> Ids, SettingsPatch? Patch, long Ticket) : Input;

    /// <summary>This node's own record is to say something else; null leaves a field. Replied with <see cref="Answer.Done"/>.</summary>
    public sealed record SelfChanged(string? Name, string? Addr, string? AltAddr, int? Priority, long Ticket) : Input;

    /// <summary>A member leaves: this node itself, or another one by its own signed call. Replied with <see cref="Answer.Done"/>.</summary>
    public sealed record LeaveRequested(string NodeId, long Ticket) : Input;

    /// <summary>Another member is put out for good, and the secret changed (rule X2). Replied with <see cref="Answer.Done"/> when it is out.</summary>
    public sealed record EvictRequested(string NodeId, long Ticket) : Input
    {
        /// <summary>One of <see cref="AuditActors"/>.</summary>
        public string By { get; init; } = AuditActors.CommandLine;
    }

    /// <summary>Another member, which nobody hears, is put out; the secret stays (rule M3). Replied with <see cref="Answer.Done"/> when it is out.</summary>
    public sealed record ForceLeaveRequested(string NodeId, long Ticket) : Input;

    /// <summary>A new network secret (rule X2). Replied with <see cref="Answer.Done"/> when it is certain to come.</summary>
    public sealed record RotateRequested(long Ticket) : Input;

    /// <summary>The bot's loop has ended after <see cref="Effect.StopBot"/>: nothing of it is under way.</summary>
    public sealed record BotStopped : Input;

    /// <summary>A poll of the running bot ended.</summary>
    public sealed record PollEnded(PollResult Result) : Input;

    /// <summary>A probe ended (<see cref="Effect.Probe"/>).</summary>
    /// <param name="Head">Id of the first pending update, or null when there was none.</param>
    public sealed record ProbeEnded(PollResult Result, long? Head) : Input;

    /// <summary>Telegram answered, or did not, a call that disturbs no poller (rule E2); made every few seconds while there is a token.</summary>
    public sealed record TelegramTried(bool Reached) : Input;

    /// <summary>This machine's load was measured: the next heartbeats tell it.</summary>
    public sealed record LoadMeasured(Load Load) : Input;

    /// <summary>This machine's traffic was counted: the next heartbeats tell it (rule T2).</summary>
    public sealed record TrafficCounted(MonthBytes Month) : Input;

    /// <summary>How this node's tunnel into the overlay stands (rule O3); submitted whenever that changes.</summary>
    /// <param name="Network">Of the overlay.</param>
    /// <param name="Place">As the tunnel's configuration has it; null where it was made by hand.</param>
    /// <param name="Address">The node's own in the overlay, <c>host:port</c>; null while the interface has none.</param>
    /// <param name="Carries">Whether others are to call it there first; null: it is in the overlay no more.</param>
    public sealed record OverlaySeen(OverlayAddress Network, OverlayPlace? Place, string? Address, bool? Carries) : Input;

    /// <summary>The process shall end: hand over what is held. Replied with <see cref="Answer.Done"/> when nothing is held any more.</summary>
    public sealed record StopRequested(long Ticket) : Input;

    /// <summary>A command that does not go through this node's protocol, and what came of it (rule U1).</summary>
    /// <param name="Command">Its id; null: it is known by this entry alone.</param>
    /// <param name="By">One of <see cref="AuditActors"/>; null where another entry tells it.</param>
    public sealed record AuditNoted(AuditStage Stage, string? Command, string Action, string? Target, string? By, string? Detail) : Input;

    /// <summary>The end of <see cref="Effect.PullAudit"/>.</summary>
    /// <param name="Page">Well-formed; null where there was no answer.</param>
    public sealed record AuditPulled(string Peer, AuditPage? Page) : Input;

    /// <summary>The process does not end after all (a reboot that nobody carried out): it takes part again.</summary>
    public sealed record StopWithdrawn : Input;
}

/// <summary>What a caller who waits is told.</summary>
public abstract record Answer
{
    private Answer() { }

    public sealed record Beat(HeartbeatAnswer Message) : Answer;

    /// <param name="Error">A code of <see cref="Errors"/>, or null for success.</param>
    /// <param name="Detail">A sentence for a person.</param>
    public sealed record Done(string? Error = null, string? Detail = null) : Answer;

    /// <summary>What is to be sealed for the joiner; <see cref="JoinContent.Reachable"/> is the caller's to fill in.</summary>
    public sealed record Joined(JoinContent Content) : Answer;

    /// <param name="Error">Null when the command was taken.</param>
    public sealed record Command(string? Error, string? Detail, CommandAnswer? Taken) : Answer;
}
