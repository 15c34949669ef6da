using System.Text.Json.Serialization;

namespace Constella.Core.Alerts;

/// <summary>What an alert is about (rule A2).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AlertKind>))]
public enum AlertKind
{
    /// <summary>A node is not heard.</summary>
    [JsonStringEnumMemberName("down")] Down,

    /// <summary>Another node is the Host now; <see cref="Alert.Detail"/> is the id of the one before.</summary>
    [JsonStringEnumMemberName("host")] Host,

    /// <summary>No majority is reached: a witness runs the bot.</summary>
    [JsonStringEnumMemberName("quorum")] Quorum,

    /// <summary>The fullest disk; <see cref="Alert.Detail"/> is its percent.</summary>
    [JsonStringEnumMemberName("disk")] Disk,

    /// <summary><see cref="Alert.Detail"/> is the percent.</summary>
    [JsonStringEnumMemberName("cpu")] Cpu,

    /// <summary><see cref="Alert.Detail"/> is the percent.</summary>
    [JsonStringEnumMemberName("ram")] Ram,

    /// <summary>A clock differs from the others'; <see cref="Alert.Detail"/> is by how many seconds, ahead positive.</summary>
    [JsonStringEnumMemberName("clock")] Clock,

    /// <summary>A node is there, but its certificate or its secret does not hold.</summary>
    [JsonStringEnumMemberName("certificate")] Certificate,

    /// <summary>A node runs another version; <see cref="Alert.Detail"/> is which.</summary>
    [JsonStringEnumMemberName("version")] Version,

    /// <summary>A machine came up anew and no command had asked for it.</summary>
    [JsonStringEnumMemberName("reboot")] Reboot,
}

/// <summary>How much of an alert the owner has been told (rule A5); it only grows.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AlertTold>))]
public enum AlertTold
{
    [JsonStringEnumMemberName("nothing")] Nothing,

    /// <summary>That it began; its end is to be told.</summary>
    [JsonStringEnumMemberName("begun")] Begun,

    /// <summary>All there is to tell, or nobody is to be told.</summary>
    [JsonStringEnumMemberName("all")] All,
}

/// <summary>Something the owner should know, from its beginning to its end (rules A1 to A5).</summary>
public sealed record Alert
{
    /// <summary>Kind, node and beginning.</summary>
    public required string Id { get; init; }

    public required AlertKind Kind { get; init; }

    /// <summary>A node id; null: it is about the network.</summary>
    public string? Node { get; init; }

    public required DateTimeOffset Since { get; init; }

    /// <summary>Null while it goes on; what has no duration ends when it begins.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>As its kind has it.</summary>
    public string? Detail { get; init; }

    public AlertTold Told { get; init; }

    /// <summary>Its beginning, or its end, is still to be told.</summary>
    [JsonIgnore]
    public bool Due => Told == AlertTold.Nothing || (Told == AlertTold.Begun && Ended is not null);

    /// <summary>What is told by a message about it as it stands now.</summary>
    [JsonIgnore]
    public AlertReceipt Receipt => new(Id, Ended is null ? AlertTold.Begun : AlertTold.All);

    /// <summary>The same thing happening to the same node, at any time.</summary>
    public bool IsAbout(AlertKind kind, string? node) => Kind == kind && Node == node;
}

/// <summary>Telegram has taken the message about an alert.</summary>
public sealed record AlertReceipt(string Id, AlertTold Told);
