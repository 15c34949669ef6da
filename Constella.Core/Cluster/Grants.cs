using System.Collections.Immutable;

namespace Constella.Core.Cluster;

/// <summary>The grants that a candidate or holder has for its term (rule L3), counted from before each ask was sent.</summary>
internal sealed class Grants
{
    private readonly Dictionary<string, (long Until, long AskedAt)> _byVoter = [];

    public bool Has(string voter, long mono) => _byVoter.TryGetValue(voter, out var grant) && grant.Until > mono;

    public void Add(string voter, long askedAt, long ms)
    {
        var until = askedAt + Math.Min(ms, Timings.Lease) - Timings.LeaseMargin;
        if (!_byVoter.TryGetValue(voter, out var known) || known.Until < until)
            _byVoter[voter] = (until, askedAt);
    }

    public void Clear() => _byVoter.Clear();

    /// <summary>Until when a majority of <paramref name="voters"/> has granted; 0 when too few ever have.</summary>
    /// <param name="askedAfter">Counts only grants that were asked for at this time or later (rule L4).</param>
    public long Until(ImmutableArray<string> voters, long askedAfter)
    {
        var majority = (voters.Length / 2) + 1;
        if (_byVoter.Count < majority)
            return 0;
        Span<long> ends = stackalloc long[voters.Length];
        var count = 0;
        foreach (var voter in voters)
        {
            if (_byVoter.TryGetValue(voter, out var grant) && grant.AskedAt >= askedAfter)
                ends[count++] = grant.Until;
        }
        if (count < majority)
            return 0;
        ends[..count].Sort();
        return ends[count - majority];
    }
}
