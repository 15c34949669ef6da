using Constella.Core.Audit;
using Constella.Core.Cluster;

namespace Constella.Api.Cluster;

/// <summary>What can be known before a node is put out (rule X2): the Host refuses it too (M1), but would be asked for ten seconds.</summary>
internal static class Eviction
{
    /// <summary>Whether those of the rest who live are a majority of it.</summary>
    public static bool LeavesMajority(ClusterView view, string nodeId)
    {
        var rest = view.Members.Where(member => member.Record.NodeId != nodeId).ToArray();
        return rest.Count(member => member.Health == Health.Alive) >= (rest.Length / 2) + 1;
    }

    /// <summary>What is refused before the protocol hears of it is in the audit log all the same (rule U1).</summary>
    /// <param name="by">One of <see cref="AuditActors"/>.</param>
    public static void NoteRefused(ICluster cluster, string nodeId, string by, string why) =>
        cluster.Post(new Input.AuditNoted(AuditStage.Failed, null, AuditActions.Evict, nodeId, by, why));
}
