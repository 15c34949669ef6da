using System.Collections.Concurrent;

namespace Constella.Api.Peers;

/// <summary>
/// What verified answers told of each node: its run (rule X1), and how far its clock is from ours (rule X4). An offset counts
/// for that node only: one whose clock is wrong must not spoil the calls to all others.
/// </summary>
public sealed class TargetBook(TimeProvider time)
{
    private static readonly TimeSpan LargestOffset = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, string> _runs = new();
    private readonly ConcurrentDictionary<string, TimeSpan> _offsets = new();

    public string? RunOf(string node) => _runs.GetValueOrDefault(node);

    public void Learn(string node, string run) => _runs[node] = run;

    /// <summary>The time to sign with for a node.</summary>
    public DateTimeOffset UtcFor(string node) => time.GetUtcNow() + _offsets.GetValueOrDefault(node);

    /// <summary>Takes over the clock of a node that refused ours.</summary>
    /// <returns>The offset; null where it is more than an hour, which is a fault for a person to mend.</returns>
    public TimeSpan? Correct(string node, DateTimeOffset theirs)
    {
        var offset = theirs - time.GetUtcNow();
        if (offset.Duration() > LargestOffset)
            return null;
        _offsets[node] = offset;
        return offset;
    }
}
