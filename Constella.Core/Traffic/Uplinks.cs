using System.Collections.Immutable;

namespace Constella.Core.Traffic;

/// <summary>An interface by which traffic leaves the machine, and its counters as the kernel tells them: bytes since it came up.</summary>
public sealed record Uplink(string Name, long Received, long Sent);

/// <summary>All of them at one moment.</summary>
/// <param name="Boot">The kernel's boot id; null where it cannot be read.</param>
public sealed record UplinkReading(string? Boot, ImmutableArray<Uplink> Uplinks)
{
    /// <summary>Interfaces that are gone are remembered, so many in all: one may come back with its counters.</summary>
    private const int Remembered = 32;

    private const long Word = 1L << 32;

    /// <summary>What has moved since an earlier reading (rule T1).</summary>
    public (long Received, long Sent) Since(UplinkReading earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        var (received, sent) = (0L, 0L);
        foreach (var now in Uplinks)
        {
            var last = Boot == earlier.Boot ? earlier.Find(now.Name) : null;
            var moved = last is null ? (now.Received, now.Sent) : Moved(last, now);
            received += Math.Min(moved.Received, Limits.LargestSize);
            sent += Math.Min(moved.Sent, Limits.LargestSize);
        }
        return (received, sent);
    }

    /// <summary>This reading, with what an earlier one of the same boot knew besides.</summary>
    public UplinkReading After(UplinkReading earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        if (Boot != earlier.Boot)
            return this;
        var gone = earlier.Uplinks.Where(old => Find(old.Name) is null).Take(Math.Max(0, Remembered - Uplinks.Length));
        return this with { Uplinks = [.. Uplinks, .. gone] };
    }

    private Uplink? Find(string name) => Uplinks.FirstOrDefault(uplink => uplink.Name == name);

    // A counter that ran backwards alone, from near the end of 32 bits, has wrapped; else the interface was made anew.
    private static (long Received, long Sent) Moved(Uplink last, Uplink now)
    {
        var (received, sent) = (now.Received - last.Received, now.Sent - last.Sent);
        if (received >= 0 && sent >= 0)
            return (received, sent);
        if (received < 0 && sent >= 0 && Wrapped(last.Received, now.Received))
            return (received + Word, sent);
        return sent < 0 && received >= 0 && Wrapped(last.Sent, now.Sent) ? (received, sent + Word) : (now.Received, now.Sent);
    }

    private static bool Wrapped(long last, long now) => last is >= Word / 2 and < Word && now + Word - last < Word / 2;
}
