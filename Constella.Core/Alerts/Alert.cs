using System.Text.Json;
using System.Text.Json.Serialization;

namespace Constella.Core.Alerts;

/// <summary>What an alert is about (rule A2).</summary>
[JsonConverter(typeof(AlertKinds))]
public enum AlertKind
{
    /// <summary>Of a newer version.</summary>
    Unknown,

    /// <summary>A node is not heard.</summary>
    Down,

    /// <summary>Another node is the Host now; <see cref="Alert.Detail"/> is the id of the one before.</summary>
    Host,

    /// <summary>No majority is reached: a witness runs the bot.</summary>
    Quorum,

    /// <summary>The fullest disk; <see cref="Alert.Detail"/> is its percent.</summary>
    Disk,

    /// <summary><see cref="Alert.Detail"/> is the percent.</summary>
    Cpu,

    /// <summary><see cref="Alert.Detail"/> is the percent.</summary>
    Ram,

    /// <summary>A clock differs from the others'; <see cref="Alert.Detail"/> is by how many seconds, ahead positive.</summary>
    Clock,

    /// <summary>A node is there, but its certificate or its secret does not hold.</summary>
    Certificate,

    /// <summary>A node runs another version; <see cref="Alert.Detail"/> is which.</summary>
    Version,

    /// <summary>A machine came up anew and no command had asked for it.</summary>
    Reboot,

    /// <summary>Much of a month's traffic is used up; <see cref="Alert.Detail"/> is the percent: 80, 90 or 100.</summary>
    Traffic,

    /// <summary>A node's tunnel into the overlay does not carry.</summary>
    Overlay,

    /// <summary>A machine is to be paid for again; <see cref="Alert.Detail"/> is the last paid day, as 2026-12-24.</summary>
    Bill,
}

/// <summary>Kinds by their names; a name of a newer version is <see cref="AlertKind.Unknown"/>, not an error (rule V1).</summary>
public sealed class AlertKinds : JsonConverter<AlertKind>
{
    public static string Name(AlertKind kind) => kind.ToString().ToLowerInvariant();

    public override AlertKind Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Enum.TryParse<AlertKind>(reader.GetString(), ignoreCase: true, out var kind) && Enum.IsDefined(kind) ? kind : AlertKind.Unknown;

    public override void Write(Utf8JsonWriter writer, AlertKind value, JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WriteStringValue(Name(value));
    }
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

    /// <summary>How bad it is, of what gets worse while it goes on; where it does, the next stage is an alert of its own (rule A3).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Stage { get; init; }

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
