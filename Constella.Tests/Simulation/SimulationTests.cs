namespace Constella.Tests.Simulation;

/// <summary>The simulator takes every core for half a minute: what waits for a clock of its own must not run beside it.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class SimulatorAlone
{
    public const string Name = "simulator";
}

/// <summary>The real <c>ClusterNode</c> in a seeded world; <c>bench/simulate</c> runs many more seeds, faster.</summary>
[Collection(SimulatorAlone.Name)]
public sealed class SimulationTests
{
    private const int Seeds = 200;

    [Fact]
    public void The_rules_hold_for_every_seed()
    {
        var range = Simulator.Run(1, Seeds, Environment.ProcessorCount, new WorldOptions());
        if (range.Failures.Count > 0)
            Assert.Fail(Simulator.Report(range, new WorldOptions()));
        foreach (var (name, count) in range.Totals.Rows())
            Assert.True(count > 0, $"nothing was tested of: {name}");
    }

    [Fact]
    public void The_rules_hold_where_first_addresses_die()
    {
        var options = new WorldOptions { TwoRoads = true };
        var range = Simulator.Run(1, 40, Environment.ProcessorCount, options);
        if (range.Failures.Count > 0)
            Assert.Fail(Simulator.Report(range, options));
    }

    [Fact]
    public void A_seed_replays_exactly()
    {
        for (var seed = 1; seed <= 4; seed++)
        {
            var (first, _) = Simulator.Run(seed, new WorldOptions { DurationMs = 240_000 });
            var (second, _) = Simulator.Run(seed, new WorldOptions { DurationMs = 240_000, Trace = true });
            Assert.Equal(first.Hash, second.Hash);
            Assert.NotEmpty(second.TraceLines);
        }
    }
}
