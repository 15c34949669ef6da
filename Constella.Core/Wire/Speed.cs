using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Constella.Core.Wire;

/// <summary>Which way the bytes go, as seen from the node that measures.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SpeedDirection>))]
public enum SpeedDirection
{
    [JsonStringEnumMemberName("both")] Both,
    [JsonStringEnumMemberName("down")] Down,
    [JsonStringEnumMemberName("up")] Up,
}

/// <summary>How far a speed test has come.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<SpeedPhase>))]
public enum SpeedPhase
{
    /// <summary>The other end is asked, and round trips are measured while nothing else goes on.</summary>
    [JsonStringEnumMemberName("begun")] Begun,
    [JsonStringEnumMemberName("down")] Down,
    [JsonStringEnumMemberName("up")] Up,
    [JsonStringEnumMemberName("done")] Done,
    [JsonStringEnumMemberName("failed")] Failed,
}

/// <summary><c>POST /speed</c>: a node is to measure, once (rule B1).</summary>
public sealed record SpeedOrder
{
    /// <summary>16 hexadecimal digits. The same id again answers the same and measures nothing.</summary>
    public required string Id { get; init; }

    /// <summary>The node that measures; another node relays the call once.</summary>
    public required string Target { get; init; }

    /// <summary>A node id, or <c>internet</c> (<see cref="SpeedRun.Internet"/>).</summary>
    public required string With { get; init; }

    public SpeedDirection Direction { get; init; }

    /// <summary>Of each direction; null: as the settings have it.</summary>
    public int? Seconds { get; init; }

    /// <summary>Of the whole test; null: as the settings have it, which is also the most.</summary>
    public long? Bytes { get; init; }
}

/// <summary>What was measured in one direction.</summary>
/// <param name="Mbps">Megabits (10^6 bit) of content a second where they arrived, the first second left out (rule B3).</param>
/// <param name="Bytes">That arrived, the first second among them.</param>
/// <param name="Seconds">For which was measured.</param>
/// <param name="RttMs">Median round trip meanwhile; null where none came back.</param>
/// <param name="Cut">Why it ended before its time: <c>heartbeats</c>, <c>bytes</c>; null: it did not.</param>
public sealed record SpeedFigure(double Mbps, long Bytes, double Seconds, double? RttMs, string? Cut);

/// <summary>A speed test, while it goes on and after.</summary>
public sealed record SpeedRun
{
    /// <summary>The other end that is no node.</summary>
    public const string Internet = "internet";

    public required string Id { get; init; }

    /// <summary>A node id, or <c>internet</c>.</summary>
    public required string With { get; init; }

    public required SpeedPhase Phase { get; init; }

    public SpeedDirection Direction { get; init; }

    public required DateTimeOffset Started { get; init; }

    public DateTimeOffset? Ended { get; init; }

    /// <summary>Budgets: of each direction, and of the whole test.</summary>
    public required int Seconds { get; init; }
    public required long Bytes { get; init; }

    /// <summary>Bytes that this node has sent and received for it so far.</summary>
    public long Moved { get; init; }

    /// <summary>Of the direction that goes on; null before its first figures.</summary>
    public double? Mbps { get; init; }

    /// <summary>Median round trip before anything was sent.</summary>
    public double? RttMs { get; init; }

    public SpeedFigure? Down { get; init; }
    public SpeedFigure? Up { get; init; }

    /// <summary>Why it failed: a code, and words for people.</summary>
    public string? Error { get; init; }
    public string? Detail { get; init; }

    [JsonIgnore]
    public bool IsOver => Phase is SpeedPhase.Done or SpeedPhase.Failed;
}

/// <summary><c>GET /speed</c>: what a node may still measure, and what it has measured.</summary>
public sealed record SpeedState
{
    public required string NodeId { get; init; }

    /// <summary>Why it measures nothing (rule C2); null: it does.</summary>
    public string? Refused { get; init; }

    /// <summary>The month in UTC, as <c>2026-11</c>, what speed tests have cost in it, and what they may.</summary>
    public required string Month { get; init; }
    public required long Used { get; init; }
    public required long Monthly { get; init; }

    /// <summary>Budgets of one test.</summary>
    public required long Bytes { get; init; }
    public required int Seconds { get; init; }

    /// <summary>The latest first; of one that goes on, its figures of now.</summary>
    public ImmutableArray<SpeedRun> Runs { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary><c>POST /speed/offer</c>: the caller wants to exchange bytes with this node (rule B2).</summary>
public sealed record SpeedOffer
{
    public required string Test { get; init; }
    public required int Seconds { get; init; }
    public required long Bytes { get; init; }
}

/// <summary>What the other end allows; never more than was asked for.</summary>
public sealed record SpeedGrant(string Test, int Seconds, long Bytes);

/// <summary><c>POST /speed/close</c></summary>
public sealed record SpeedEnd
{
    public required string Test { get; init; }
}

/// <summary>What the other end has received, by its own count.</summary>
/// <param name="Received">All of it.</param>
/// <param name="Bytes">Of that, what came after the first second.</param>
/// <param name="Milliseconds">In which that came.</param>
/// <param name="Cut">Why it stopped receiving before the sender did; null: it did not.</param>
public sealed record SpeedCount(long Received, long Bytes, long Milliseconds, string? Cut);
