using Constella.Tests.Simulation;

namespace Constella.Tests.Mutants;

/// <summary>One place of Constella.Core that is broken on purpose.</summary>
/// <param name="File">Below the folder of Constella.Core.</param>
/// <param name="Old">A fragment that must occur exactly once.</param>
internal sealed record Edit(string File, string Old, string New);

/// <summary>A rule broken in the source, and what must find it: the simulator within so many seeds, or a test by its name.</summary>
internal sealed record Mutant(string Name, string Rule, params Edit[] Edits)
{
    /// <summary>The world that brings it out; seeds are tried from 1.</summary>
    public WorldOptions World { get; init; } = new();

    /// <summary>Seeds that must be enough.</summary>
    public int Within { get; init; } = 120;

    /// <summary>The rules whose violation counts, as a pattern: a mutant that is found by chance elsewhere is not understood.</summary>
    public string Finding { get; init; } = "";

    /// <summary>The test that must fail, below <c>Constella.Tests</c>: <c>Cluster.LeaseTests.L2_…</c>; then no seed is tried.</summary>
    public string? Test { get; init; }

    public override string ToString() => Name;
}
