using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Tests.Cluster;

/// <summary>Rule L4: a process, or a machine, that stood still.</summary>
public sealed class PauseTests
{
    [Theory]
    [InlineData(2_500, false)]
    [InlineData(2_500, true)]
    [InlineData(250, true)]
    public void L4_After_a_pause_a_fresh_renewal_comes_before_any_side_effect(long ms, bool clockStoodStill)
    {
        var cluster = new ClusterHarness(3).Settled();
        cluster[0].Pause();
        cluster.RunFor(ms);
        cluster[0].Resume(clockStoodStill ? ms : 0);
        cluster.RunFor(0);
        Assert.False(cluster[0].MayAct);
        cluster.Await(() => cluster[0].MayAct, 3_000, "a renewal");
    }

    [Fact]
    public void L4_A_holder_that_stood_still_for_less_than_a_second_has_no_longer_lease()
    {
        var cluster = new ClusterHarness(3).Settled();
        cluster.Isolate(0);
        cluster[0].Pause();
        cluster.RunFor(900);
        cluster[0].Resume(900);
        cluster.RunFor(0);
        cluster.Await(() => cluster[1].MayAct, 10_000, "a new Host");
        Assert.False(cluster[0].MayAct);
    }

    [Theory]
    [InlineData(1_500)]
    [InlineData(20_000)]
    public void L4_A_holder_that_was_frozen_does_not_claim_the_lease_in_its_first_answer(long ms)
    {
        var node = new LoneNode(3, 0);
        var answered = 0L;
        node.Advance(3_000, () =>
        {
            node.Beat(1);
            foreach (var send in node.Effects.OfType<Effect.Send>().Where(s => s.Peer == LoneNode.Id(1) && s.Message.Ask is not null && s.Id > answered).ToList())
            {
                answered = send.Id;
                var grant = new Grant(send.Message.Ask!.Term, Timings.Lease);
                node.Step(new Input.HeartbeatAnswered(send.Peer, send.Id, new HeartbeatAnswer { Vitals = node.Vitals(1), Grant = grant }));
            }
        });
        Assert.Equal(LoneNode.Id(0), node.Beat(1).Vitals.Lease?.Holder);
        node.Sleep(ms);
        Assert.Null(node.Beat(1).Vitals.Lease);
    }
}
