using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Constella.Core.Cluster;

namespace Constella.Core.Members;

/// <summary>How far a rotation of the network secret is (rule X2).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<RotationPhase>))]
public enum RotationPhase
{
    /// <summary>All accept the new secret; all sign under the old one.</summary>
    [JsonStringEnumMemberName("install")] Install,

    /// <summary>All sign under the new secret and still accept the old one.</summary>
    [JsonStringEnumMemberName("use")] Use,

    /// <summary>The old secret opens nothing any more: the rotation is over.</summary>
    [JsonStringEnumMemberName("remove")] Remove,
}

/// <summary>The new secret for one node (<see cref="Signing.SecretBox"/>).</summary>
/// <param name="Node">Node id.</param>
public sealed record SealedSecret(string Node, string Box);

/// <summary>
/// The latest change of the network secret (rule X2): written by the lease holder only, merged by its stamp, the higher wins.
/// Over, it stays as a mark without boxes, so that what arrives late changes nothing.
/// </summary>
public sealed record Rotation
{
    public required Stamp Stamp { get; init; }

    /// <summary>Of the new secret.</summary>
    public required int Generation { get; init; }

    public required RotationPhase Phase { get; init; }

    /// <summary>UTC, when its first phase began.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>The ephemeral public key of the boxes; null once it is over.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; init; }

    /// <summary>One for each active member that had a key; empty once it is over.</summary>
    public ImmutableArray<SealedSecret> Sealed { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>The evicted nodes that this secret was kept from, sorted: one that is not here is a rotation that is owed.</summary>
    public ImmutableArray<string> Evicted { get; init => field = value.IsDefault ? [] : value; } = [];

    [JsonIgnore]
    public bool Over => Phase == RotationPhase.Remove;
}

/// <summary>A network secret with its number.</summary>
/// <param name="Secret">256 bits, base64url.</param>
public sealed record NumberedSecret(string Secret, int Generation)
{
    public override string ToString() => $"{nameof(NumberedSecret)} g{Generation}";
}
