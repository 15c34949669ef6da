using System.Text.Json.Serialization;
using Constella.Core.Members;

namespace Constella.Core.Wire;

/// <summary><c>POST /join</c> (rule J1): all that the seed needs, under a MAC that only who has the token can make.</summary>
public sealed record JoinRequest
{
    public int V { get; init; } = Limits.Protocol;

    /// <summary>Derived from the token; the token itself never travels.</summary>
    public required string Invite { get; init; }

    public required string NetworkId { get; init; }
    public required string NodeId { get; init; }
    public required string Name { get; init; }

    /// <summary><c>host:port</c>; an empty host asks the seed to take the address that it sees.</summary>
    public required string Addr { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AltAddr { get; init; }

    public int Priority { get; init; } = 100;

    /// <summary>128 random bits, base64url: the same joiner repeats with the same nonce.</summary>
    public required string Nonce { get; init; }

    /// <summary>The joiner's ephemeral P-256 public key, uncompressed point, base64url.</summary>
    public required string Key { get; init; }

    /// <summary>The public part of the joiner's node key, which stays: an uncompressed P-256 point, base64url (rule X2).</summary>
    public required string NodeKey { get; init; }

    /// <summary>The place that the joiner asks for in the WireGuard overlay (rule O1); null: none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public OverlayPlace? Overlay { get; init; }

    /// <summary>HMAC-SHA256 over all the fields above, base64url.</summary>
    public required string Mac { get; init; }
}

/// <summary>The seed's answer to who proved the token: everything else is sealed.</summary>
/// <param name="Key">The seed's ephemeral P-256 public key, uncompressed point, base64url.</param>
/// <param name="Sealed">AES-256-GCM of a <see cref="JoinContent"/>, base64url.</param>
public sealed record JoinAnswer(string Key, string Sealed);

/// <summary>What is sealed: the network, or the reason why not.</summary>
public sealed record JoinContent
{
    /// <summary>A code of <see cref="Errors"/>, or null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    /// <summary>A sentence for a person: what is wrong and what to do.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Detail { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? NetworkId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? NetworkSecret { get; init; }

    public int SecretGeneration { get; init; }

    /// <summary>The certificate of the network's authority (rule X6), PEM. The joiner holds it against the secret beside it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CertificateAuthority { get; init; }

    /// <summary>Members, settings (owner and bot token among them) and handled updates.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SharedState? State { get; init; }

    /// <summary>Whether the seed reached the joiner's address when it dialled back; null: not tried.</summary>
    public bool? Reachable { get; init; }
}
