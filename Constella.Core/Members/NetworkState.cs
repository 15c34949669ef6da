using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Constella.Core.Alerts;
using Constella.Core.Cluster;

namespace Constella.Core.Members;

/// <summary>Who votes (rule M1): written by the lease holder only, one member at a time, ordered by its stamp.</summary>
public sealed record MemberSet
{
    public Stamp Cfg { get; init; } = Stamp.None;

    /// <summary>Node ids, sorted ordinally.</summary>
    public ImmutableArray<string> Ids { get; init => field = value.IsDefault ? [] : value; } = [];

    [JsonIgnore]
    public int Majority => (Ids.Length / 2) + 1;
}

/// <summary>The message that the bot keeps editing; replicated so that the next Host edits the same one.</summary>
/// <param name="ChatId">In a patch, 0 means: no message any more.</param>
/// <param name="MessageId">0: it has not been sent yet, whoever is Host sends it.</param>
/// <param name="Screen">The screen shown, in the bot's own words (its callback data).</param>
public sealed record LivingMessage(long ChatId, long MessageId, string Screen);

/// <summary>A reboot that was asked for and whose end the owner is waiting to see; replicated, so that the next Host reports it.</summary>
/// <param name="CommandId">Rule W6: HMAC of the update's id and the action.</param>
/// <param name="BootId">The boot id of the target before the reboot.</param>
public sealed record PendingReboot(string CommandId, string Target, string BootId, DateTimeOffset Requested);

/// <summary>What the whole network shares beside its members; versioned by its stamp, the higher wins (rule S4).</summary>
public sealed record Settings
{
    public Stamp Stamp { get; init; } = Stamp.None;

    /// <summary>Without the <c>@</c>; matched once, at first contact.</summary>
    public string? OwnerUsername { get; init; }

    /// <summary>The owner's numeric Telegram id; from first contact on the only thing that counts.</summary>
    public long? OwnerId { get; init; }

    /// <summary><c>ru</c> or <c>en</c>.</summary>
    public string? OwnerLanguage { get; init; }

    /// <summary>A secret: never in a view, a log or an answer.</summary>
    public string? BotToken { get; init; }

    public LivingMessage? Message { get; init; }

    public ImmutableArray<PendingReboot> Reboots { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>What the owner has set, sorted by key and node (rule A7).</summary>
    public ImmutableArray<Option> Options { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>By beginning (rule A4).</summary>
    public ImmutableArray<Alert> Alerts { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Who sends alerts in the Host's place; null: the Host does (rule A5).</summary>
    public string? AlertSender { get; init; }
}

/// <summary>A change of settings; <c>null</c> leaves a field as it is, an empty text (or 0) clears it.</summary>
public sealed record SettingsPatch
{
    public string? OwnerUsername { get; init; }
    public long? OwnerId { get; init; }
    public string? OwnerLanguage { get; init; }
    public string? BotToken { get; init; }
    public LivingMessage? Message { get; init; }
    public PendingReboot? AddReboot { get; init; }

    /// <summary>Command id of a pending reboot that has ended.</summary>
    public string? EndReboot { get; init; }

    /// <summary>Each sets one option, or unsets it where its value is empty.</summary>
    public ImmutableArray<Option> Options { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Begun or ended.</summary>
    public ImmutableArray<Alert> Alerts { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Sent to the owner.</summary>
    public ImmutableArray<AlertReceipt> Told { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>A node id.</summary>
    public string? AlertSender { get; init; }
}

/// <summary>The boot that this node last ran in.</summary>
/// <param name="Asked">A command has asked for its end (rule A2).</param>
public sealed record BootRecord(string Id, bool Asked);

/// <summary>A Telegram update that was handled, remembered by its exact id (rule W6).</summary>
public readonly record struct HandledUpdate(long Id, DateTimeOffset At);

/// <summary>A command this node has persisted; the same id again answers the same and does nothing (rule C1).</summary>
public sealed record ExecutedCommand(string Id, string Action, DateTimeOffset At);

/// <summary>What a voter has promised (rule L6).</summary>
public sealed record Vote(string Holder, Term Term);

/// <summary>An invite that this node minted and only this node redeems (rule J2).</summary>
public sealed record Invite
{
    /// <summary>Derived from the token; not secret.</summary>
    public required string Id { get; init; }

    /// <summary>The key derived from the token, base64url; the token itself is not kept.</summary>
    public required string Key { get; init; }

    public required DateTimeOffset Expires { get; init; }

    /// <summary>The joiner's nonce once redeemed: that joiner may ask again if the answer was lost.</summary>
    public string? RedeemedNonce { get; init; }

    public string? RedeemedBy { get; init; }
}

/// <summary>All that a node keeps: the content of <c>state/network_state.json</c> (requirement R9, rule S3).</summary>
public sealed record NetworkState
{
    /// <summary>Of the file's shape.</summary>
    public int Format { get; init; } = 1;

    public required string NetworkId { get; init; }

    public string? OwnerUsername => Settings.OwnerUsername;

    /// <summary>256 random bits, base64url.</summary>
    public required string NetworkSecret { get; init; }

    /// <summary>The secret's generation, named by <c>keyid</c> (rule X2).</summary>
    public int SecretGeneration { get; init; } = 1;

    /// <summary>A second secret that is accepted while a rotation goes on: the next one, then the last one (rule X2).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NumberedSecret? OtherSecret { get; init; }

    /// <summary>This node's own private key, 32 random bytes in base64url, by which new secrets reach it; a secret (rule X2).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? NodeKey { get; init; }

    /// <summary>The latest rotation of the secret, or null (rule X2).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Rotation? Rotation { get; init; }

    /// <summary>This node's own id.</summary>
    public required string NodeId { get; init; }

    /// <summary>Every record this node knows, its own and tombstones among them, sorted by node id.</summary>
    public required ImmutableArray<MemberRecord> Peers { get; init; }

    public MemberSet Members { get; init; } = new();

    public Settings Settings { get; init; } = new();

    /// <summary>The highest term that was won, as far as this node knows (rule L7).</summary>
    public Term Term { get; init; } = Term.None;

    public Vote? Vote { get; init; }

    /// <summary>When another member was last heard, within hours: after a long absence a node only pulls at first (rule S1).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? Seen { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public BootRecord? Boot { get; init; }

    /// <summary>Command id of a restart that this process is to come to its end by (rule C5).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Restart { get; init; }

    public ImmutableArray<Invite> Invites { get; init => field = value.IsDefault ? [] : value; } = [];

    public ImmutableArray<HandledUpdate> Updates { get; init => field = value.IsDefault ? [] : value; } = [];

    public ImmutableArray<ExecutedCommand> Commands { get; init => field = value.IsDefault ? [] : value; } = [];
}
