using Constella.Core.Cluster;

namespace Constella.Tests.Simulation;

/// <summary>A broken rotation that the simulator must find (rule X2).</summary>
[Collection(SimulatorAlone.Name)]
public sealed class RotationMutantTests
{
    [Fact]
    public void It_finds_a_Host_that_takes_every_answer_for_having_followed() =>
        Assert.Contains("X2", MutantTests.FirstFailure(new WorldOptions { OnInput = BelieveAll }, "X2"), StringComparison.Ordinal);

    private static Input BelieveAll(SimNode node, Input input) =>
        input is Input.HeartbeatAnswered answered && node.Disk.Rotation is { } rotation
            ? answered with { Message = answered.Message with { Vitals = answered.Message.Vitals with { Rotation = rotation.Stamp } } }
            : input;
}
