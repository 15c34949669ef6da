using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Members;

namespace Constella.Core.Wire;

/// <summary>Whether, and by which right, a node polls Telegram.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Polls>))]
public enum Polls
{
    [JsonStringEnumMemberName("none")] None,
    [JsonStringEnumMemberName("witness")] Witness,
    [JsonStringEnumMemberName("lease")] Lease,
}

/// <summary>What each heartbeat and each answer to one says of its sender (rule H3).</summary>
public sealed record Vitals
{
    public int V { get; init; } = Limits.Protocol;
    public required string Node { get; init; }

    /// <summary>This process (rule H3).</summary>
    public required string Run { get; init; }

    /// <summary>This machine's boot.</summary>
    public required string Boot { get; init; }

    /// <summary>Rises with each message of a run.</summary>
    public required long Seq { get; init; }

    /// <summary>The sender's monotonic clock in milliseconds: the receiver measures age by it (rule H2).</summary>
    public required long At { get; init; }

    public required long Incarnation { get; init; }
    public required int Priority { get; init; }

    /// <summary>Highest term seen (rule L7).</summary>
    public required Term Term { get; init; }

    /// <summary>Hash of everything that is merged: records, member set, settings, handled updates (rule S2).</summary>
    public required string Digest { get; init; }

    public required Stamp Cfg { get; init; }
    public required Stamp Settings { get; init; }

    /// <summary>Of the latest rotation that the sender has followed, on its disk (rule X2).</summary>
    public Stamp Rotation { get; init => field = value.Term.NodeId is null ? Stamp.None : value; } = Stamp.None;

    /// <summary>How much of the audit log the sender has (rule U5); null from a node that does not tell it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public AuditMark? Audit { get; init; }

    public Polls Polls { get; init; }

    /// <summary>Whether Telegram answers, and has for 10 s where it did not before (rule E2); true where there is no bot token.</summary>
    public bool Telegram { get; init; }

    public bool Draining { get; init; }

    /// <summary>How many members the sender counts, itself among them.</summary>
    public required int Members { get; init; }

    /// <summary>Members not heard within 6 s: the complement of H3's list, empty in health.</summary>
    public ImmutableArray<string> Unheard { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The lease the sender believes in: its own, or the one it has granted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LeaseClaim? Lease { get; init; }

    /// <summary>How busy the sender's machine is; null until it has been measured, and from a node that does not tell it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Load? Load { get; init; }

    /// <summary>What the sender's machine has moved in this month of its bill (rule T2); null from a node that does not count.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MonthBytes? Traffic { get; init; }

    /// <summary>The sender's wall clock, in milliseconds of Unix time (rule A2); null from a node that does not tell it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Clock { get; init; }

    /// <summary>The machine came up anew of late, and no command had asked for it (rule A2).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Unasked { get; init; }

    /// <summary>The sender's tunnel into the overlay does not carry (rule O3).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool OverlayDown { get; init; }

    /// <summary>Build, for people: <c>0.1.0</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Build { get; init; }
}

/// <summary>How busy a machine is, in whole percent from 0 to 100; null where a figure cannot be read.</summary>
/// <param name="Cpu">Of all cores together.</param>
/// <param name="Ram">Total less what is available.</param>
/// <param name="Disk">Of the fullest disk.</param>
public sealed record Load(int? Cpu, int? Ram, int? Disk);

/// <summary>Bytes in and out, of a month of the bill up to now.</summary>
public sealed record MonthBytes(long Received, long Sent);

/// <summary>A lease, by who has it (rules L2 and L5).</summary>
/// <param name="Run">The run of the holder that has the lease.</param>
public sealed record LeaseClaim(string Holder, string Run, Term Term);

/// <summary>A candidate's or holder's request for a grant (rules L1 to L3).</summary>
/// <param name="Held">True when the asker holds the lease: a renewal.</param>
public sealed record Ask(Term Term, bool Held)
{
    /// <summary>The lease that its holder gave to the asker (rule L5).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LeaseClaim? Released { get; init; }
}

/// <summary>The answer to an <see cref="Ask"/>.</summary>
/// <param name="Ms">How long the grant goes on from the voter's answer; when refused, how long what stands in its way does, or 0.</param>
public sealed record Grant(Term Term, long Ms)
{
    /// <summary>Why not: <c>held</c>, <c>order</c>, <c>term</c>, <c>stale</c>, <c>restarted</c>, <c>clone</c>, <c>witness</c>, <c>stranger</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Refused { get; init; }
}

/// <summary>What is pushed and pulled; each part merges by its own rule (S1, M1, S4, W6).</summary>
public sealed record SharedState
{
    public ImmutableArray<MemberRecord> Peers { get; init => field = value.IsDefault ? [] : value; } = [];

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MemberSet? Members { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Settings? Settings { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Rotation? Rotation { get; init; }

    public ImmutableArray<HandledUpdate> Updates { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary>A change that only the lease holder may make, carried to it by heartbeats until it is answered.</summary>
public sealed record Proposal
{
    /// <summary>Chosen by the proposer; the answer names it.</summary>
    public required string Id { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MemberRecord? Add { get; init; }

    /// <summary>A node id.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Remove { get; init; }

    /// <summary>With <see cref="Remove"/>: it does not leave, it is put out (rule X2).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Evict { get; init; }

    /// <summary>With <see cref="Remove"/>: somebody else says that it is gone for good; refused while it is heard (rule M3).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Forced { get; init; }

    /// <summary>A new network secret (rule X2).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Rotate { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SettingsPatch? Patch { get; init; }
}

/// <summary>The end of a proposal: committed by a majority, or refused.</summary>
/// <param name="Error">A code of <see cref="Errors"/>, or null.</param>
public sealed record ProposalEnd(string Id, string? Error);

/// <summary><c>POST /heartbeat</c>.</summary>
public sealed record Heartbeat
{
    public required Vitals Vitals { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Ask? Ask { get; init; }

    /// <summary>A grant that is not needed any more: a candidacy that was not won (rule L1).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Term? Release { get; init; }

    /// <summary>A lease that is handed to the receiver (rule L5).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LeaseClaim? HandOver { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SharedState? State { get; init; }

    /// <summary>Asks for the receiver's <see cref="SharedState"/> in the answer.</summary>
    public bool Pull { get; init; }

    public ImmutableArray<Proposal> Proposals { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Proposals of the receiver that have ended since it was last answered.</summary>
    public ImmutableArray<ProposalEnd> Ended { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary>The answer to <c>POST /heartbeat</c>. By rule, what it tells was persisted before it was sent.</summary>
public sealed record HeartbeatAnswer
{
    public required Vitals Vitals { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Grant? Grant { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SharedState? State { get; init; }

    public ImmutableArray<ProposalEnd> Ended { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The receiver hears two live runs of the sender's id (rule S2).</summary>
    public bool Cloned { get; init; }

    /// <summary>The receiver's table says that the sender has left or was evicted.</summary>
    public bool Removed { get; init; }
}
