using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Tests.Simulation;

namespace Constella.Tests.Mutants;

/// <summary>What breaks around the node, not in it: disk, restart, bot. Each must be found within a few seeds.</summary>
[Collection(SimulatorAlone.Name)]
public sealed class BrokenWorldTests
{
    private const int Seeds = 120;

    [Fact]
    public void It_finds_a_disk_that_loses_what_was_persisted() =>
        Assert.NotNull(FirstFailure(new WorldOptions { OnPersist = _ => null }));

    [Fact]
    public void It_finds_a_voter_that_forgets_its_vote_in_a_restart() =>
        Assert.Matches("L[37]:|S4: two versions", FirstFailure(new WorldOptions { QuickRestarts = true, OnRestart = s => s with { Vote = null, Term = Term.None } }));

    [Fact]
    public void It_finds_a_bot_that_confirms_before_it_has_handled() =>
        Assert.Contains("W6", FirstFailure(new WorldOptions { ConfirmBeforeHandled = true }), StringComparison.Ordinal);

    [Fact]
    public void It_finds_a_ledger_of_commands_that_is_not_restored() =>
        Assert.Contains("C1", FirstFailure(new WorldOptions { OnRestart = Forget }, "C1"), StringComparison.Ordinal);

    [Fact]
    public void It_finds_a_command_that_is_executed_without_being_persisted() =>
        Assert.Contains("C1", FirstFailure(new WorldOptions { OnPersist = Forget }, "C1"), StringComparison.Ordinal);

    private static NetworkState Forget(NetworkState state) => state with { Commands = [], Updates = [] };

    internal static string? FirstFailure(WorldOptions options, string rule = "")
    {
        string? found = null;
        Parallel.For(1, Seeds + 1, new ParallelOptions { MaxDegreeOfParallelism = 2 }, (seed, loop) =>
        {
            var (_, failure) = Simulator.Run(seed, options);
            if (failure is null || !failure.Contains(rule, StringComparison.Ordinal))
                return;
            found = failure;
            loop.Stop();
        });
        return found;
    }
}
