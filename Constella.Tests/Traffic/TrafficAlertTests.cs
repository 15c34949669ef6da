using Constella.Core;
using Constella.Core.Alerts;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Traffic;
using Constella.Core.Wire;
using Constella.Tests.Cluster;
using Constella.Tests.Simulation;

namespace Constella.Tests.Traffic;

/// <summary>Rules A2 and A3 for traffic and bills, on real nodes; the simulated owner is told what is due.</summary>
public sealed class TrafficAlertTests
{
    private const long Gigabyte = 1_000_000_000;

    private readonly ClusterHarness _cluster = new ClusterHarness(3).Settled();

    private SimNode Host => _cluster.Host!;

    private SimNode Other => _cluster.World.Nodes.First(node => node != _cluster.Host);

    [Fact]
    public void A3_Each_level_of_a_months_traffic_is_told_once_and_ends_with_the_month()
    {
        var other = Other;
        Set(Options.TrafficQuota, other, "100GB");
        Use(other, 79);
        Assert.Empty(Of(AlertKind.Traffic));
        var before = _cluster.World.Totals.Alerts;
        foreach (var (percent, told) in new[] { (80, 1), (85, 1), (89, 1), (90, 2), (99, 2), (100, 3), (120, 3) })
        {
            Use(other, percent);
            Assert.Equal(told, _cluster.World.Totals.Alerts - before);
        }
        Assert.Equal(["80", "90", "100"], Of(AlertKind.Traffic).Select(alert => alert.Detail));
        Assert.Equal(AlertTold.Begun, Assert.Single(Of(AlertKind.Traffic), alert => alert.Ended is null).Told);
        Use(other, 0);
        Assert.All(Of(AlertKind.Traffic), alert => Assert.Equal((true, AlertTold.All), (alert.Ended is not null, alert.Told)));
        Assert.Equal(4, _cluster.World.Totals.Alerts - before);
        Use(other, 81);
        Assert.Equal(5, _cluster.World.Totals.Alerts - before);
    }

    [Fact]
    public void A3_A_level_that_was_jumped_over_is_not_told()
    {
        var other = Other;
        Set(Options.TrafficQuota, null, "100GB");
        Use(other, 150);
        Assert.Equal("100", Assert.Single(Of(AlertKind.Traffic)).Detail);
    }

    [Fact]
    public void A1_A_new_Host_tells_no_level_again()
    {
        var other = Other;
        Set(Options.TrafficQuota, other, "100GB");
        Use(other, 92);
        var old = Host;
        old.Crash(machine: true);
        _cluster.Await(() => _cluster.Host is { } host && host != old, 30_000, "the next Host");
        Use(other, 95);
        Use(other, 95);
        Assert.Equal("90", Assert.Single(Of(AlertKind.Traffic)).Detail);
    }

    [Fact]
    public void A2_A_quota_that_is_taken_back_ends_its_alert_without_a_word()
    {
        var other = Other;
        Set(Options.TrafficQuota, other, "100GB");
        Use(other, 92);
        var told = _cluster.World.Totals.Alerts;
        Set(Options.TrafficQuota, other, "");
        _cluster.RunFor(5_000);
        Assert.NotNull(Assert.Single(Of(AlertKind.Traffic)).Ended);
        Assert.Equal(told, _cluster.World.Totals.Alerts);
    }

    [Fact]
    public void T5_A_bill_is_told_when_it_comes_near_also_of_a_machine_that_is_down_and_ends_when_it_is_renewed()
    {
        var other = Other;
        var today = DateOnly.FromDateTime(Host.Clocks.Utc.UtcDateTime.AddHours(-9));
        other.Crash(machine: true);
        _cluster.RunFor(60_000);
        Set(Options.BillExpires, other, Bill.Date(today.AddDays(15)));
        _cluster.RunFor(5_000);
        Assert.Empty(Of(AlertKind.Bill));
        Set(Options.BillExpires, other, Bill.Date(today.AddDays(14)));
        _cluster.RunFor(10_000);
        var alert = Assert.Single(Of(AlertKind.Bill));
        Assert.Equal((1, Bill.Date(today.AddDays(14)), AlertTold.Begun), (alert.Stage, alert.Detail, alert.Told));
        Set(Options.BillExpires, other, Bill.Date(today));
        _cluster.RunFor(10_000);
        Assert.Equal([1, 4], Of(AlertKind.Bill).Select(each => each.Stage));
        Set(Options.BillExpires, other, Bill.Date(today.AddDays(31)));
        _cluster.RunFor(10_000);
        Assert.All(Of(AlertKind.Bill), each => Assert.Equal((true, AlertTold.All), (each.Ended is not null, each.Told)));
    }

    [Fact]
    public void V1_What_a_node_of_an_older_version_made_of_a_kind_that_it_does_not_know_is_cleared_away()
    {
        var node = new LoneNode(1, 0, state => state with
        {
            Settings = state.Settings with { Alerts = [new Alert { Id = "traffic:x:1", Kind = AlertKind.Unknown, Node = LoneNode.Id(0), Since = LoneNode.Start, Told = AlertTold.Begun }] },
        });
        node.Advance(20_000);
        Assert.True(node.View.IsHost);
        Assert.Equal((true, AlertTold.All), (node.Disk.Settings.Alerts[0].Ended is not null, node.Disk.Settings.Alerts[0].Told));
    }

    private IReadOnlyList<Alert> Of(AlertKind kind) => [.. Host.Disk.Settings.Alerts.Where(alert => alert.Kind == kind)];

    private void Set(string key, SimNode? node, string value)
    {
        Host.Ask(ticket => new Input.SettingsChanged(new SettingsPatch { Options = [new Option(key, node?.Id, value)] }, ticket), _ => { });
        _cluster.RunFor(2_000);
    }

    /// <summary>A node tells for a while that so many percent of 100 GB are used up.</summary>
    private void Use(SimNode node, int percent)
    {
        _cluster.World.Post(node, new Input.TrafficCounted(new MonthBytes(percent * Gigabyte, 0)));
        // What comes back within the hour has to last longer (A3).
        _cluster.RunFor(8 * Timings.AlertCalm);
    }
}
