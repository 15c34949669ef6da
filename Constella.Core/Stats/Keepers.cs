using System.Collections.Immutable;
using Constella.Core.Cluster;

namespace Constella.Core.Stats;

/// <summary>Who keeps copies of a node's history (rule D1).</summary>
public static class Keepers
{
    /// <summary>The members that follow <paramref name="node"/> in the ring of node ids and are alive or suspect, nearest first, without itself.</summary>
    /// <param name="count">At most so many.</param>
    public static ImmutableArray<string> Of(string node, IEnumerable<MemberView> members, int count) =>
    [
        .. members
            .Where(member => member.Health.IsHeard() && member.Record.NodeId != node)
            .Select(member => member.Record.NodeId)
            .OrderBy(id => string.CompareOrdinal(id, node) < 0)
            .ThenBy(id => id, StringComparer.Ordinal)
            .Take(count),
    ];
}
