using Constella.Api.Cluster;
using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Api.Speed;

/// <summary>Speed tests in the audit log, because they cost traffic: where one is ordered that is written, and where it is measured the rest (rules U1 and U2).</summary>
internal static class SpeedAudit
{
    /// <param name="by">One of <see cref="AuditActors"/>.</param>
    public static void Asked(ICluster cluster, SpeedOrder order, string by) =>
        Note(cluster, AuditStage.Asked, order.Id, order.Target, by, cluster.View.Members.FirstOrDefault(member => member.Record.NodeId == order.With)?.Record.Name ?? order.With);

    public static void Taken(ICluster cluster, string test) => Note(cluster, AuditStage.Taken, test, cluster.View.NodeId, null, null);

    /// <param name="error">Why nothing, or not all, was measured; null: all was.</param>
    public static void Ended(ICluster cluster, string test, string target, string? error) =>
        Note(cluster, error is null ? AuditStage.Done : AuditStage.Failed, test, target, null, error);

    private static void Note(ICluster cluster, AuditStage stage, string test, string target, string? by, string? detail) =>
        cluster.Post(new Input.AuditNoted(stage, test, AuditActions.Speed, target, by, detail));
}
