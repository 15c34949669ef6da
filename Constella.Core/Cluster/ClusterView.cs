using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Core.Cluster;

/// <summary>Liveness as this node measures it (rule H2).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Health>))]
public enum Health
{
    /// <summary>Not heard since this node started.</summary>
    [JsonStringEnumMemberName("unknown")] Unknown,
    [JsonStringEnumMemberName("alive")] Alive,
    [JsonStringEnumMemberName("suspect")] Suspect,
    [JsonStringEnumMemberName("down")] Down,
}

/// <summary>What follows from <see cref="Health"/> alone.</summary>
public static class HealthExtensions
{
    /// <summary>Its heartbeats come, be it late.</summary>
    public static bool IsHeard(this Health health) => health is Health.Alive or Health.Suspect;
}

/// <summary>One member as this node sees it.</summary>
/// <param name="RttMs">Of the last answered call; null for this node itself and for one that never answered.</param>
/// <param name="Boot">The boot id it last told.</param>
/// <param name="OfflineSince">Last evidence of life, for one that is down.</param>
public sealed record MemberView(
    MemberRecord Record,
    Health Health,
    bool IsSelf,
    bool IsHost,
    double? RttMs,
    string? Run,
    string? Boot,
    string? Build,
    bool Draining,
    bool Telegram,
    DateTimeOffset? LastHeard,
    DateTimeOffset? OfflineSince)
{
    /// <summary>As it told last; null where it did not.</summary>
    public Load? Load { get; init; }

    /// <summary>As it told last; null where it did not.</summary>
    public MonthBytes? Traffic { get; init; }

    /// <summary>It has a tunnel into the overlay, and that one does not carry (rule O3).</summary>
    public bool OverlayDown { get; init; }

    /// <summary>The address of its record that answered where the other one did not (rule H1); null: the first has never failed.</summary>
    public string? Road { get; init; }

    /// <summary>By how many milliseconds its clock is ahead of this node's; null where it does not tell.</summary>
    public long? ClockOffsetMs { get; init; }

    /// <summary>Node ids of voters that it does not reach, as it told last (rule H3); empty in health.</summary>
    public ImmutableArray<string> Unheard { get; init; } = [];
}

/// <summary>The right to poll Telegram and to cause side effects, as of the view.</summary>
/// <param name="Mode">None: no right.</param>
/// <param name="Until">Monotonic milliseconds at which the right ends unless it is renewed.</param>
/// <param name="InDoubt">Rule W3: may poll, but cause nothing (nor confirm).</param>
public sealed record BotPermit(Polls Mode, long Until, bool InDoubt)
{
    public static BotPermit None { get; } = new(Polls.None, 0, false);

    /// <summary>Whether a side effect may be caused now (rules L4, W3 and W6).</summary>
    /// <param name="at">Monotonic milliseconds of the step that gave the permit.</param>
    public bool Allows(long mono, long at) => Mode != Polls.None && !InDoubt && mono < Until && mono - at < Timings.PauseGap;
}

/// <summary>An invite that waits at this node, without its key (rule J2).</summary>
/// <param name="Redeemed">Name of the node that used it, or null.</param>
public sealed record InviteView(string Id, DateTimeOffset Expires, string? Redeemed);

/// <summary>The network secret's number and its latest change (rule X2).</summary>
/// <param name="Generation">What this node signs under.</param>
/// <param name="Rotation">The latest change, or null; its boxes stay sealed.</param>
/// <param name="Followed">The living members, this one among them, that have followed that change as far as this node has.</param>
/// <param name="Waiting">Node ids of the living that have not.</param>
public sealed record KeysView(int Generation, Rotation? Rotation, int Followed, ImmutableArray<string> Waiting);

/// <summary>An immutable snapshot for readers: after each step at which something happened, and after each tick.</summary>
public sealed record ClusterView
{
    /// <summary>Monotonic milliseconds of the step: a reader that finds it older than <see cref="Timings.PauseGap"/> causes nothing (rule L4).</summary>
    public required long At { get; init; }

    public required string NetworkId { get; init; }
    public required string NodeId { get; init; }
    public required string Name { get; init; }
    public required string Run { get; init; }
    public required string Boot { get; init; }
    public required Term Term { get; init; }

    /// <summary>The lease holder or witness as far as this node knows, else null.</summary>
    public required string? HostId { get; init; }

    /// <summary>The Host by lease, else the witness, else the candidate (rule E4), null when nobody is heard.</summary>
    public required string? CandidateId { get; init; }

    /// <summary>This node holds the lease, or polls as witness.</summary>
    public required bool IsHost { get; init; }

    /// <summary>A majority of all members is heard.</summary>
    public required bool Quorum { get; init; }

    public required BotPermit Bot { get; init; }

    /// <summary>Two live runs of this node's id (rule S2).</summary>
    public required bool Cloned { get; init; }

    /// <summary>This node has left or was evicted.</summary>
    public required bool Removed { get; init; }

    /// <summary>The others refuse this node's secret: it was changed while the node was away (rule X2).</summary>
    public required bool LeftBehind { get; init; }

    /// <summary>The network secret's number and its change, without a secret in it.</summary>
    public required KeysView Keys { get; init; }

    public required bool Draining { get; init; }

    /// <summary>Active members, by name.</summary>
    public required ImmutableArray<MemberView> Members { get; init; }

    /// <summary>The bot token is in it: never print it whole.</summary>
    public required Settings Settings { get; init; }

    /// <summary>The alerts in the settings are known to a majority, as far as this node wrote them (rule A5).</summary>
    public bool AlertsCommitted { get; init; } = true;

    /// <summary>Ids of handled updates (rule W6).</summary>
    public required ImmutableHashSet<long> Updates { get; init; }

    public required ImmutableArray<InviteView> Invites { get; init; }

    /// <summary>Node id that a transfer has named, or null (rule E5).</summary>
    public string? Preferred => Options.Text(Settings.Options, Options.HostPreferred, null);

    /// <summary>The Host does not move of itself (rule E6).</summary>
    public bool Paused => Options.Text(Settings.Options, Options.HostPaused, null) == Options.On;

    /// <summary>Whether a side effect may be caused now (rules L4, W3 and W6).</summary>
    public bool MayAct(long mono) => Bot.Allows(mono, At);
}
