using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Tests.Cluster;

/// <summary>Rule H1, where a node has two addresses and the first one is dead.</summary>
public sealed class RoadTests
{
    private const string First = "203.0.113.2:4747";
    private const string Second = "198.51.100.1:4747";

    [Fact]
    public void H1_The_address_that_answered_where_the_other_did_not_is_called_first()
    {
        var node = OnSecondRoad();
        node.Forget();
        node.Advance(Timings.Beat);
        Assert.All(node.Effects.OfType<Effect.Send>(), send => Assert.Equal(Second, send.Address));
    }

    [Fact]
    public void H1_The_first_address_is_tried_again_beside_the_beat_and_its_answer_leads_back()
    {
        var node = OnSecondRoad();
        node.Forget();
        node.Advance(Timings.RoadBack + Timings.Beat);
        var sends = node.Effects.OfType<Effect.Send>().ToList();
        var look = Assert.Single(sends, send => send.Address == First);
        Assert.Null(look.Message.Ask);
        Assert.True(sends.Count(send => send.Address == Second) >= 5, "the beats went on beside it");

        node.Forget();
        node.Step(new Input.HeartbeatAnswered(look.Peer, look.Id, new HeartbeatAnswer { Vitals = node.Vitals(1) }));
        node.Advance(Timings.Beat);
        Assert.All(node.Effects.OfType<Effect.Send>(), send => Assert.Equal(First, send.Address));
    }

    [Fact]
    public void H1_An_answer_over_the_second_address_that_was_on_its_way_does_not_lead_back_to_it()
    {
        var node = OnSecondRoad();
        node.Forget();
        node.Advance(Timings.RoadBack + Timings.Beat);
        var sends = node.Effects.OfType<Effect.Send>().ToList();
        var look = sends.Single(send => send.Address == First);
        var beside = sends.Last(send => send.Address == Second);
        node.Step(new Input.HeartbeatAnswered(look.Peer, look.Id, new HeartbeatAnswer { Vitals = node.Vitals(1) }));
        node.Step(new Input.HeartbeatAnswered(beside.Peer, beside.Id, new HeartbeatAnswer { Vitals = node.Vitals(1) }));
        node.Forget();
        node.Advance(Timings.Beat);
        Assert.All(node.Effects.OfType<Effect.Send>(), send => Assert.Equal(First, send.Address));
    }

    [Fact]
    public void H1_Where_the_second_address_fails_too_the_first_is_the_retry()
    {
        var node = OnSecondRoad();
        node.Forget();
        node.Advance(Timings.Beat);
        var call = node.Effects.OfType<Effect.Send>().First(send => send.Address == Second);
        node.Forget();
        node.Step(new Input.PeerFailed(call.Peer, call.Id, Errors.Timeout));
        Assert.Equal(First, Assert.Single(node.Effects.OfType<Effect.Send>()).Address);
    }

    [Fact]
    public void H1_With_all_first_addresses_dead_nobody_is_down_and_a_dead_Host_is_replaced_in_10_s()
    {
        var cluster = new ClusterHarness(5, twoRoads: true).Settled();
        cluster.World.Nodes.ForEach(cluster.World.Roads.Die);
        cluster.RunFor(60_000);
        Assert.DoesNotContain(cluster.Notices, notice => notice.Notice.Kind is NoticeKind.NodeDown or NoticeKind.HostWon or NoticeKind.QuorumLost);
        // What is seen of a link is what is called.
        Assert.All(cluster.World.Nodes.SelectMany(node => node.View.Members.Where(member => !member.IsSelf)), member => Assert.InRange(member.RttMs ?? 9_999, 0, 999));
        Replaced(cluster);
    }

    [Fact]
    public void H1_The_hub_of_an_overlay_dies_as_Host_with_all_tunnels_and_is_replaced_in_10_s()
    {
        var cluster = new ClusterHarness(5, twoRoads: true).Settled();
        cluster.World.Nodes.ForEach(cluster.World.Roads.Die);
        Replaced(cluster);
        Assert.Single(cluster.Notices.Where(notice => notice.Notice.Kind == NoticeKind.NodeDown).Select(notice => notice.Notice.NodeId).Distinct());
    }

    private static void Replaced(ClusterHarness cluster)
    {
        var old = cluster.Host!;
        old.Crash(machine: true);
        cluster.Await(() => cluster.Host is { } host && host != old, 10_000, "another Host");
    }

    /// <summary>A node whose peer did not answer at its first address, and did at its second.</summary>
    private static LoneNode OnSecondRoad()
    {
        var node = new LoneNode(2, 0, s => s with { Peers = [s.Peers[0], s.Peers[1] with { AltAddr = Second }] });
        node.Advance(Timings.Tick);
        var call = node.Effects.OfType<Effect.Send>().First();
        node.Forget();
        node.Step(new Input.PeerFailed(call.Peer, call.Id, Errors.Timeout));
        var retry = node.Effects.OfType<Effect.Send>().Single();
        node.Step(new Input.HeartbeatAnswered(retry.Peer, retry.Id, new HeartbeatAnswer { Vitals = node.Vitals(1) }));
        return node;
    }
}
