using Constella.Core.Alerts;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;
using Constella.Tests.Simulation;

namespace Constella.Tests.Cluster;

/// <summary>Rules A1 to A6 on real nodes.</summary>
public sealed class AlertTests
{
    private static Alert? Find(SimNode node, AlertKind kind, SimNode? about = null) =>
        node.Disk.Settings.Alerts.LastOrDefault(a => a.IsAbout(kind, about?.Id));

    [Fact]
    public void A1_A_node_that_dies_is_told_once_by_the_Host_and_its_return_with_how_long_it_lasted()
    {
        var cluster = new ClusterHarness(3).Settled();
        var (host, victim) = (cluster.Host!, cluster.World.Nodes.First(n => n != cluster.Host));
        victim.Crash(machine: true);
        cluster.RunFor(15_000);
        Assert.Null(Find(host, AlertKind.Down, victim));
        cluster.Await(() => Find(host, AlertKind.Down, victim) is { Due: false }, 15_000, "the alert");
        cluster.RunFor(30_000);
        victim.Start();
        cluster.Await(() => Find(host, AlertKind.Down, victim) is { Ended: not null, Told: AlertTold.All }, 25_000, "its end");
        var alert = Find(host, AlertKind.Down, victim)!;
        Assert.InRange((alert.Ended!.Value - alert.Since).TotalSeconds, 40, 65);
        // The machine's coming up unasked is another alert: three messages, though two nodes saw all of it.
        Assert.Equal(3, cluster.World.Totals.Alerts);
        Assert.NotNull(Find(host, AlertKind.Reboot, victim));
        cluster.RunFor(2_000);
        Assert.Equal(host.Disk.Settings.Alerts, cluster.World.Nodes.First(n => n != host && n != victim).Disk.Settings.Alerts);
    }

    [Fact]
    public void A2_Of_two_nodes_the_survivor_tells_of_the_other_of_the_quorum_and_of_the_Host()
    {
        var cluster = new ClusterHarness(2).Settled();
        var dead = cluster.Host!;
        dead.Crash(machine: true);
        cluster.RunFor(60_000);
        var host = cluster.Host!;
        Assert.Equal([AlertKind.Down, AlertKind.Host, AlertKind.Quorum], host.Disk.Settings.Alerts.Where(a => a.Told != AlertTold.All || a.Detail is not null).Select(a => a.Kind).Order());
        Assert.All(host.Disk.Settings.Alerts, alert => Assert.False(alert.Due));
    }

    [Fact]
    public void A2_A_boot_that_a_command_asked_for_is_no_alert_and_any_other_is()
    {
        static Vitals Told(bool asked)
        {
            var node = new LoneNode(2, 1, state => state with { Boot = new BootRecord("the boot before", asked) });
            return node.Call(0).Vitals;
        }

        Assert.True(Told(asked: false).Unasked);
        Assert.False(Told(asked: true).Unasked);
    }

    [Fact]
    public void A2_A_command_to_reboot_is_noted_with_the_boot_that_it_ends_and_withdrawn_where_nobody_carried_it_out()
    {
        var node = new LoneNode(2, 1);
        node.Step(new Input.Tick());
        Assert.False(node.Disk.Boot!.Asked);
        node.Ask(ticket => new Input.CommandRequested(new CommandRequest { Id = new string('c', 32), Target = LoneNode.Id(1), Term = new Term(9, LoneNode.Id(0)) }, "reboot", ticket));
        Assert.True(node.Disk.Boot!.Asked);
        node.Step(new Input.StopWithdrawn());
        Assert.False(node.Disk.Boot!.Asked);
    }

    [Fact]
    public void A2_A_clock_that_differs_from_the_majoritys_is_told_even_the_Hosts_own()
    {
        var cluster = new ClusterHarness(3).Settled();
        cluster.Host!.WallSkew += 60_000;
        cluster.RunFor(40_000);
        var alert = Assert.Single(cluster.Host!.Disk.Settings.Alerts, a => a.Kind == AlertKind.Clock);
        Assert.Equal(cluster.Host!.Id, alert.Node);
        Assert.InRange(int.Parse(alert.Detail!, System.Globalization.CultureInfo.InvariantCulture), 54, 66);
    }

    [Fact]
    public void A2_A_node_that_is_there_and_whose_certificate_does_not_hold_is_told_so_and_not_as_down()
    {
        var host = HostOfThree();
        host.Live(30_000, failing: 2);
        var alert = Assert.Single(host.Disk.Settings.Alerts, a => a.Node == LoneNode.Id(2));
        Assert.Equal((AlertKind.Certificate, null), (alert.Kind, alert.Ended));
        host.Live(30_000);
        Assert.NotNull(Assert.Single(host.Disk.Settings.Alerts, a => a.Node == LoneNode.Id(2)).Ended);
    }

    [Fact]
    public void A2_A_version_unlike_that_of_most_is_told_after_the_time_that_an_update_may_take()
    {
        var host = HostOfThree(new Option(Options.AlertVersion, null, "1"));
        Vitals Updated(int peer, Vitals vitals) => vitals with { Build = peer == 2 ? "0.2.0" : "0.1.0" };
        host.Live(50_000, Updated);
        Assert.DoesNotContain(host.Disk.Settings.Alerts, a => a.Kind == AlertKind.Version);
        host.Live(15_000, Updated);
        var alert = Assert.Single(host.Disk.Settings.Alerts, a => a.Kind == AlertKind.Version);
        Assert.Equal((LoneNode.Id(2), "0.2.0"), (alert.Node, alert.Detail));
    }

    [Fact]
    public void A2_A_node_that_hears_nobody_says_nothing_of_others()
    {
        var node = new LoneNode(3, 0);
        node.Live(12_000);
        node.Advance(120_000);
        Assert.DoesNotContain(node.Disk.Settings.Alerts, a => a.Kind == AlertKind.Down);
    }

    [Fact]
    public void A3_A_figure_begins_an_alert_at_its_level_and_ends_it_five_percent_below()
    {
        var cluster = new ClusterHarness(3).Settled();
        var (host, node) = (cluster.Host!, cluster.World.Nodes.First(n => n != cluster.Host));
        Measure(cluster, node, 90, 40);
        Assert.Equal("90", Find(host, AlertKind.Cpu, node)!.Detail);
        Measure(cluster, node, 86, 90);
        Assert.Null(Find(host, AlertKind.Cpu, node)!.Ended);
        Measure(cluster, node, 84, 70);
        Assert.NotNull(Find(host, AlertKind.Cpu, node)!.Ended);
    }

    [Fact]
    public void A5_What_the_Host_cannot_send_another_node_sends()
    {
        var cluster = new ClusterHarness(3).Settled();
        var (host, node) = (cluster.Host!, cluster.World.Nodes.First(n => n != cluster.Host));
        cluster.World.Alerts.Refuse(host, 600_000);
        Measure(cluster, node, 99, 80);
        Assert.Equal(host, cluster.Host);
        Assert.Equal(AlertTold.Begun, Find(host, AlertKind.Cpu, node)!.Told);
        Assert.NotNull(host.Disk.Settings.AlertSender);
        Assert.Equal((1, 1), (cluster.World.Totals.Alerts, cluster.World.Totals.AlertsPassedOn));
    }

    [Fact]
    public void A5_The_Host_sends_itself_where_an_earlier_one_has_passed_the_task_on_to_it()
    {
        var cluster = new ClusterHarness(3).Settled();
        var (host, node) = (cluster.Host!, cluster.World.Nodes.First(n => n != cluster.Host));
        host.Ask(ticket => new Input.SettingsChanged(new SettingsPatch { AlertSender = host.Id }, ticket), _ => { });
        Measure(cluster, node, 99, 40);
        Assert.Equal((host.Id, AlertTold.Begun), (host.Disk.Settings.AlertSender, Find(host, AlertKind.Cpu, node)!.Told));
        Assert.Equal((1, 0), (cluster.World.Totals.Alerts, cluster.World.Totals.AlertsPassedOn));
    }

    [Fact]
    public void A4_An_alert_about_a_node_that_has_left_ends_and_about_one_not_heard_of_yet_it_does_not()
    {
        var alerts = new[] { "00000000000000aa", LoneNode.Id(3) }
            .Select(id => new Alert { Id = "cpu:" + id, Kind = AlertKind.Cpu, Node = id, Since = LoneNode.Start, Told = AlertTold.Begun }).ToArray();
        var node = new LoneNode(3, 0, state => state with
        {
            Peers = [.. state.Peers, LoneNode.Record(3) with { Status = MemberStatus.Left }],
            Settings = state.Settings with { Alerts = [.. alerts] },
        });
        node.Live(20_000);
        Assert.Null(node.Disk.Settings.Alerts.Single(alert => alert.Id == alerts[0].Id).Ended);
        Assert.NotNull(node.Disk.Settings.Alerts.Single(alert => alert.Id == alerts[1].Id).Ended);
    }

    [Fact]
    public void A6_What_is_muted_is_listed_and_not_told()
    {
        var cluster = new ClusterHarness(3).Settled();
        var (host, node) = (cluster.Host!, cluster.World.Nodes.First(n => n != cluster.Host));
        host.Ask(ticket => new Input.SettingsChanged(new SettingsPatch { Options = [new Option(Options.AlertMuted, node.Id, Options.Time(host.Clocks.Utc.AddHours(1)))] }, ticket), _ => { });
        var before = cluster.World.Totals.Alerts;
        Measure(cluster, node, 99, 60);
        Assert.Equal(AlertTold.All, Find(host, AlertKind.Cpu, node)!.Told);
        Assert.Equal(before, cluster.World.Totals.Alerts);
    }

    [Fact]
    public void A7_A_level_of_one_node_is_its_own()
    {
        var cluster = new ClusterHarness(3).Settled();
        var (host, node) = (cluster.Host!, cluster.World.Nodes.First(n => n != cluster.Host));
        node.Ask(ticket => new Input.SettingsChanged(new SettingsPatch { Options = [new Option(Options.AlertCpu, node.Id, "off")] }, ticket), _ => { });
        Measure(cluster, node, 100, 60);
        Assert.Null(Find(host, AlertKind.Cpu, node));
    }

    private static LoneNode HostOfThree(params Option[] options)
    {
        var node = new LoneNode(3, 0, state => state with { Settings = state.Settings with { Options = [.. options] } });
        node.Live(12_000);
        Assert.True(node.View.IsHost);
        return node;
    }

    private static void Measure(ClusterHarness cluster, SimNode node, int cpu, int seconds)
    {
        for (; seconds > 0; seconds -= 10)
        {
            cluster.World.Post(node, new Input.LoadMeasured(new Load(cpu, 10, 10)));
            cluster.RunFor(10_000);
        }
    }
}
