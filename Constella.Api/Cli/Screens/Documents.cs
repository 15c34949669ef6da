using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Constella.Api.Audit;
using Constella.Api.Cli.Doctor;
using Constella.Api.Configuration;
using Constella.Api.Endpoints;
using Constella.Api.Traffic;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Stats;
using Constella.Core.Wire;

namespace Constella.Api.Cli.Screens;

/// <summary>One node in <c>constella peers --json</c>.</summary>
public sealed record PeerDocument
{
    public required string NodeId { get; init; }
    public required string Name { get; init; }
    public required string Addr { get; init; }
    public string? AltAddr { get; init; }
    public required int Priority { get; init; }
    public required Health Health { get; init; }
    public bool IsSelf { get; init; }
    public bool IsHost { get; init; }
    public bool Draining { get; init; }

    /// <summary>Until it is told otherwise (rule E2).</summary>
    public bool Drained { get; init; }
    public double? RttMs { get; init; }
    public DateTimeOffset? LastHeard { get; init; }
    public DateTimeOffset? OfflineSince { get; init; }
    public string? BootId { get; init; }
    public string? Build { get; init; }
}

/// <summary><c>constella peers --json</c>.</summary>
public sealed record PeersDocument
{
    public required string NetworkId { get; init; }

    /// <summary>The node that was asked.</summary>
    public required string NodeId { get; init; }

    /// <summary>The node that leads, or would lead if there were a quorum.</summary>
    public string? HostId { get; init; }

    /// <summary>Null when the node was not asked because it does not run.</summary>
    public bool? Quorum { get; init; }

    /// <summary>Node id that a transfer has named (rule E5).</summary>
    public string? Preferred { get; init; }

    /// <summary>The Host does not move of itself (rule E6).</summary>
    public bool Paused { get; init; }

    public ImmutableArray<PeerDocument> Peers { get; init; } = [];
}

/// <summary><c>constella status --json</c>.</summary>
public sealed record StatusDocument
{
    public required bool Running { get; init; }
    public required string NetworkId { get; init; }
    public required string NodeId { get; init; }
    public required string Name { get; init; }
    public required string Addr { get; init; }
    public string? Build { get; init; }
    public double? UptimeSeconds { get; init; }
    public bool IsHost { get; init; }
    public string? HostId { get; init; }
    public string? HostName { get; init; }
    public bool? Quorum { get; init; }

    /// <summary>Whom a transfer has named (rule E5).</summary>
    public string? PreferredName { get; init; }

    /// <summary>The Host does not move of itself (rule E6).</summary>
    public bool Paused { get; init; }

    /// <summary>This node is never Host, until it is told otherwise (rule E2).</summary>
    public bool Drained { get; init; }

    public long? Term { get; init; }
    public required int Members { get; init; }
    public int? Alive { get; init; }

    /// <summary>By which right this node polls Telegram.</summary>
    public Polls? Bot { get; init; }

    public required bool BotToken { get; init; }
    public string? Owner { get; init; }
    public long? OwnerId { get; init; }
    public bool Cloned { get; init; }
    public bool Removed { get; init; }

    /// <summary>The others refuse this node's key (rule X2).</summary>
    public bool Refused { get; init; }
    public required string StateDir { get; init; }
}

/// <summary><c>constella invite --json</c>: the link is a secret until it is used.</summary>
public sealed record InviteDocument(string Id, string Link, DateTimeOffset Expires);

/// <summary>One invite in <c>constella invite list --json</c>.</summary>
public sealed record WaitingInvite(string Id, DateTimeOffset Expires, string? RedeemedBy);

/// <summary><c>constella invite list --json</c>.</summary>
public sealed record InvitesDocument(ImmutableArray<WaitingInvite> Invites);

/// <summary><c>constella config get --json</c>; the token itself is never shown.</summary>
public sealed record ConfigDocument
{
    public required bool BotToken { get; init; }
    public string? Owner { get; init; }
    public long? OwnerId { get; init; }
    public required string Name { get; init; }
    public required string Address { get; init; }
    public string? AltAddress { get; init; }
    public required int Priority { get; init; }

    /// <summary>By key, or key@name-of-the-node: what the owner has set, and the defaults.</summary>
    public ImmutableSortedDictionary<string, string> Options { get; init; } = ImmutableSortedDictionary<string, string>.Empty;
}

/// <summary><c>constella config --json</c>; secrets are told as set.</summary>
public sealed record SourcesDocument(ImmutableArray<EffectiveSetting> Settings);

/// <summary>A line of <c>constella logs --json</c>.</summary>
/// <param name="At">With offset from UTC; null where the line's beginning is in no file any more.</param>
public sealed record LogDocument(string? At, string Level, string Text);

/// <summary><c>constella init --json</c> and <c>constella join --json</c>.</summary>
public sealed record NetworkDocument
{
    public required string NetworkId { get; init; }
    public required string NodeId { get; init; }
    public required string Name { get; init; }
    public required string Addr { get; init; }
    public required string StateDir { get; init; }
    public required int Members { get; init; }

    /// <summary>False for a network that was there before.</summary>
    public required bool Created { get; init; }

    /// <summary>Of <c>join</c>: whether the inviting node reached this one; null when it did not try.</summary>
    public bool? Reachable { get; init; }
}

/// <summary><c>constella reboot --json</c>.</summary>
public sealed record RebootDocument(string NodeId, string Name, string CommandId, string BootBefore, string? BootAfter, double? Seconds);

/// <summary><c>constella traffic --json</c> without a node: all of them.</summary>
public sealed record TrafficDocument(ImmutableArray<TrafficEntry> Nodes);

/// <param name="Report">As <c>GET /traffic</c>; null where the node does not answer.</param>
/// <param name="Why">Why not.</param>
/// <param name="Bill">Also of a node that does not answer.</param>
public sealed record TrafficEntry(string NodeId, string Name, TrafficReport? Report, string? Why, BillInfo Bill);

/// <summary><c>constella keys --json</c>: the secret by its number.</summary>
/// <param name="Phase">Of the latest rotation; <c>remove</c> is its end, null: there was none.</param>
/// <param name="Followed">How many of the living have followed it.</param>
/// <param name="Waiting">Names of the living that have not.</param>
public sealed record KeysDocument(int Generation, RotationPhase? Phase, DateTimeOffset? Since, int Followed, ImmutableArray<string> Waiting);

/// <summary><c>constella evict --json</c>.</summary>
/// <param name="Generation">Of the secret that the evicted node does not know.</param>
/// <param name="RevokeBotToken">There is a bot token, and the evicted machine knows it.</param>
public sealed record EvictDocument(string NodeId, string Name, int Generation, bool RevokeBotToken);

/// <summary><c>constella force-leave --json</c>.</summary>
public sealed record ForceLeaveDocument(string NodeId, string Name);

/// <summary><c>constella owner --json</c> and <c>owner set --json</c>.</summary>
/// <param name="OwnerId">Null: the bot has not met the owner yet.</param>
public sealed record OwnerDocument(string? Owner, long? OwnerId);

/// <summary><c>constella transfer --json</c>.</summary>
/// <param name="NodeId">Of whom was named; null: nobody is any more.</param>
/// <param name="HostBefore">A name.</param>
/// <param name="Seconds">Until it was Host; null where that was not waited for.</param>
public sealed record TransferDocument(string? NodeId, string? Name, string? HostBefore, double? Seconds);

/// <summary><c>constella pause --json</c> and <c>resume --json</c>.</summary>
public sealed record PauseDocument(bool Paused);

/// <summary><c>constella drain --json</c>.</summary>
/// <param name="Host">Name of the Host afterwards.</param>
public sealed record DrainDocument(string NodeId, string Name, bool Drained, string? Host);

/// <summary><c>constella rename --json</c>.</summary>
public sealed record RenameDocument(string NodeId, string NameBefore, string Name);

/// <summary><c>constella priority --json</c>.</summary>
public sealed record PriorityDocument(string NodeId, string Name, int PriorityBefore, int Priority);

/// <summary><c>constella history --json</c>: by beginning.</summary>
public sealed record HistoryDocument(ImmutableArray<Reign> Hosts);

/// <summary>A time in which one node was Host (rule U8).</summary>
/// <param name="Until">When the next one began; null: it goes on.</param>
/// <param name="Before">Name of the Host before, where it was known.</param>
/// <param name="Why"><c>start</c>, <c>failover</c>, <c>stop</c>, <c>drain</c>, <c>transfer</c>, <c>return</c>, <c>again</c> or <c>witness</c>.</param>
public sealed record Reign(string NodeId, string Name, DateTimeOffset Since, DateTimeOffset? Until, string? Before, string? Why, long Term);

/// <summary><c>constella restart --json</c> and <c>update --json</c>: in the order in which it was done.</summary>
public sealed record RestartDocument(ImmutableArray<RestartedNode> Nodes, string? HostBefore, string? HostAfter, double Seconds);

/// <param name="Seconds">Until all heard it again; null: it was left alone, because nothing new lay in place.</param>
public sealed record RestartedNode(string NodeId, string Name, bool WasHost, string? BuildBefore, string? BuildAfter, double? Seconds);

/// <summary><c>constella verify --json</c>.</summary>
/// <param name="Alike">All run the same, as far as they are heard, and all are heard.</param>
public sealed record VerifyDocument(bool Alike, ImmutableArray<NodeBuild> Nodes);

/// <param name="Build">Of the sources: the first 12 digits of their SHA-256. Null with its version: it is not heard.</param>
public sealed record NodeBuild(string NodeId, string Name, string? Version, string? Build);

/// <summary><c>constella sign --json</c>.</summary>
public sealed record SignedDocument(string Method, string Url, ImmutableSortedDictionary<string, string> Headers);

/// <summary><c>constella ca --json</c>.</summary>
public sealed record AuthorityDocument(string CertificateAuthority);

/// <summary><c>constella state check --json</c> and <c>repair --json</c>: as it was found.</summary>
public sealed record StateDocument
{
    public required string StateDir { get; init; }

    /// <summary>Whether a node can start from the file.</summary>
    public required bool Good { get; init; }

    public string? Wrong { get; init; }
    public DateTimeOffset? Written { get; init; }

    /// <summary>Whether there is a last good copy to repair it with.</summary>
    public required bool CopyGood { get; init; }

    public DateTimeOffset? CopyWritten { get; init; }
    public string? NodeId { get; init; }
    public string? NetworkId { get; init; }
    public bool Repaired { get; init; }

    /// <summary>Where the damaged file is kept.</summary>
    public string? Kept { get; init; }
}

/// <summary>Shapes that scripts read: snake_case, fields are only ever added.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(PeersDocument))]
[JsonSerializable(typeof(StatusDocument))]
[JsonSerializable(typeof(InviteDocument))]
[JsonSerializable(typeof(InvitesDocument))]
[JsonSerializable(typeof(ConfigDocument))]
[JsonSerializable(typeof(SourcesDocument))]
[JsonSerializable(typeof(LogDocument))]
[JsonSerializable(typeof(NetworkDocument))]
[JsonSerializable(typeof(RebootDocument))]
[JsonSerializable(typeof(KeysDocument))]
[JsonSerializable(typeof(EvictDocument))]
[JsonSerializable(typeof(ForceLeaveDocument))]
[JsonSerializable(typeof(OwnerDocument))]
[JsonSerializable(typeof(TransferDocument))]
[JsonSerializable(typeof(PauseDocument))]
[JsonSerializable(typeof(DrainDocument))]
[JsonSerializable(typeof(RenameDocument))]
[JsonSerializable(typeof(PriorityDocument))]
[JsonSerializable(typeof(HistoryDocument))]
[JsonSerializable(typeof(RestartDocument))]
[JsonSerializable(typeof(VerifyDocument))]
[JsonSerializable(typeof(SignedDocument))]
[JsonSerializable(typeof(AuthorityDocument))]
[JsonSerializable(typeof(StateDocument))]
[JsonSerializable(typeof(AlertsAnswer))]
[JsonSerializable(typeof(AuditAnswer))]
[JsonSerializable(typeof(TrafficDocument))]
[JsonSerializable(typeof(TrafficReport))]
[JsonSerializable(typeof(NodeStats))]
[JsonSerializable(typeof(HistorySeries))]
[JsonSerializable(typeof(SpeedState))]
[JsonSerializable(typeof(SpeedRun))]
[JsonSerializable(typeof(RttDocument))]
[JsonSerializable(typeof(DoctorDocument))]
[JsonSerializable(typeof(VpnDocument))]
[JsonSerializable(typeof(DownDocument))]
public sealed partial class CliJson : JsonSerializerContext;
