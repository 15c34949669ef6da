namespace Constella.Tests.Mutants;

/// <summary>Rules A: what the owner is told, by whom, and how often.</summary>
internal static class AlertMutants
{
    private const string Courier = "Alerts/AlertCourier.cs";
    private const string Judge = "Alerts/AlertJudge.cs";
    private const string Node = "Cluster/ClusterNode.Alerts.cs";

    public static IEnumerable<Mutant> All { get; } =
    [
        new("a node that alerts without the right", "A1", new Edit(
            Node, "if (_stopping || !Permit().Allows(_now.Mono, _now.Mono))", "if (_stopping)"))
        {
            Finding = "A1",
        },
        new("an alert at one missed beat", "A3", new Edit(Judge, "lasted >= sign.Hold * Patience(sign, book, now)", "lasted >= 0"))
        {
            Finding = "A3",
        },
        new("an alert that never ends", "A4", new Edit(Judge, "else if (open is not null && lasted >= sign.Calm)", "else if (open is not null && lasted < 0)"))
        {
            Finding = "A4",
        },
        new("a message that is told as the whole alert", "A5", new Edit(
            "Alerts/Alert.cs", "Ended is null ? AlertTold.Begun : AlertTold.All", "Ended is null ? AlertTold.All : AlertTold.All"))
        {
            Finding = "A4",
        },
        new("a sender that forgets what it has sent", "A5", new Edit(Courier, "_sent[alert.Id] = alert.Receipt;", "_sent.Remove(alert.Id);"))
        {
            Finding = "A5",
        },
        new("a Host that passes nothing on", "A5", new Edit(Courier, "if (!mayAct || _first is null)", "if (_first is null || mono > 0)"))
        {
            Test = "Cluster.AlertTests.A5_What_the_Host_cannot_send_another_node_sends",
        },
        new("a Host that waits for itself", "A5", new Edit(Courier, "mayAct && (view.Settings.AlertSender is null || view.Settings.AlertSender == view.NodeId)", "mayAct && view.Settings.AlertSender is null"))
        {
            Test = "Cluster.AlertTests.A5_The_Host_sends_itself_where_an_earlier_one_has_passed_the_task_on_to_it",
        },
        new("an alert that ends because its node is not known yet", "A4", new Edit(Node, "is { Status: not MemberStatus.Active } ||", "is not { Status: MemberStatus.Active } ||"))
        {
            Test = "Cluster.AlertTests.A4_An_alert_about_a_node_that_has_left_ends_and_about_one_not_heard_of_yet_it_does_not",
        },
    ];
}
