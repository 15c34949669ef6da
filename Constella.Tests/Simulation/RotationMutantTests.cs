using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Tests.Simulation;

/// <summary>Broken rotations that the simulator must find (rule X2).</summary>
[Collection(SimulatorAlone.Name)]
public sealed class RotationMutantTests
{
    [Fact]
    public void It_finds_a_node_that_forgets_in_a_restart_which_secret_it_has_acknowledged() =>
        Assert.NotNull(MutantTests.FirstFailure(new WorldOptions { OnRestart = s => s with { OtherSecret = null } }, "X2"));

    [Fact]
    public void It_finds_a_Host_that_takes_everybodys_word_for_having_followed() =>
        Assert.NotNull(MutantTests.FirstFailure(new WorldOptions { OnInput = BelieveAll }, "X2"));

    [Fact]
    public void It_finds_a_new_secret_that_the_evicted_can_open() =>
        Assert.NotNull(MutantTests.FirstFailure(new WorldOptions { OnEffects = SealToThemToo }, "X2"));

    private static Input BelieveAll(SimNode node, Input input) =>
        input is Input.HeartbeatAnswered answered && node.Disk.Rotation is { } rotation
            ? answered with { Message = answered.Message with { Vitals = answered.Message.Vitals with { Rotation = rotation.Stamp } } }
            : input;

    // The new secret is written into what it was kept from: as if the box of the evicted had been made, and opened.
    private static IReadOnlyList<Effect> SealToThemToo(SimNode node, IReadOnlyList<Effect> effects)
    {
        foreach (var persist in effects.OfType<Effect.Persist>())
        {
            if (persist.State.Rotation is not { Evicted: { IsEmpty: false } evicted } || persist.State.OtherSecret is not { } next)
                continue;
            foreach (var out_ in node.World.Nodes.Where(n => evicted.Contains(n.Id)))
                out_.Rewrite(state => state with { OtherSecret = next });
        }
        return effects;
    }
}
