using Constella.Core.Cluster;
using Constella.Core.Members;

namespace Constella.Tests.Simulation;

/// <summary>What a run of the simulator does beside what its seed says; mutants are made of the delegates.</summary>
internal sealed record WorldOptions
{
    public long DurationMs { get; init; } = 600_000;

    /// <summary>At the end of the run, without faults.</summary>
    public long QuietMs { get; init; } = 60_000;

    /// <summary>Nodes at the start; 0: the seed says.</summary>
    public int Nodes { get; init; }

    public bool Faults { get; init; } = true;

    /// <summary>The first nodes have a second address, and first ones die with everybody behind them (rule H1).</summary>
    public bool TwoRoads { get; init; }

    /// <summary>All nodes have the priority 100.</summary>
    public bool EqualPriorities { get; init; }

    /// <summary>Presses, joins, leaves and changes of settings.</summary>
    public bool Workload { get; init; } = true;

    public bool Trace { get; init; }

    /// <summary>Per mille of messages that take 80 to 900 ms: a slow network.</summary>
    public int Spikes { get; init; } = 2;

    /// <summary>How many lines of the trace are kept: the last ones.</summary>
    public int TraceLines { get; init; } = 200;

    /// <summary>Every fault is a crash with a quick restart, or a one-way cut: for bugs that need an exact order.</summary>
    public bool QuickRestarts { get; init; }

    public Func<SimNode, Input, Input?>? OnInput { get; init; }

    public Func<SimNode, IReadOnlyList<Effect>, IReadOnlyList<Effect>>? OnEffects { get; init; }

    /// <summary>What reaches the disk of a <see cref="Effect.Persist"/>; null: nothing.</summary>
    public Func<NetworkState, NetworkState?>? OnPersist { get; init; }

    /// <summary>What a restart reads.</summary>
    public Func<NetworkState, NetworkState>? OnRestart { get; init; }

    /// <summary>The bot confirms a batch as soon as it is read.</summary>
    public bool ConfirmBeforeHandled { get; init; }
}

/// <summary>An invariant does not hold.</summary>
internal sealed class ViolationException(string message) : Exception(message);
