using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using Constella.Core.Audit;
using Constella.Core.Wire;

namespace Constella.Api.Audit;

/// <summary>The first line of a file of the log (rule U4).</summary>
/// <param name="File">Its number, from 1.</param>
/// <param name="Before">SHA-256 of all of the file before it, in hexadecimal.</param>
/// <param name="Floor">The youngest of what was dropped before.</param>
internal sealed record AuditHeader(int File, string Before, DateTimeOffset Floor)
{
    public static AuditHeader First { get; } = new(1, AuditEntry.NoHash, DateTimeOffset.MinValue);
}

/// <summary>What stands in a file, as far as it can be read.</summary>
/// <param name="Header">Null: it is missing or damaged.</param>
/// <param name="Damaged">What is wrong, a sentence each.</param>
internal sealed record AuditContent(AuditHeader? Header, IReadOnlyList<AuditEntry> Entries, IReadOnlyList<string> Damaged);

/// <summary>One file of the log: lines of JSON.</summary>
internal static class AuditFile
{
    /// <exception cref="IOException">The disk does not give it.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static AuditContent Read(string path)
    {
        var name = Path.GetFileName(path);
        var entries = new List<AuditEntry>();
        var damaged = new List<string>();
        AuditHeader? header = null;
        var number = 0;
        // A crash leaves a line without its end; a reader of lines would not tell.
        if (!EndsWithLine(path))
            damaged.Add($"{name} is cut off in the middle of its last line: what was being written when the machine died, or what somebody took away");
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (number == 1 && (header = Parse(line, AuditJson.Default.AuditHeader)) is not null)
                continue;
            if (Parse(line, ConstellaJson.Default.AuditEntry) is { } entry && AuditShape.Wrong(entry) is null)
            {
                entries.Add(entry);
                if (number == 1)
                    damaged.Add($"the first line of {name} is missing");
                continue;
            }
            damaged.Add($"line {number} of {name} cannot be read{(entries.Count > 0 ? $" (after {AuditCheck.Name(entries[^1])} of {entries[^1].At:u})" : "")}");
        }
        if (number == 0)
            damaged.Add($"{name} is empty");
        return new AuditContent(header, entries, damaged);
    }

    public static byte[] Line(AuditEntry entry) => [.. JsonSerializer.SerializeToUtf8Bytes(entry, ConstellaJson.Default.AuditEntry), (byte)'\n'];

    public static byte[] Line(AuditHeader header) => [.. JsonSerializer.SerializeToUtf8Bytes(header, AuditJson.Default.AuditHeader), (byte)'\n'];

    public static string Hash(string path)
    {
        using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    private static T? Parse<T>(string line, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(line, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool EndsWithLine(string path)
    {
        using var file = File.OpenRead(path);
        if (file.Length == 0)
            return true;
        file.Position = file.Length - 1;
        return file.ReadByte() == '\n';
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AuditHeader))]
internal sealed partial class AuditJson : JsonSerializerContext;
