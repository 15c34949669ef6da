using System.Globalization;
using System.Text;

namespace Constella.Tests.Simulation;

/// <summary>What a range of seeds gave.</summary>
internal sealed class SeedRange
{
    public Totals Totals { get; } = new();
    public SortedDictionary<int, string> Failures { get; } = [];

    /// <summary>Seeds by the number of nodes they began with.</summary>
    public SortedDictionary<int, long> Sizes { get; } = [];

    public void Add(World world, string? failure)
    {
        Totals.Add(world.Totals);
        Sizes[world.FirstNodes] = Sizes.GetValueOrDefault(world.FirstNodes) + 1;
        if (failure is not null)
            Failures.Add(world.Seed, failure);
    }
}

/// <summary>Runs seeds.</summary>
internal static class Simulator
{
    /// <summary>Runs one seed; what the node throws counts as a failure like a broken invariant.</summary>
    public static (World World, string? Failure) Run(int seed, WorldOptions options)
    {
        var world = new World(seed, options);
        try
        {
            world.RunToEnd();
            return (world, null);
        }
        catch (ViolationException violation)
        {
            return (world, violation.Message);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            return (world, $"{world.Place}: {error}");
        }
    }

    public static SeedRange Run(int from, int to, int workers, WorldOptions options)
    {
        var range = new SeedRange();
        Parallel.For(from, to + 1, new ParallelOptions { MaxDegreeOfParallelism = workers }, seed =>
        {
            var (world, failure) = Run(seed, options);
            lock (range)
                range.Add(world, failure);
        });
        return range;
    }

    /// <summary>The failures, a line each, and what led to the first one, replayed.</summary>
    public static string Report(SeedRange range, WorldOptions options)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{range.Failures.Count} seeds failed:\n");
        foreach (var what in range.Failures.Values.Take(30))
            text.AppendLine(what.Split('\n')[0]);
        return text.AppendLine("the first one again:").Append(Replay(range.Failures.Keys.First(), options)).ToString();
    }

    /// <summary>One seed again, and the last that happened in it.</summary>
    public static string Replay(int seed, WorldOptions options)
    {
        var (world, failure) = Run(seed, options with { Trace = true });
        var text = new StringBuilder();
        foreach (var line in world.TraceLines)
            text.AppendLine(line);
        return text.AppendLine(failure ?? $"{world.Place}: every rule held").ToString();
    }
}
