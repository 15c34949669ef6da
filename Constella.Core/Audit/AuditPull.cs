using System.Collections.Immutable;

namespace Constella.Core.Audit;

/// <summary>How much of the log a node has (rule U5): equal marks, equal logs.</summary>
/// <param name="Height">Sum of the last numbers of all chains.</param>
/// <param name="Digest">Exclusive or of the first 64 bits of their hashes, 16 hexadecimal digits.</param>
public sealed record AuditMark(long Height, string Digest);

/// <summary>How far a chain is known to who asks.</summary>
/// <param name="Number">The last one of this chain that the asker has.</param>
public readonly record struct AuditHave(string Run, long Number);

/// <summary><c>POST /audit/pull</c>: what the caller has of the log (rule U5).</summary>
public sealed record AuditPull
{
    public int V { get; init; } = Limits.Protocol;

    /// <summary>Of chains that are not named, nothing older is wanted (rule U4).</summary>
    public DateTimeOffset Floor { get; init; }

    public ImmutableArray<AuditHave> Have { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary>What the caller does not have, in the order in which the giver got it.</summary>
/// <param name="More">There is more than fits.</param>
public sealed record AuditPage(ImmutableArray<AuditEntry> Entries, bool More)
{
    /// <param name="log">In the order of its lines.</param>
    public static AuditPage Of(IEnumerable<AuditEntry> log, AuditPull pull, int limit)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(pull);
        var have = new Dictionary<string, long>();
        foreach (var (run, number) in pull.Have)
            have[run] = number;
        var page = ImmutableArray.CreateBuilder<AuditEntry>();
        foreach (var entry in log)
        {
            if (have.TryGetValue(entry.Run, out var number) ? entry.Number <= number : entry.At < pull.Floor)
                continue;
            if (page.Count == limit)
                return new AuditPage(page.ToImmutable(), true);
            have[entry.Run] = entry.Number;
            page.Add(entry);
        }
        return new AuditPage(page.ToImmutable(), false);
    }
}
