using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Tests.Cluster;

/// <summary>Rules C1, C6 and L7 for commands.</summary>
public sealed class CommandTests
{
    private static CommandRequest Request(Term term, string id = "0123456789abcdef0123456789abcdef") =>
        new() { Id = id, Target = LoneNode.Id(2), Term = term };

    [Fact]
    public void C1_A_command_is_persisted_before_it_is_answered_and_done()
    {
        var node = new LoneNode(3, 2);
        var answer = Assert.IsType<Answer.Command>(node.Ask(t => new Input.CommandRequested(Request(LoneNode.FirstTerm), "reboot", t)));
        Assert.Null(answer.Error);
        Assert.False(answer.Taken!.Repeated);
        Assert.Equal("boot", answer.Taken.Boot);
        var persist = node.Effects.FindIndex(e => e is Effect.Persist p && p.State.Commands.Any(c => c.Id == Request(default).Id));
        Assert.InRange(persist, 0, node.Effects.FindIndex(e => e is Effect.Reply) - 1);
        Assert.InRange(persist, 0, node.Effects.FindIndex(e => e is Effect.Execute) - 1);
    }

    [Fact]
    public void C1_The_same_id_again_answers_the_same_and_does_nothing_even_after_a_restart()
    {
        var node = new LoneNode(3, 2);
        node.Ask(t => new Input.CommandRequested(Request(LoneNode.FirstTerm), "reboot", t));
        foreach (var again in new[] { node, node.Restart() })
        {
            again.Forget();
            var answer = Assert.IsType<Answer.Command>(again.Ask(t => new Input.CommandRequested(Request(LoneNode.FirstTerm), "reboot", t)));
            Assert.Null(answer.Error);
            Assert.True(answer.Taken!.Repeated);
            Assert.DoesNotContain(again.Effects, e => e is Effect.Execute);
        }
    }

    [Fact]
    public void L7_A_target_refuses_a_lower_term()
    {
        var node = new LoneNode(3, 2);
        var answer = Assert.IsType<Answer.Command>(node.Ask(t => new Input.CommandRequested(Request(new Term(4, LoneNode.Id(1))), "reboot", t)));
        Assert.Equal(Errors.StaleTerm, answer.Error);
        Assert.DoesNotContain(node.Effects, e => e is Effect.Execute);
    }

    [Fact]
    public void C6_A_new_name_is_on_disk_before_it_is_answered_and_a_restart_keeps_it()
    {
        var node = new LoneNode(3, 2);
        var request = Request(LoneNode.FirstTerm) with { Name = "delta-09" };
        var answer = Assert.IsType<Answer.Command>(node.Ask(t => new Input.CommandRequested(request, AuditActions.Rename, t) { By = LoneNode.Id(1) }));

        Assert.Null(answer.Error);
        var persist = node.Effects.FindIndex(e => e is Effect.Persist { State.Peers: var peers } && peers[2].Name == "delta-09");
        Assert.InRange(persist, 0, node.Effects.FindIndex(e => e is Effect.Reply) - 1);
        Assert.DoesNotContain(node.Effects, e => e is Effect.Execute);
        var entries = node.Effects.OfType<Effect.Record>().SelectMany(record => record.Entries).Where(entry => entry.Action == AuditActions.Rename).ToList();
        Assert.Equal([(AuditStage.Taken, "name=delta-09"), (AuditStage.Done, null)], entries.Select(entry => (entry.Stage, entry.Detail)));
        Assert.Equal(LoneNode.Id(1), entries[0].By);
        var after = node.Restart();
        after.Advance(250);
        Assert.Equal(("delta-09", 2L), (after.View.Name, after.Disk.Peers[2].Incarnation));
    }

    [Fact]
    public void C6_A_name_that_another_node_has_is_refused_and_nothing_changes()
    {
        var node = new LoneNode(3, 2);
        var request = Request(LoneNode.FirstTerm) with { Name = node.Disk.Peers[1].Name };
        var answer = Assert.IsType<Answer.Command>(node.Ask(t => new Input.CommandRequested(request, AuditActions.Rename, t)));

        Assert.Equal(Errors.NameTaken, answer.Error);
        Assert.Equal(1, node.Disk.Peers[2].Incarnation);
        Assert.Empty(node.Disk.Commands);
    }

    [Fact]
    public void C6_A_priority_given_by_another_node_s_command_line_moves_the_Host_and_outlives_a_crash()
    {
        var cluster = new ClusterHarness(3).Settled();
        Answer? answer = null;
        var request = new CommandRequest { Id = new string('e', 32), Target = cluster[2].Id, Term = cluster[2].View.Term, Priority = 10 };
        cluster[2].Ask(t => new Input.CommandRequested(request, AuditActions.Priority, t), a => answer = a);
        cluster.Await(() => cluster.Host == cluster[2], 3_000, "node 2 is the Host");
        Assert.Null(Assert.IsType<Answer.Command>(answer).Error);
        cluster[2].Crash(machine: true);
        cluster.Await(() => cluster.Host == cluster[0], 10_000, "node 0 is the Host");
        cluster[2].Start();
        cluster.Await(() => cluster.Host == cluster[2], 20_000, "node 2 is the Host again");
        Assert.All(cluster.World.Nodes, n => Assert.Equal(10, MemberTable.Find(n.Disk.Peers, cluster[2].Id)!.Priority));
    }

    [Fact]
    public void C1_Another_id_is_another_command()
    {
        var node = new LoneNode(3, 2);
        node.Ask(t => new Input.CommandRequested(Request(LoneNode.FirstTerm), "reboot", t));
        node.Ask(t => new Input.CommandRequested(Request(LoneNode.FirstTerm, "ffffffffffffffffffffffffffffffff"), "reboot", t));
        Assert.Equal(2, node.Effects.OfType<Effect.Execute>().Count());
    }
}
