using System.Globalization;

namespace ClusterTrials;

/// <summary>Runs a scenario again and again, each time in a fresh network, and holds every figure of every round against its threshold.</summary>
internal sealed class FaultRounds(FaultScenario scenario, Report report)
{
    private readonly Dictionary<string, List<double>> _figures = [];
    private int _passed;
    private int _duplicates;

    public static IReadOnlyList<FaultScenario> All { get; } = [.. Partitions.All, .. BadLinks.All, .. Clocks.All, .. Losses.All, .. Disks.All];

    public static async Task RunAsync(string name, int rounds, int seed, Report report)
    {
        var scenario = All.FirstOrDefault(each => each.Name == name) ?? throw new TrialException($"no such scenario: {name}");
        using var cables = scenario.CableDelay > TimeSpan.Zero
            ? await DelayedCables.LayAsync(Enumerable.Range(1, scenario.Nodes), scenario.CableDelay)
            : null;
        await new FaultRounds(scenario, report).RunAsync(rounds, seed);
    }

    /// <summary>The names, one a line, or the table of docs/RELIABILITY.md.</summary>
    public static void List(bool table)
    {
        if (table)
            Console.WriteLine("| scenario | nodes | what happens | thresholds of its own |\n| --- | --- | --- | --- |");
        foreach (var each in All)
        {
            var own = each.Own.Select(threshold => $"{threshold} ({threshold.Why})");
            Console.WriteLine(table ? $"| `{each.Name}` | {each.Nodes} | {each.What} | {string.Join("; ", own)} |" : each.Name);
        }
    }

    private async Task RunAsync(int rounds, int seed)
    {
        for (var round = 1; round <= rounds; round++)
            await RoundAsync(round, seed + round);
        report.Check(_passed == rounds, $"faults {scenario.Name}: {_passed} of {rounds} rounds",
            $"presses answered more than once: {_duplicates}; {string.Join("; ", scenario.Thresholds.Select(Percentiles))}");
    }

    private async Task RoundAsync(int round, int seed)
    {
        string? broken = null;
        var figures = new Dictionary<string, double>();
        try
        {
            await using var fleet = await Fleet.StartAsync(new FleetOptions(scenario.Nodes) { Prepare = scenario.Prepare });
            await using var trial = new FaultTrial(fleet, new Random(seed));
            figures = trial.Figures;
            await trial.StartAsync();
            await scenario.Act(trial);
            await trial.EndAsync();
            _duplicates += trial.Duplicates;
            if (scenario.Thresholds.Any(threshold => !figures.TryGetValue(threshold.Figure, out var value) || !threshold.Holds(value)))
                Report.Note($"{scenario.Name}, round {round}:\n{trial.WhatHappened()}".ReplaceLineEndings("\n# "));
        }
        catch (TrialException e)
        {
            broken = e.Message.ReplaceLineEndings("\n# ");
        }
        finally
        {
            for (var host = 0; host <= scenario.Nodes; host++)
                await Net.HealAsync(host);
        }
        foreach (var (figure, value) in figures)
            (_figures.TryGetValue(figure, out var all) ? all : _figures[figure] = []).Add(value);
        var passed = broken is null && scenario.Thresholds.All(threshold => figures.TryGetValue(threshold.Figure, out var value) && threshold.Holds(value));
        _passed += passed ? 1 : 0;
        Report.Note($"{scenario.Name}, round {round} {(passed ? "passed" : "FAILED")}: "
            + string.Join("; ", scenario.Thresholds.Select(threshold => Told(threshold, figures))) + (broken is null ? "" : $"\n# {broken}"));
    }

    private static string Told(Threshold threshold, Dictionary<string, double> figures) =>
        !figures.TryGetValue(threshold.Figure, out var value) ? $"{threshold.Figure} NOT MEASURED"
        : string.Create(CultureInfo.InvariantCulture, $"{threshold.Figure} {value:0.##} of {threshold.Limit:0.##}{(threshold.Holds(value) ? "" : " TOO MUCH")}");

    private string Percentiles(Threshold threshold)
    {
        if (!_figures.TryGetValue(threshold.Figure, out var all))
            return $"{threshold.Figure} never measured";
        var sorted = all.Order().ToList();
        double At(double share) => sorted[(int)Math.Ceiling(share * sorted.Count) - 1];
        return sorted[^1] == 0
            ? $"{threshold.Figure} 0"
            : string.Create(CultureInfo.InvariantCulture, $"{threshold.Figure} p50 {At(0.5):0.##}, p90 {At(0.9):0.##}, max {sorted[^1]:0.##} of {threshold.Limit:0.##}");
    }
}
