using System.Text.Json.Serialization;

namespace Constella.Core.Members;

/// <summary>What a member's record says of it; liveness is not in it (rule S1).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MemberStatus>))]
public enum MemberStatus
{
    [JsonStringEnumMemberName("active")] Active,
    [JsonStringEnumMemberName("left")] Left,
    [JsonStringEnumMemberName("evicted")] Evicted,
}

/// <summary>One member, as its own node wrote it (rule S1). A record that is not <see cref="MemberStatus.Active"/> is a tombstone.</summary>
public sealed record MemberRecord
{
    /// <summary>16 lower-case hexadecimal digits, random, never reused.</summary>
    public required string NodeId { get; init; }

    /// <summary>1 to 32 of <c>[a-z0-9-]</c>; unique in the network (rule J3).</summary>
    public required string Name { get; init; }

    /// <summary>The address that others call: <c>host:port</c>, IPv6 in brackets.</summary>
    public required string Addr { get; init; }

    /// <summary>The second road, where there is one: the public address of a node that announces its overlay address (rule S2).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AltAddr { get; init; }

    /// <summary>Its place in the WireGuard overlay, where it has one (rule O1).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OverlayPlace? Overlay { get; init; }

    /// <summary>Smaller is preferred as Host (rule E1).</summary>
    public int Priority { get; init; } = 100;

    /// <summary>The public part of the node's own key, base64url: new secrets are sealed to it (rule X2). Null: not told yet.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    /// <summary>It is never Host, until it is told otherwise (rule E2).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Drain { get; init; }

    /// <summary>Raised by the member's own node only, with every change of its record.</summary>
    public long Incarnation { get; init; } = 1;

    public MemberStatus Status { get; init; }

    /// <summary>A tombstone's absolute end; then it is neither hashed nor accepted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Expires { get; init; }
}
