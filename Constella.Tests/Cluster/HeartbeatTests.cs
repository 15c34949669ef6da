using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Tests.Cluster;

/// <summary>Rules H1 to H4.</summary>
public sealed class HeartbeatTests
{
    [Fact]
    public void H1_Each_node_sends_to_every_other_member_every_two_seconds()
    {
        var cluster = new ClusterHarness(5, seed: 8).Settled();
        cluster.RunFor(20_000);
        foreach (var from in cluster.World.Nodes)
        {
            foreach (var to in cluster.World.Nodes.Where(n => n != from))
            {
                var times = cluster.Sends.Where(s => s.From == from && s.Send.Peer == to.Id).Select(s => s.At).ToList();
                Assert.InRange(times.Count, 9, 12);
                Assert.All(times.Zip(times.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 1, 2_400));
            }
        }
    }

    [Fact]
    public void H1_A_black_hole_does_not_delay_the_beats_to_others()
    {
        var cluster = new ClusterHarness(4).Settled();
        cluster[3].Crash(machine: true);
        cluster.RunFor(20_000);
        var times = cluster.Sends.Where(s => s.From == cluster[1] && s.Send.Peer == cluster[0].Id).Select(s => s.At).ToList();
        Assert.InRange(times.Count, 9, 12);
    }

    [Fact]
    public void H1_A_failed_call_is_repeated_once_over_the_other_address()
    {
        var node = new LoneNode(2, 0, s => s with { Peers = [s.Peers[0], s.Peers[1] with { AltAddr = "198.51.100.1:4747" }] });
        node.Advance(250);
        var first = node.Effects.OfType<Effect.Send>().First();
        Assert.Equal("203.0.113.2:4747", first.Address);
        node.Forget();
        node.Step(new Input.PeerFailed(LoneNode.Id(1), first.Id, "timeout"));
        var retry = Assert.Single(node.Effects.OfType<Effect.Send>());
        Assert.Equal("198.51.100.1:4747", retry.Address);
        node.Forget();
        node.Step(new Input.PeerFailed(LoneNode.Id(1), retry.Id, "timeout"));
        Assert.Empty(node.Effects.OfType<Effect.Send>());
    }

    [Fact]
    public void H2_A_silent_member_is_suspect_after_4_s_and_down_after_6_s()
    {
        var node = new LoneNode(3, 2);
        node.Beat(1);
        node.Beat(0);
        Assert.Equal(Health.Alive, node.Member(0).Health);
        node.Advance(3_750, () => node.Beat(1));
        Assert.Equal(Health.Alive, node.Member(0).Health);
        node.Advance(500, () => node.Beat(1));
        Assert.Equal(Health.Suspect, node.Member(0).Health);
        node.Advance(1_500, () => node.Beat(1));
        Assert.Equal(Health.Suspect, node.Member(0).Health);
        node.Advance(500, () => node.Beat(1));
        Assert.Equal(Health.Down, node.Member(0).Health);
        Assert.Contains(node.Effects.OfType<Effect.Notify>(), n => n.Notice.Kind == NoticeKind.NodeDown);
    }

    [Fact]
    public void H3_A_late_message_of_an_earlier_run_does_not_pass_for_a_new_one()
    {
        var node = new LoneNode(3, 2);
        var late = node.Vitals(0) with { Boot = "boot" };
        node.Advance(250);
        node.NewRun(0);
        node.Call(0, null, m => m with { Vitals = m.Vitals with { Boot = "boot" } });
        var run = node.Member(0).Run;
        node.Receive(new Heartbeat { Vitals = late });
        Assert.Equal(run, node.Member(0).Run);
        Assert.NotEqual(late.Run, run);
    }

    [Fact]
    public void H3_A_late_message_from_before_a_reboot_is_outlived_by_the_run_that_goes_on_speaking()
    {
        var node = new LoneNode(3, 2);
        var late = node.Vitals(0);
        node.NewRun(0);
        node.Advance(2_000, () => node.Call(0));
        var run = node.Member(0).Run;
        node.Receive(new Heartbeat { Vitals = late });
        node.Advance(4_000, () => node.Call(0));
        Assert.Equal(run, node.Member(0).Run);
        Assert.Equal(Health.Alive, node.Member(0).Health);
        Assert.False(node.Call(0).Cloned);
    }

    [Fact]
    public void H2_A_delayed_heartbeat_does_not_revive_the_dead()
    {
        var node = new LoneNode(3, 2);
        node.Beat(0);
        var delayed = new Heartbeat { Vitals = node.Vitals(0) };
        node.Advance(7_000, () => node.Beat(1));
        Assert.Equal(Health.Down, node.Member(0).Health);
        node.Receive(delayed);
        Assert.Equal(Health.Down, node.Member(0).Health);
        node.Beat(0);
        Assert.Equal(Health.Alive, node.Member(0).Health);
    }

    [Fact]
    public void H2_A_sequence_that_does_not_rise_proves_nothing()
    {
        var node = new LoneNode(3, 2);
        node.Beat(0);
        var first = new Heartbeat { Vitals = node.Vitals(0) };
        node.Receive(first);
        node.Advance(7_000, () => node.Beat(1));
        node.Receive(first with { Vitals = first.Vitals with { At = first.Vitals.At + 7_000 } });
        Assert.Equal(Health.Down, node.Member(0).Health);
    }

    [Fact]
    public void H2_An_answer_is_evidence_too()
    {
        var node = new LoneNode(2, 0);
        node.Advance(2_250);
        var send = node.Effects.OfType<Effect.Send>().First();
        node.Step(new Input.HeartbeatAnswered(send.Peer, send.Id, new HeartbeatAnswer { Vitals = node.Vitals(1) }));
        Assert.Equal(Health.Alive, node.Member(1).Health);
    }

    [Fact]
    public void H3_A_heartbeat_tells_whom_its_sender_does_not_hear()
    {
        var cluster = new ClusterHarness(4).Settled();
        cluster[3].Crash(machine: true);
        cluster.RunFor(9_000);
        var last = cluster.Sends.Last(s => s.From == cluster[1] && s.Send.Peer == cluster[2].Id).Send.Message.Vitals;
        Assert.Equal(cluster[3].Id, string.Join(' ', last.Unheard));
        Assert.Equal(cluster[1].Run, last.Run);
        Assert.Equal(cluster[1].Boot, last.Boot);
    }

    [Fact]
    public void H3_The_sequence_rises_with_each_message_of_a_run()
    {
        var cluster = new ClusterHarness(3).Settled();
        cluster.RunFor(10_000);
        var sequence = cluster.Sends.Where(s => s.From == cluster[1] && s.Send.Peer == cluster[0].Id).Select(s => s.Send.Message.Vitals.Seq).ToList();
        Assert.All(sequence.Zip(sequence.Skip(1)), pair => Assert.True(pair.Second > pair.First));
    }

    [Fact]
    public void H4_A_node_that_hears_nobody_asks_for_no_grants_and_raises_no_alerts()
    {
        var node = new LoneNode(3, 0);
        node.Beat(1);
        node.Beat(2);
        node.Advance(6_500);
        node.Forget();
        node.Advance(20_000);
        Assert.DoesNotContain(node.Effects.OfType<Effect.Send>(), s => s.Message.Ask is not null);
        Assert.DoesNotContain(node.Effects.OfType<Effect.Notify>(), n => n.Notice.Kind == NoticeKind.NodeDown);
    }

    [Fact]
    public void H4_A_node_that_is_cut_off_does_not_call_the_others_down()
    {
        var cluster = new ClusterHarness(3).Settled();
        cluster.Isolate(2);
        cluster.RunFor(20_000);
        Assert.DoesNotContain(cluster.Notices, n => n.Node == cluster[2] && n.Notice.Kind == NoticeKind.NodeDown);
        Assert.Contains(cluster.Notices, n => n.Node == cluster[0] && n.Notice.Kind == NoticeKind.NodeDown);
    }
}
