using System.Text.Json.Serialization;

namespace Constella.Core.Wire;

/// <summary>
/// <c>POST /reboot</c>, <c>/restart</c>, <c>/update</c>, <c>/drain</c>, <c>/undrain</c>, <c>/rename</c>, <c>/priority</c>: something a node is to do
/// to itself, once (rules C1 to C6).
/// </summary>
public sealed record CommandRequest
{
    public int V { get; init; } = Limits.Protocol;

    /// <summary>32 hexadecimal digits. The same id again answers the same and does nothing.</summary>
    public required string Id { get; init; }

    /// <summary>The node that shall do it; another node relays the call once.</summary>
    public required string Target { get; init; }

    /// <summary>The highest term the caller has seen; a target that has seen a higher one refuses.</summary>
    public required Cluster.Term Term { get; init; }

    /// <summary>Of <c>/rename</c> alone: the node's new name (rule C6).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    /// <summary>Of <c>/priority</c> alone: 0 to <see cref="Limits.Priority"/>, the smallest leads (rules C6 and E1).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Priority { get; init; }

    /// <summary>What exactly is ordered, as the audit log tells it.</summary>
    [JsonIgnore]
    public string? Detail => Name is not null ? "name=" + Name : Priority is { } priority ? $"priority={priority}" : null;
}

/// <summary>The answer to a command that was taken.</summary>
/// <param name="Repeated">True when this id had been taken before.</param>
/// <param name="Boot">The target's boot id when it answered.</param>
public sealed record CommandAnswer(string Id, string Target, string Boot, bool Repeated)
{
    /// <summary>The target's run id when it answered; null: a node of an older version.</summary>
    public string? Run { get; init; }
}

/// <summary>Error codes: the last part of a problem's <c>type</c>, the same on every road.</summary>
public static class Errors
{
    public const string NoHost = "no-host";
    public const string NotMember = "not-member";
    public const string NameTaken = "name-taken";
    public const string NetworkFull = "network-full";
    public const string StaleTerm = "stale-term";
    public const string LinkExpired = "link-expired";
    public const string LinkUsed = "link-used";
    public const string LinkRefused = "link-refused";
    public const string Timeout = "timeout";
    public const string LastMember = "last-member";
    public const string NotHost = "not-host";
    public const string TooMany = "too-many";
    public const string Invalid = "invalid";
    public const string Cloned = "cloned";

    /// <summary>The network's secret is being changed; it passes (rule X2).</summary>
    public const string Rotating = "rotating";

    /// <summary>Who joins asks for an address of the overlay, and the network has no hub (rule O1).</summary>
    public const string NoHub = "no-hub";

    /// <summary>The address in the overlay is another member's, all are, or there is a hub already (rule O1).</summary>
    public const string OverlayTaken = "overlay-taken";

    /// <summary>A bare 401: the other node does not know the secret that this one signs under.</summary>
    public const string Unauthorized = "unauthorized";

    /// <summary>No TLS connection: the other's certificate does not hold (rule X6).</summary>
    public const string Certificate = "certificate";

    /// <summary>It is heard: whoever lives leaves by itself, or is evicted (rule M3).</summary>
    public const string IsAlive = "is-alive";

    /// <summary>Evicting is for other nodes; this one leaves.</summary>
    public const string IsSelf = "is-self";
}
