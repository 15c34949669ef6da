namespace Constella.Core.Cluster;

/// <summary>What clocks agree on (rule A2).</summary>
public static class ClockMedian
{
    /// <summary>
    /// By how many milliseconds the median of all clocks, one's own among them, is ahead of one's own; where the middle is between two, the one
    /// nearer to one's own.
    /// </summary>
    /// <param name="others">By how much each other clock is ahead.</param>
    public static long Of(IEnumerable<long> others)
    {
        var offsets = others.Append(0).Order().ToArray();
        var (low, high) = (offsets[(offsets.Length - 1) / 2], offsets[offsets.Length / 2]);
        return Math.Abs(low) <= Math.Abs(high) ? low : high;
    }
}
