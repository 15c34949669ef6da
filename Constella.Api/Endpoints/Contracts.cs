using System.Collections.Immutable;
using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Api.Endpoints;

/// <summary><c>GET /health</c>: what a stranger may know.</summary>
/// <param name="Status"><c>ok</c>, <c>no-quorum</c>, <c>cloned</c>, <c>removed</c>, <c>refused</c> (by the others, rule X2) or <c>draining</c>.</param>
/// <param name="Uptime">Of the process, in seconds.</param>
/// <param name="Run">To be named in the next signed request (rule X1).</param>
public sealed record HealthAnswer(string Status, string Node, string NodeId, long Uptime, bool IsLeader, string Run, string Version)
{
    public int V { get; init; } = Limits.Protocol;
}

/// <summary><c>GET /peers</c>: the network as this node sees it.</summary>
/// <param name="HostId">Who holds the lease (or is witness), or null.</param>
/// <param name="CandidateId">The Host, else the candidate (rule E4).</param>
public sealed record PeersAnswer(
    string NetworkId,
    string NodeId,
    string Name,
    string? HostId,
    string? CandidateId,
    bool Quorum,
    Term Term,
    BotStatus Bot,
    ImmutableArray<PeerInfo> Peers)
{
    /// <summary>Node id that a transfer has named, or null (rule E5).</summary>
    public string? Preferred { get; init; }

    /// <summary>The Host does not move of itself (rule E6).</summary>
    public bool Paused { get; init; }

    public int V { get; init; } = Limits.Protocol;
}

/// <param name="Configured">The network has a bot token.</param>
/// <param name="Polling">By which right this node polls Telegram.</param>
public sealed record BotStatus(bool Configured, Polls Polling, bool InDoubt);

/// <summary>One member, as seen from the answering node.</summary>
public sealed record PeerInfo(
    string NodeId,
    string Name,
    string Addr,
    string? AltAddr,
    int Priority,
    MemberStatus Status,
    Health Health,
    bool IsSelf,
    bool IsHost,
    double? RttMs,
    string? Boot,
    string? Build,
    bool Draining,
    bool Telegram,
    DateTimeOffset? LastHeard,
    DateTimeOffset? OfflineSince)
{
    /// <summary>It is never Host, until it is told otherwise (rule E2); <see cref="Draining"/> is true as well.</summary>
    public bool Drained { get; init; }

    /// <summary>Of its process, as it told last.</summary>
    public string? Run { get; init; }

    /// <summary>By how many milliseconds its clock is ahead of the answering node's; null where that is not known.</summary>
    public long? ClockOffsetMs { get; init; }

    /// <summary>It has a tunnel into the overlay, and that one does not carry (rule O3).</summary>
    public bool OverlayDown { get; init; }

    /// <summary>Node ids that it does not reach, as it told last (rule H3).</summary>
    public ImmutableArray<string> Unheard { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary><c>POST /invites</c></summary>
public sealed record InviteOrder
{
    /// <summary>60 to 86400; null: 15 minutes.</summary>
    public int? TtlSeconds { get; init; }
}

/// <summary>A fresh invite: the only time its link is told.</summary>
/// <param name="Link">A secret until it is used or expired.</param>
public sealed record InviteAnswer(string Id, string Link, DateTimeOffset Expires);

/// <summary><c>GET /invites</c></summary>
public sealed record InvitesAnswer(ImmutableArray<InviteView> Invites);

/// <summary><c>GET /settings</c>: what the network shares, without its secrets.</summary>
/// <param name="BotToken">Whether there is one.</param>
/// <param name="Options">What the owner has set (rule A7).</param>
public sealed record SettingsAnswer(
    string? OwnerUsername, long? OwnerId, string? OwnerLanguage, bool BotToken, SelfAnswer Self, ImmutableArray<Option> Options);

/// <summary>This node's own record.</summary>
public sealed record SelfAnswer(string NodeId, string Name, string Addr, string? AltAddr, int Priority);

/// <summary><c>PATCH /settings</c>: null leaves a field, an empty text (or 0) clears it.</summary>
public sealed record SettingsOrder
{
    public string? OwnerUsername { get; init; }
    public long? OwnerId { get; init; }
    public string? OwnerLanguage { get; init; }

    /// <summary>A secret.</summary>
    public string? BotToken { get; init; }

    /// <summary>Each sets one value, or unsets it where its value is empty (rule A7).</summary>
    public ImmutableArray<Option> Options { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary><c>PATCH /self</c>: null leaves a field, an empty <see cref="AltAddr"/> clears it.</summary>
public sealed record SelfOrder
{
    public string? Name { get; init; }
    public string? Addr { get; init; }
    public string? AltAddr { get; init; }
    public int? Priority { get; init; }
}

/// <summary><c>GET /keys</c>: the network's secret by its number (rule X2).</summary>
/// <param name="Generation">What this node signs under.</param>
/// <param name="Phase">Of the latest rotation: <c>remove</c> is its end; null: there was none.</param>
/// <param name="Since">When that rotation began.</param>
/// <param name="Followed">How many of the living, this node among them, have followed it as far as this node.</param>
/// <param name="Waiting">Node ids of the living that have not.</param>
/// <param name="Evicted">Node ids of the evicted that this secret was kept from.</param>
public sealed record KeysAnswer(
    int Generation, RotationPhase? Phase, DateTimeOffset? Since, int Followed, ImmutableArray<string> Waiting, ImmutableArray<string> Evicted);

/// <summary><c>POST /evict</c> and <c>POST /force-leave</c>.</summary>
public sealed record EvictOrder
{
    public required string NodeId { get; init; }
}

/// <summary>A problem of RFC 9457; <see cref="Type"/> is <c>urn:constella:error:</c> and a code.</summary>
public sealed record Problem(string Type, string Title, int Status, string? Detail)
{
    public const string Prefix = "urn:constella:error:";
}
