using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Tests.Cluster;

/// <summary>Rules S1, S2 and S4 as a node keeps them; the pure merge has tests of its own.</summary>
public sealed class StateTests
{
    [Fact]
    public void S1_A_node_that_was_away_does_not_take_a_push_for_the_whole_table()
    {
        var node = new LoneNode(3, 0, s => s with { Seen = LoneNode.Start.AddDays(-7) });
        node.Call(1, null, m => m with { State = new SharedState { Updates = [new HandledUpdate(7, LoneNode.Start)] } });
        Assert.False(node.View.Removed);
        Assert.Equal(3, node.View.Members.Length);
    }

    private static Heartbeat With(Heartbeat message, params MemberRecord[] records) =>
        message with { State = new SharedState { Peers = [.. records] } };

    private static MemberRecord Find(LoneNode node, int index) => node.Disk.Peers.Single(p => p.NodeId == LoneNode.Id(index));

    [Fact]
    public void S1_A_higher_incarnation_wins_and_a_lower_one_is_ignored()
    {
        var node = new LoneNode(3, 2);
        node.Beat(0, null, m => With(m, LoneNode.Record(1) with { Name = "renamed", Incarnation = 5 }));
        Assert.Equal("renamed", Find(node, 1).Name);
        node.Beat(0, null, m => With(m, LoneNode.Record(1) with { Name = "older", Incarnation = 4 }));
        Assert.Equal("renamed", Find(node, 1).Name);
    }

    [Fact]
    public void S1_A_node_that_sees_another_version_of_its_own_record_goes_above_it()
    {
        var node = new LoneNode(3, 2);
        node.Beat(0, null, m => With(m, LoneNode.Record(2) with { Name = "impostor", Incarnation = 7 }));
        Assert.Equal("node-02", Find(node, 2).Name);
        Assert.Equal(8, Find(node, 2).Incarnation);
    }

    [Fact]
    public void S1_A_tombstone_beats_every_incarnation()
    {
        var node = new LoneNode(3, 2);
        var left = LoneNode.Record(1) with { Status = MemberStatus.Left, Expires = node.Now.Utc.AddDays(7) };
        node.Beat(0, null, m => With(m, left));
        node.Beat(0, null, m => With(m, LoneNode.Record(1) with { Incarnation = 999 }));
        Assert.Equal(MemberStatus.Left, Find(node, 1).Status);
    }

    [Fact]
    public void S1_A_tombstone_that_has_expired_is_not_accepted()
    {
        var node = new LoneNode(3, 2);
        var gone = LoneNode.Record(7) with { Status = MemberStatus.Left, Expires = node.Now.Utc.AddSeconds(-1) };
        node.Beat(0, null, m => With(m, gone));
        Assert.DoesNotContain(node.Disk.Peers, p => p.NodeId == LoneNode.Id(7));
    }

    [Fact]
    public void S1_Only_its_own_node_changes_a_record_and_raises_its_incarnation()
    {
        var node = new LoneNode(1, 0);
        node.Advance(2_000);
        var answer = node.Ask(t => new Input.SelfChanged("other-name", null, null, 7, t));
        Assert.Equal(new Answer.Done(), answer);
        Assert.Equal(("other-name", 7, 2L), (Find(node, 0).Name, Find(node, 0).Priority, Find(node, 0).Incarnation));
    }

    [Fact]
    public void S2_A_change_reaches_all_at_once()
    {
        var cluster = new ClusterHarness(5).Settled();
        cluster[4].Ask(t => new Input.SelfChanged("renamed", null, null, null, t), _ => { });
        cluster.Await(() => cluster.World.Nodes.All(n => n.View.Members.Any(m => m.Record.Name == "renamed")), 1_500, "the new name everywhere");
    }

    [Fact]
    public void S2_A_change_that_a_node_missed_is_reconciled()
    {
        var cluster = new ClusterHarness(5).Settled();
        cluster.Isolate(4);
        cluster[1].Ask(t => new Input.SelfChanged("renamed", null, null, null, t), _ => { });
        cluster.RunFor(15_000);
        cluster.Recover();
        cluster.Await(() => cluster[4].View.Members.Any(m => m.Record.Name == "renamed"), 35_000, "the new name at node 4");
    }

    [Fact]
    public void S2_Of_two_alike_names_the_smaller_id_keeps_it()
    {
        var cluster = new ClusterHarness(3).Settled();
        cluster.Isolate(2);
        cluster[1].Ask(t => new Input.SelfChanged("twin", null, null, null, t), _ => { });
        cluster[2].Ask(t => new Input.SelfChanged("twin", null, null, null, t), _ => { });
        cluster.RunFor(3_000);
        cluster.Recover();
        cluster.RunFor(40_000);
        foreach (var node in cluster.World.Nodes)
        {
            Assert.Equal("twin", node.View.Members.Single(m => m.Record.NodeId == cluster[1].Id).Record.Name);
            Assert.NotEqual("twin", node.View.Members.Single(m => m.Record.NodeId == cluster[2].Id).Record.Name);
        }
    }

    [Fact]
    public void S2_Two_live_runs_of_one_id_get_no_grant_and_are_told()
    {
        var node = new LoneNode(3, 2);
        var one = new Heartbeat { Vitals = node.Vitals(0) };
        node.Receive(one);
        HeartbeatAnswer? last = null;
        for (var i = 1; i <= 12; i++)
        {
            node.Advance(500);
            var run = i % 2 == 0 ? one.Vitals.Run : "eeeeeeeeeeeeeeee";
            last = node.Receive(one with
            {
                Vitals = one.Vitals with { Run = run, Seq = one.Vitals.Seq + i, At = one.Vitals.At + (500 * i) },
                Ask = new Ask(new Term(6, LoneNode.Id(0)), false),
            });
        }
        Assert.True(last!.Cloned);
        Assert.False(last.Grant is { Refused: null });
    }

    [Fact]
    public void S4_The_higher_stamp_wins()
    {
        var node = new LoneNode(3, 2);
        var newer = node.Disk.Settings with { Stamp = new Stamp(LoneNode.FirstTerm, 3), OwnerId = 42 };
        node.Beat(0, null, m => m with { State = new SharedState { Settings = newer } });
        Assert.Equal(42, node.View.Settings.OwnerId);
        node.Beat(0, null, m => m with { State = new SharedState { Settings = newer with { Stamp = new Stamp(LoneNode.FirstTerm, 2), OwnerId = 7 } } });
        Assert.Equal(42, node.View.Settings.OwnerId);
    }

    [Fact]
    public void S4_A_change_at_any_node_is_written_by_the_holder_and_survives_its_death()
    {
        var cluster = new ClusterHarness(3).Settled();
        Answer? answer = null;
        cluster[2].Ask(t => new Input.SettingsChanged(new SettingsPatch { OwnerId = 42 }, t), a => answer = a);
        cluster.Await(() => answer is not null, 10_000, "an answer");
        Assert.Equal(new Answer.Done(), answer);
        cluster[0].Crash(machine: true);
        cluster.Await(() => cluster.Host == cluster[1], 10_000, "a new Host");
        Assert.Equal(42, cluster[1].View.Settings.OwnerId);
    }

    [Fact]
    public void W6_Handled_updates_are_known_to_the_next_Host()
    {
        var cluster = new ClusterHarness(3).Settled();
        var press = cluster.World.Workload.AddPress(null);
        cluster.Await(() => cluster.World.Telegram.Pending.Count == 0, 10_000, "the update is confirmed");
        Assert.Equal(1, press.Messages);
        cluster[0].Crash(machine: true);
        cluster.Await(() => cluster.Host == cluster[1], 10_000, "a new Host");
        Assert.Contains(press.Id, cluster[1].View.Updates);
    }
}
