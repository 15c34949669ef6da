namespace ClusterTrials;

/// <summary>The most that a figure may be in any round. It stands here before the scenario is run, and follows from a rule, not from a run.</summary>
internal sealed record Threshold(string Figure, double Limit, string Unit, string Why)
{
    public bool Holds(double value) => value <= Limit;

    public override string ToString() => $"{Figure} ≤ {Limit:0.##}{(Unit.Length > 0 ? " " + Unit : "")}";
}

/// <summary>Something that goes wrong in a network, and what of it an owner may notice.</summary>
/// <param name="What">One line for the table in docs/RELIABILITY.md.</param>
/// <param name="Own">Thresholds beside those that hold in every scenario.</param>
/// <param name="Act">Breaks, mends, and measures each of <paramref name="Own"/>.</param>
internal sealed record FaultScenario(string Name, int Nodes, string What, Threshold[] Own, Func<FaultTrial, Task> Act)
{
    /// <summary>Seconds for which a witness and another right may both be served (rule W7); by lease alone never.</summary>
    public double Overlap { get; init; }

    /// <summary>Last changes to a machine before its first boot.</summary>
    public Action<Machine>? Prepare { get; init; }

    /// <summary>What each cable adds to each frame's way.</summary>
    public TimeSpan CableDelay { get; init; }

    public IEnumerable<Threshold> Thresholds => [.. Own, .. Common, new Threshold(FaultTrial.BothConfirmed, Overlap, "s", Overlap > 0 ? "W7" : "L3")];

    private static Threshold[] Common { get; } =
    [
        new(FaultTrial.FalseDowns, 0, "", "H2"),
        new(FaultTrial.LostPresses, 0, "", "W6"),
        new(FaultTrial.Unconfirmed, 0, "", "W6"),
        new(FaultTrial.Ends, 0, "", "a node ends when it is told to"),
    ];
}
