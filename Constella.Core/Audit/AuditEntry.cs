using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using Constella.Core.Cluster;

namespace Constella.Core.Audit;

/// <summary>How far a command is (rule U1); what came of it is the furthest that anybody wrote (U6).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<AuditStage>))]
public enum AuditStage
{
    /// <summary>Somebody wants it; on disk before anything is done.</summary>
    [JsonStringEnumMemberName("asked")] Asked,

    /// <summary>The node that is to do it has it.</summary>
    [JsonStringEnumMemberName("taken")] Taken,
    [JsonStringEnumMemberName("failed")] Failed,
    [JsonStringEnumMemberName("done")] Done,
}

/// <summary>Names of what is written down (rule U1).</summary>
public static class AuditActions
{
    public const string Reboot = "reboot";
    public const string Invite = "invite";
    public const string Revoke = "revoke";
    public const string Join = "join";
    public const string Leave = "leave";
    public const string Evict = "evict";
    public const string ForceLeave = "force-leave";
    public const string Rotate = "rotate";
    public const string Config = "config";
    public const string Speed = "speed";
    public const string Restart = "restart";
    public const string Update = "update";
    public const string Drain = "drain";
    public const string Undrain = "undrain";
    public const string Rename = "rename";
    public const string Priority = "priority";

    /// <summary>What the protocol itself does, in the step that takes it: a change of the node's own record (rules E2 and C6).</summary>
    public static bool IsOfRecord(string action) => action is Drain or Undrain or Rename or Priority;

    /// <summary>No command: the target became Host, after the node that it names as <see cref="AuditEntry.By"/> (rule U8).</summary>
    public const string Host = "host";
}

/// <summary>Why a node became Host (rule U8).</summary>
public static class HostCauses
{
    /// <summary>It knew of none before.</summary>
    public const string Start = "start";

    /// <summary>The one before was lost.</summary>
    public const string Failover = "failover";

    /// <summary>The one before was stopped, or restarted.</summary>
    public const string Stop = "stop";

    /// <summary>The one before was told to drain.</summary>
    public const string Drain = "drain";

    /// <summary>A transfer names this node (rule E5).</summary>
    public const string Transfer = "transfer";

    /// <summary>This node's key is smaller (rule E3).</summary>
    public const string Return = "return";

    /// <summary>It lost its own lease, and won the next.</summary>
    public const string Again = "again";

    /// <summary>By Telegram's word, without a majority (rule W1).</summary>
    public const string Witness = "witness";
}

/// <summary>Who gave a command, where it is no node and no invite.</summary>
public static class AuditActors
{
    /// <summary>The command line of the node that wrote the entry.</summary>
    public const string CommandLine = "cli";

    /// <summary>Stands for the owner, whose name the settings tell.</summary>
    public const string Owner = "owner";
}

/// <summary>A line of the audit log (rules U1 to U3); no secret is ever in it.</summary>
public sealed record AuditEntry
{
    /// <summary>What stands before a node's first entry.</summary>
    public static string NoHash { get; } = new('0', 64);

    /// <summary>Who wrote it.</summary>
    public required string Node { get; init; }

    /// <summary>Which process of that node: its entries are a chain.</summary>
    public required string Run { get; init; }

    /// <summary>One above the last of its node, from 1.</summary>
    public required long Number { get; init; }

    /// <summary>By the writer's clock, in whole milliseconds.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The highest that the writer knew.</summary>
    public required Term Term { get; init; }

    /// <summary>Common to all entries of one command.</summary>
    public required string Command { get; init; }

    /// <summary>One of <see cref="AuditActions"/>.</summary>
    public required string Action { get; init; }

    /// <summary>A node's or an invite's id; null: the network.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Target { get; init; }

    /// <summary>Who gave the command; null where the writer does not know.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? By { get; init; }

    public required AuditStage Stage { get; init; }

    /// <summary>What exactly, or why it failed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Detail { get; init; }

    /// <summary>Hash of the node's entry before.</summary>
    public string Previous { get; init; } = NoHash;

    public string Hash { get; init; } = "";

    /// <summary>
    /// SHA-256, in hexadecimal, over the fields in the order in which they stand here, each with its length (4 bytes, big-endian)
    /// before it: what a version adds later is not covered, and does not break an older reader.
    /// </summary>
    public string Seal()
    {
        var text = new ArrayBufferWriter<byte>(512);
        foreach (var field in (ReadOnlySpan<string>)
        [
            Node, Run, Whole(Number), Whole(At.ToUnixTimeMilliseconds()), Whole(Term.Counter), Term.NodeId, Command, Action,
            Target ?? "", By ?? "", Whole((int)Stage), Detail ?? "", Previous,
        ])
        {
            BinaryPrimitives.WriteInt32BigEndian(text.GetSpan(sizeof(int)), Encoding.UTF8.GetByteCount(field));
            text.Advance(sizeof(int));
            Encoding.UTF8.GetBytes(field, text);
        }
        return Convert.ToHexStringLower(SHA256.HashData(text.WrittenSpan));
    }

    private static string Whole(long number) => number.ToString(CultureInfo.InvariantCulture);
}
