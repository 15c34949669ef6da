using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;
using Constella.Tests.Simulation;

namespace Constella.Tests.Cluster;

/// <summary>Rules E2, E5, E6, U8 and C5: who is Host by an operator's word.</summary>
public sealed class MoveTests
{
    [Fact]
    public void E5_A_transfer_moves_the_Host_at_once_and_it_stays_there()
    {
        var cluster = new ClusterHarness(3).Settled();
        Prefer(cluster, cluster[2].Id);
        Assert.InRange(cluster.Await(() => cluster.Host == cluster[2], 3_000, "node 2 is the Host"), 0, 1_500);
        cluster.RunFor(30_000);
        Assert.Same(cluster[2], cluster.Host);
        Assert.Equal([HostCauses.Transfer], Causes(cluster, cluster[1]).TakeLast(1));
        Prefer(cluster, "");
        cluster.Await(() => cluster.Host == cluster[0], 3_000, "the smallest key is the Host again");
    }

    [Fact]
    public void E5_The_preferred_node_is_replaced_when_it_fails_and_comes_back_after_10_s_of_life()
    {
        var cluster = new ClusterHarness(3).Settled();
        Prefer(cluster, cluster[2].Id);
        cluster.Await(() => cluster.Host == cluster[2], 3_000, "node 2 is the Host");
        cluster[2].Crash(machine: false);
        cluster.Await(() => cluster.Host == cluster[0], 10_000, "node 0 is the Host");
        cluster[2].Start();
        cluster.RunFor(9_500);
        Assert.Same(cluster[0], cluster.Host);
        cluster.Await(() => cluster.Host == cluster[2], 6_000, "node 2 is the Host again");
        Assert.Equal([HostCauses.Failover, HostCauses.Transfer], Causes(cluster, cluster[1]).TakeLast(2));
    }

    [Fact]
    public void E6_While_moves_are_paused_a_returning_smaller_key_stays_away_and_who_fails_is_replaced()
    {
        var cluster = new ClusterHarness(3).Settled();
        Pause(cluster, Options.On);
        cluster[0].Crash(machine: false);
        cluster.Await(() => cluster.Host == cluster[1], 10_000, "node 1 is the Host");
        cluster[0].Start();
        cluster.RunFor(60_000);
        Assert.Same(cluster[1], cluster.Host);
        Pause(cluster, "");
        cluster.Await(() => cluster.Host == cluster[0], 3_000, "node 0 is the Host again");
    }

    [Fact]
    public void E6_An_order_moves_a_paused_Host()
    {
        var cluster = new ClusterHarness(3).Settled();
        Pause(cluster, Options.On);
        Prefer(cluster, cluster[1].Id);
        cluster.Await(() => cluster.Host == cluster[1], 3_000, "node 1 is the Host");
    }

    [Fact]
    public void E6_Who_joins_while_moves_are_paused_grants_the_Host_and_votes()
    {
        var cluster = new ClusterHarness(3).Settled();
        Pause(cluster, Options.On);
        cluster[0].Crash(machine: false);
        cluster.Await(() => cluster.Host == cluster[1], 10_000, "node 1 is the Host");
        cluster[0].Start();
        cluster.RunFor(15_000);
        var host = cluster[1];
        cluster.World.Workload.Crowd.Invite(cluster[2]);
        cluster.Await(() => host.Disk.Members.Ids.Length == 4, 60_000, "who joined votes");
        Assert.Same(host, cluster.Host);
    }

    [Fact]
    public void E2_A_drained_node_is_never_Host_not_after_a_restart_either()
    {
        var cluster = new ClusterHarness(3).Settled();
        Assert.Null(Order(cluster, cluster[0], AuditActions.Drain).Error);
        Assert.InRange(cluster.Await(() => cluster.Host == cluster[1], 3_000, "node 1 is the Host"), 0, 1_500);
        Assert.Equal([HostCauses.Drain], Causes(cluster, cluster[2]).TakeLast(1));
        cluster[0].Crash(machine: true);
        cluster[0].Start();
        cluster.RunFor(30_000);
        Assert.Same(cluster[1], cluster.Host);
        Assert.All(cluster.World.Nodes, node => Assert.True(MemberTable.Find(node.Disk.Peers, cluster[0].Id)!.Drain));
        Assert.Null(Order(cluster, cluster[0], AuditActions.Undrain).Error);
        cluster.Await(() => cluster.Host == cluster[0], 20_000, "node 0 takes part again");
    }

    [Fact]
    public void E2_Who_alone_could_be_Host_does_not_drain()
    {
        var node = new LoneNode(1, 0);
        node.Advance(2_000);
        var answer = Assert.IsType<Answer.Command>(node.Ask(t => new Input.CommandRequested(Request(node.Core.State), AuditActions.Drain, t)));
        Assert.Equal(Errors.NoHost, answer.Error);
        Assert.False(node.View.Draining);
    }

    [Fact]
    public void C5_A_restart_is_on_disk_before_it_is_done_and_done_when_the_next_process_begins()
    {
        var node = new LoneNode(1, 0);
        var answer = Assert.IsType<Answer.Command>(node.Ask(t => new Input.CommandRequested(Request(node.Core.State), AuditActions.Restart, t)));
        Assert.Equal(node.View.Run, answer.Taken!.Run);
        Assert.Equal(answer.Taken.Id, node.Disk.Restart);
        Assert.Single(node.Effects.OfType<Effect.Execute>(), execute => execute.Action == AuditActions.Restart);
        var after = node.Restart();
        after.Advance(250);
        Assert.Null(after.Disk.Restart);
        var done = Assert.Single(after.Effects.OfType<Effect.Record>().SelectMany(record => record.Entries), entry => entry.Action == AuditActions.Restart);
        Assert.Equal((AuditStage.Done, answer.Taken.Id), (done.Stage, done.Command));
    }

    [Fact]
    public void A2_A_restart_is_no_reboot_that_was_asked_for()
    {
        var node = new LoneNode(1, 0);
        node.Ask(t => new Input.CommandRequested(Request(node.Core.State), AuditActions.Restart, t));
        Assert.False(node.Disk.Boot!.Asked);
    }

    private static CommandRequest Request(NetworkState state) => new() { Id = new string('d', 32), Target = state.NodeId, Term = state.Term };

    private static Answer.Command Order(ClusterHarness cluster, SimNode node, string action)
    {
        Answer? answer = null;
        node.Ask(t => new Input.CommandRequested(Request(node.Disk) with { Id = action.PadRight(32, '0') }, action, t), a => answer = a);
        cluster.Await(() => answer is not null, 1_000, $"{action} is answered");
        return Assert.IsType<Answer.Command>(answer);
    }

    private static void Prefer(ClusterHarness cluster, string node) => Set(cluster, new Option(Options.HostPreferred, null, node));

    private static void Pause(ClusterHarness cluster, string value) => Set(cluster, new Option(Options.HostPaused, null, value));

    private static void Set(ClusterHarness cluster, Option option)
    {
        Answer? answer = null;
        cluster.World.Nodes.First(node => node.Up).Ask(t => new Input.SettingsChanged(new SettingsPatch { Options = [option] }, t), a => answer = a);
        cluster.Await(() => answer is Answer.Done { Error: null }, 10_000, $"{option.Key} is set");
    }

    private static IEnumerable<string?> Causes(ClusterHarness cluster, SimNode node)
    {
        cluster.RunFor(6_000);
        return node.Log.Where(entry => entry.Action == AuditActions.Host).OrderBy(entry => entry.At).Select(entry => entry.Detail);
    }
}
