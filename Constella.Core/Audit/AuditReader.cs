using System.Collections.Immutable;
using System.Globalization;

namespace Constella.Core.Audit;

/// <summary>A command as its entries tell it (rule U6).</summary>
/// <param name="Node">Who wrote of it first: where it was given.</param>
/// <param name="By">As <see cref="AuditEntry.By"/>.</param>
/// <param name="Stage">The furthest; <c>asked</c>: nobody knows how it ended.</param>
/// <param name="Ended">When that stage was written; null where it is <c>asked</c>.</param>
/// <param name="Reason">Why it failed.</param>
public sealed record AuditedCommand(
    string Id, DateTimeOffset At, string Node, string? By, string Action, string? Target, string? Detail, long Term, AuditStage Stage, DateTimeOffset? Ended, string? Reason);

/// <summary>What a log says, and whether it is whole.</summary>
public static class AuditReader
{
    /// <summary>Commands by their beginnings.</summary>
    public static ImmutableArray<AuditedCommand> Commands(IEnumerable<AuditEntry> log) =>
        [.. log.GroupBy(entry => entry.Command).Select(Fold).OrderBy(command => command.At).ThenBy(command => command.Id, StringComparer.Ordinal)];

    private static AuditedCommand Fold(IEnumerable<AuditEntry> entries)
    {
        var first = entries.OrderBy(entry => entry.Stage).ThenBy(entry => entry.At).First();
        var last = entries.OrderByDescending(entry => entry.Stage).ThenBy(entry => entry.At).First();
        return new AuditedCommand(
            first.Command, first.At, first.Node, first.By, first.Action, first.Target, first.Stage == AuditStage.Failed ? null : first.Detail, first.Term.Counter,
            last.Stage, last.Stage == AuditStage.Asked ? null : last.At, last.Stage == AuditStage.Failed ? last.Detail : null);
    }
}

/// <summary>Rule U7: looks at a log entry by entry, and at its end for what is missing between.</summary>
public sealed class AuditCheck
{
    private readonly Dictionary<string, AuditEntry> _last = [];
    private readonly List<AuditEntry> _begins = [];
    private readonly Dictionary<string, SortedDictionary<long, List<string>>> _numbers = [];

    /// <returns>What is wrong with the entry, continuing a sentence that begins with it; or null.</returns>
    public string? Wrong(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Hash != entry.Seal())
            return "was changed after it was written";
        if (!_last.TryGetValue(entry.Run, out var last))
            _begins.Add(entry);
        else if (entry.Number <= last.Number)
            return "is there twice, or out of its order";
        _last[entry.Run] = entry;
        if (!_numbers.TryGetValue(entry.Node, out var numbers))
            _numbers.Add(entry.Node, numbers = []);
        if (!numbers.TryGetValue(entry.Number, out var hashes))
            numbers.Add(entry.Number, hashes = []);
        hashes.Add(entry.Hash);
        if (last is null || (entry.Number == last.Number + 1 && entry.Previous == last.Hash))
            return null;
        return entry.Number == last.Number + 1 ? "does not follow the one before it" : $"does not follow {Name(last)}: what was between them is missing (since {Moment(last)})";
    }

    /// <summary>What only the whole log shows: chains that do not continue those before them, and numbers given twice.</summary>
    public IEnumerable<string> Gaps()
    {
        foreach (var entry in _begins)
        {
            var numbers = _numbers[entry.Node];
            if (numbers.TryGetValue(entry.Number - 1, out var before) ? !before.Contains(entry.Previous) : numbers.Keys.First() < entry.Number)
                yield return $"{Name(entry)} of {Moment(entry)} does not follow what stands before it: entries are missing";
        }
        foreach (var (node, numbers) in _numbers)
        {
            foreach (var (number, _) in numbers.Where(one => one.Value.Count > 1).Take(1))
                yield return $"{node} has written two entries {Whole(number)}: its log was lost or restored, or the machine was copied";
        }
    }

    /// <summary>As people look for it.</summary>
    public static string Name(AuditEntry entry) => $"entry {Whole(entry.Number)} of {entry.Node}";

    private static string Moment(AuditEntry entry) => entry.At.ToString("u", CultureInfo.InvariantCulture);

    private static string Whole(long number) => number.ToString(CultureInfo.InvariantCulture);
}
