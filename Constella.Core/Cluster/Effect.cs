using System.Collections.Immutable;
using Constella.Core.Audit;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Core.Cluster;

/// <summary>
/// What a step asks the world to do, in this order: whoever runs the effects finishes a <see cref="Persist"/> or <see cref="Record"/> before it starts
/// anything that comes after it, and stops the node if it cannot (nothing is told that is not on disk).
/// </summary>
public abstract record Effect
{
    private Effect() { }

    /// <summary>Write the state durably (rule S3).</summary>
    public sealed record Persist(NetworkState State) : Effect;

    /// <summary>Append these lines to the audit log, durably, before anything that comes after (rules U2 and U4).</summary>
    public sealed record Record(ImmutableArray<AuditEntry> Entries) : Effect;

    /// <summary>Ask a peer for entries that this node does not have; it ends with <see cref="Input.AuditPulled"/> (rule U5).</summary>
    public sealed record PullAudit(string Peer, AuditPull Pull) : Effect;

    /// <summary>Send a heartbeat; it ends with <see cref="Input.HeartbeatAnswered"/> or <see cref="Input.PeerFailed"/> within <see cref="Timings.CallTimeout"/>.</summary>
    /// <param name="Id">Names this call in its end.</param>
    /// <param name="PeerRun">The peer's run id, when known (rule X1).</param>
    public sealed record Send(string Peer, string Address, string? PeerRun, long Id, Heartbeat Message) : Effect;

    /// <summary>Tell the caller who waits under <paramref name="Ticket"/>.</summary>
    public sealed record Reply(long Ticket, Answer Answer) : Effect;

    /// <summary>Start to poll, by this right. A running bot goes on under the new right.</summary>
    public sealed record StartBot(Polls Mode, Term Term) : Effect;

    /// <summary>Stop the bot; when its loop has ended, submit <see cref="Input.BotStopped"/>.</summary>
    /// <param name="Orderly">True: finish the update at hand and confirm it (rule L5). False: at once, the right has ended.</param>
    public sealed record StopBot(bool Orderly) : Effect;

    /// <summary>Call getUpdates with offset 0, limit 1 (rule W1); it ends with <see cref="Input.ProbeEnded"/>.</summary>
    public sealed record Probe(int TimeoutSeconds) : Effect;

    /// <summary>Do a command that was persisted, once.</summary>
    public sealed record Execute(string CommandId, string Action) : Effect;

    /// <summary>Something a person should know.</summary>
    public sealed record Notify(Notice Notice) : Effect;
}

/// <summary>What a person should know: goes to the log and, on the Host, to the owner where it matters.</summary>
public sealed record Notice(NoticeKind Kind, string? NodeId = null, string? Name = null, string? Detail = null);

/// <summary>The kinds of notices, each with the rule that brings it about.</summary>
public enum NoticeKind
{
    NodeSuspect,
    NodeDown,
    NodeUp,
    NodeJoined,
    NodeLeft,
    NodeRestarted,
    HostWon,
    HostLost,
    HostMoved,
    HandOver,
    QuorumLost,
    QuorumBack,
    WitnessStarted,
    WitnessStopped,
    StrangerPolls,
    WebhookRemoved,
    Cloned,
    Removed,
    NameChanged,
    Paused,
    ProtocolMismatch,
    Rotation,
    LeftBehind,
    AuditRefused,
    OverlayDown,
    OverlayUp,
}
