using System.Diagnostics;
using System.Globalization;
using System.Text;
using Xunit.Abstractions;

namespace Constella.Tests.Simulation;

/// <summary>The simulator takes every core for half a minute: what waits for a clock of its own must not run beside it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SimulatorAlone
{
    public const string Name = "simulator";
}

/// <summary>The real <c>ClusterNode</c> in a seeded world. <c>CONSTELLA_SIM_SEEDS=A..B</c> names other seeds.</summary>
[Collection(SimulatorAlone.Name)]
public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Workers = 2;

    [Fact]
    public void The_rules_hold_for_every_seed()
    {
        var (from, to) = Range();
        var watch = Stopwatch.StartNew();
        var totals = new Totals();
        var failures = new List<(int Seed, string What)>();
        Parallel.For(from, to + 1, new ParallelOptions { MaxDegreeOfParallelism = Workers }, seed =>
        {
            var (world, failure) = Run(seed, new WorldOptions());
            lock (totals)
            {
                totals.Add(world.Totals);
                if (failure is not null)
                    failures.Add((seed, failure));
            }
        });
        output.WriteLine($"seeds {from}..{to} in {watch.Elapsed.TotalSeconds:F1} s: {totals}");
        if (failures.Count > 0)
            Assert.Fail(Report(failures));
        foreach (var (name, count) in totals.Rows())
            Assert.True(count > 0 || to - from < 100, $"nothing was tested of: {name}");
    }

    [Fact]
    public void A_seed_replays_exactly()
    {
        for (var seed = 1; seed <= 4; seed++)
        {
            var (first, _) = Run(seed, new WorldOptions { DurationMs = 240_000 });
            var (second, _) = Run(seed, new WorldOptions { DurationMs = 240_000, Trace = true });
            Assert.Equal(first.Hash, second.Hash);
            Assert.NotEmpty(second.TraceLines);
        }
    }

    /// <summary>Runs one seed; what the node throws counts as a failure like a broken invariant.</summary>
    internal static (World World, string? Failure) Run(int seed, WorldOptions options)
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
            return (world, $"seed {seed} at {world.Now / 1000.0:F3} s: {error}");
        }
    }

    private static string Report(List<(int Seed, string What)> failures)
    {
        var text = new StringBuilder();
        failures.Sort((a, b) => a.Seed.CompareTo(b.Seed));
        text.Append(CultureInfo.InvariantCulture, $"{failures.Count} seeds failed:\n");
        foreach (var (_, what) in failures.Take(30))
            text.AppendLine(what.Split('\n')[0]);
        var (world, again) = Run(failures[0].Seed, new WorldOptions { Trace = true });
        text.AppendLine("the first one again:").AppendLine(again ?? "it passed: the run is not deterministic");
        foreach (var line in world.TraceLines.TakeLast(200))
            text.AppendLine(line);
        return text.ToString();
    }

    private static (int From, int To) Range()
    {
        var text = Environment.GetEnvironmentVariable("CONSTELLA_SIM_SEEDS");
        if (string.IsNullOrEmpty(text))
            return (1, 500);
        var ends = text.Split("..", StringSplitOptions.RemoveEmptyEntries).Select(end => int.Parse(end, CultureInfo.InvariantCulture)).ToArray();
        return (ends[0], ends[^1]);
    }
}
