namespace Constella.Tests.Simulation;

/// <summary>What happened in a run: a zero over many seeds means that something is not tested at all.</summary>
internal sealed class Totals
{
    public long Elections, HandOvers, Conflicts, Witnesses, Joins, Leaves, Crashes, Restarts, Presses, Commands, Pauses, Steps, Persists, Overlaps, Repeated;
    public long AuditEntries;
    public long Transfers, Drains, Priorities, ForcedLeaves;
    public long Rotations, Evictions, LeftBehind, Alerts, AlertsPassedOn, AlertsRepeated, AlertsRepeatedKnown;
    public long Cuts, OneWayCuts, CallCuts, Lost, Duplicates, Outages, SlowTelegram, Webhooks, ClockJumps, Attacks;

    /// <summary>Of the quiet tails that began with a lease held, and of the others.</summary>
    public Agreement WithLease { get; init; } = new();
    public Agreement Without { get; init; } = new();
    public Agreement Overlapping { get; init; } = new();

    public void Add(Totals other)
    {
        Elections += other.Elections;
        HandOvers += other.HandOvers;
        Conflicts += other.Conflicts;
        Witnesses += other.Witnesses;
        Joins += other.Joins;
        Leaves += other.Leaves;
        Crashes += other.Crashes;
        Restarts += other.Restarts;
        Presses += other.Presses;
        Commands += other.Commands;
        Pauses += other.Pauses;
        Steps += other.Steps;
        Persists += other.Persists;
        Overlaps += other.Overlaps;
        Repeated += other.Repeated;
        AuditEntries += other.AuditEntries;
        Transfers += other.Transfers;
        Drains += other.Drains;
        Priorities += other.Priorities;
        ForcedLeaves += other.ForcedLeaves;
        Rotations += other.Rotations;
        Evictions += other.Evictions;
        LeftBehind += other.LeftBehind;
        Alerts += other.Alerts;
        AlertsPassedOn += other.AlertsPassedOn;
        AlertsRepeated += other.AlertsRepeated;
        AlertsRepeatedKnown += other.AlertsRepeatedKnown;
        Cuts += other.Cuts;
        OneWayCuts += other.OneWayCuts;
        CallCuts += other.CallCuts;
        Lost += other.Lost;
        Duplicates += other.Duplicates;
        Outages += other.Outages;
        SlowTelegram += other.SlowTelegram;
        Webhooks += other.Webhooks;
        ClockJumps += other.ClockJumps;
        Attacks += other.Attacks;
        WithLease.Add(other.WithLease);
        Without.Add(other.Without);
        Overlapping.Add(other.Overlapping);
    }

    public IReadOnlyList<(string Name, long Count)> Rows() =>
    [
        ("elections", Elections), ("hand-overs", HandOvers), ("409s", Conflicts), ("witness take-overs", Witnesses),
        ("joins", Joins), ("leaves", Leaves), ("crashes", Crashes), ("restarts", Restarts), ("presses", Presses),
        ("commands", Commands), ("pauses", Pauses), ("rotations", Rotations), ("evictions", Evictions), ("left behind", LeftBehind), ("audit entries", AuditEntries), ("transfers", Transfers), ("drains", Drains), ("priorities", Priorities), ("forced leaves", ForcedLeaves), ("alerts", Alerts), ("alerts sent in the Host's place", AlertsPassedOn), ("cuts", Cuts), ("one-way cuts", OneWayCuts),
        ("cuts of calls but not of answers", CallCuts), ("messages lost", Lost), ("messages doubled", Duplicates),
        ("Telegram outages", Outages), ("slow Telegram", SlowTelegram), ("webhooks", Webhooks), ("clock jumps", ClockJumps), ("attacks on the wire", Attacks),
        ("messages told again", Repeated), ("steps", Steps), ("persists", Persists),
    ];

    public override string ToString() =>
        string.Join(", ", Rows().Select(row => $"{row.Name} {row.Count}")) + $", confirming at once {Overlaps}, alerts told twice {AlertsRepeated}";
}

/// <summary>How long it took until all agreed after the faults had stopped, counted by tenths of a second.</summary>
internal sealed class Agreement
{
    public const int StepMs = 100;

    public long[] Tenths { get; init; } = new long[601];

    public long Count => Tenths.Sum();

    public void Took(long ms) => Tenths[Math.Min((ms + StepMs - 1) / StepMs, Tenths.Length - 1)]++;

    public void Add(Agreement other)
    {
        for (var i = 0; i < Tenths.Length; i++)
            Tenths[i] += other.Tenths[i];
    }

    /// <returns>Seconds within which <paramref name="share"/> of the runs agreed; 0 without runs.</returns>
    public double Within(double share)
    {
        var left = (long)Math.Ceiling(Count * share);
        for (var i = 0; i < Tenths.Length; i++)
        {
            left -= Tenths[i];
            if (left <= 0)
                return i / 10.0;
        }
        return 0;
    }

    public override string ToString() => FormattableString.Invariant(
        $"p50 {Within(0.5):F1} s, p99 {Within(0.99):F1} s, max {Within(1):F1} s of {Count}");
}
