using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;
using Constella.Tests.Simulation;

namespace Constella.Tests.Cluster;

/// <summary>Rules U1 and U2: what a node writes of what it is asked, and when.</summary>
public sealed class AuditTests
{
    private static readonly ProcessIdentity s_before = new("0000000000000001", "boot-1", "0.1.0");
    private static readonly Now s_now = new(1_000_000, LoneNode.Start);

    [Fact]
    public void U2_A_command_is_in_the_log_before_the_state_has_it_and_before_anybody_is_told()
    {
        var node = new ClusterNode(LoneNode.State(1, 0), s_before, new SimRandom(1), s_now);
        var effects = node.Step(new Input.InviteRequested("invite-1", "key", TimeSpan.FromMinutes(15), 7) { By = AuditActors.Owner }, s_now);
        // It becomes Host in this step, too.
        var entries = Assert.IsType<Effect.Record>(effects[0]).Entries.RemoveAll(entry => entry.Action == AuditActions.Host);
        Assert.IsType<Effect.Persist>(effects[1]);
        Assert.Equal([AuditStage.Asked, AuditStage.Done], entries.Select(entry => entry.Stage));
        Assert.All(entries, entry => Assert.Equal(("invite", "invite-1", "id 1"), (entry.Action, entry.Target, entry.By)));
        Assert.Single(entries.Select(entry => entry.Command).Distinct());
        Assert.Equal("15m", entries[0].Detail);
    }

    [Fact]
    public void U1_What_is_refused_has_its_reason_and_what_the_bot_keeps_for_itself_is_no_command()
    {
        var node = new ClusterNode(LoneNode.State(1, 0), s_before, new SimRandom(1), s_now);
        var effects = node.Step(new Input.LeaveRequested(LoneNode.Id(0), 1), s_now);
        Assert.Contains("last node", Assert.IsType<Effect.Record>(effects[0]).Entries[1].Detail, StringComparison.Ordinal);
        Assert.Empty(node.Step(new Input.SettingsChanged(new SettingsPatch { Message = new LivingMessage(1, 2, "l"), EndReboot = "x", AlertSender = "" }, 2), s_now).OfType<Effect.Record>());
    }

    [Fact]
    public void U2_A_reboot_is_taken_before_it_is_done_and_done_when_the_machine_is_back()
    {
        var (entries, state) = Rebooting(out _);
        Assert.Equal(AuditStage.Taken, Assert.Single(entries).Stage);
        var log = new AuditChain(LoneNode.Id(0));
        log.Take(entries[0]);
        var after = new ClusterNode(state, new ProcessIdentity("0000000000000002", "boot-2", "0.1.0"), new SimRandom(2), s_now, log);
        var back = Assert.Single(Recorded(after.Step(new Input.Tick(), s_now)));
        Assert.Equal((AuditStage.Done, 2, entries[0].Command, entries[0].Hash), (back.Stage, back.Number, back.Command, back.Previous));
        var again = new ClusterNode(after.State, new ProcessIdentity("0000000000000003", "boot-2", "0.1.0"), new SimRandom(2), s_now);
        Assert.Empty(Recorded(again.Step(new Input.Tick(), s_now)));
    }

    [Fact]
    public void U2_A_reboot_that_the_machine_does_not_do_has_failed()
    {
        Rebooting(out var node);
        Assert.Equal(AuditStage.Failed, Assert.Single(Recorded(node.Step(new Input.StopWithdrawn(), s_now))).Stage);
        Assert.Empty(Recorded(node.Step(new Input.StopWithdrawn(), s_now)));
    }

    [Fact]
    public void U6_A_press_that_two_Hosts_handle_is_one_command()
    {
        var logs = new[] { 0, 1 }.Select(self =>
        {
            var node = new ClusterNode(LoneNode.State(2, self), s_before with { Run = LoneNode.Id(self) }, new SimRandom(1), s_now);
            return Recorded(node.Step(new Input.UpdatesHandled([41, 42], new SettingsPatch { Options = [new Option(Options.AlertMuted, null, "2099-01-01T00:00:00Z")] }, 1), s_now));
        }).ToArray();
        Assert.All(logs, log => Assert.NotEmpty(log));
        var command = Assert.Single(AuditReader.Commands(logs.SelectMany(log => log)));
        Assert.Equal(("config", "id 1", "alert.muted=2099-01-01T00:00:00Z"), (command.Action, command.By, command.Detail));
    }

    [Fact]
    public void U2_Who_leaves_is_in_the_log_of_the_others()
    {
        var net = new ClusterHarness(3).Settled();
        var leaver = net.World.Nodes.First(node => !node.MayAct);
        net.World.Workload.Crowd.Leave(leaver);
        net.Await(() => leaver.Gone, 20_000, "it has left");
        net.RunFor(10_000);
        foreach (var node in net.World.Nodes.Where(node => node != leaver))
        {
            var left = Assert.Single(AuditReader.Commands(node.Log), command => command.Action == AuditActions.Leave);
            Assert.Equal((leaver.Id, AuditStage.Done), (left.Target, left.Stage));
        }
    }

    private static (AuditEntry[] Entries, NetworkState State) Rebooting(out ClusterNode node)
    {
        node = new ClusterNode(LoneNode.State(1, 0), s_before, new SimRandom(1), s_now);
        var request = new CommandRequest { Id = new string('a', 32), Target = LoneNode.Id(0), Term = LoneNode.FirstTerm };
        var effects = node.Step(new Input.CommandRequested(request, "reboot", 1), s_now).ToList();
        Assert.InRange(effects.FindIndex(effect => effect is Effect.Record), 0, effects.FindIndex(effect => effect is Effect.Execute) - 1);
        return (Recorded(effects), node.State);
    }

    // That a lone node becomes Host at once is no command (U8).
    private static AuditEntry[] Recorded(IEnumerable<Effect> effects) =>
        [.. effects.OfType<Effect.Record>().SelectMany(record => record.Entries).Where(entry => entry.Action != AuditActions.Host)];
}
