using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Api.Cluster;

/// <summary>What can be known before a node is put out (rules X2 and M3): the Host refuses it too (M1), but would be asked for ten seconds.</summary>
internal static class Eviction
{
    /// <param name="action">With its secret, or without: one of <see cref="AuditActions"/>.</param>
    /// <returns>Code and sentence, or null.</returns>
    public static (string Code, string Why)? Refuse(ClusterView view, MemberView member, string action) =>
        action == AuditActions.ForceLeave && member.Health.IsHeard() ? (Errors.IsAlive, $"{member.Record.Name} is heard: let it leave (constella leave, there), or evict it")
        : !view.Quorum ? (Errors.NoHost, "only a majority of the nodes can put one out, and it is not reached now; bring one of the missing back first")
        : !LeavesMajority(view, member.Record.NodeId) ? (Errors.NoHost, "without it, the nodes that live would be no majority of the rest; bring one of the missing back, or evict it first")
        : null;

    /// <summary>Whether those of the rest who live are a majority of it.</summary>
    public static bool LeavesMajority(ClusterView view, string nodeId)
    {
        var rest = view.Members.Where(member => member.Record.NodeId != nodeId).ToArray();
        return rest.Count(member => member.Health == Health.Alive) >= (rest.Length / 2) + 1;
    }

    /// <summary>What is refused before the protocol hears of it is in the audit log all the same (rule U1).</summary>
    /// <param name="action">One of <see cref="AuditActions"/>.</param>
    /// <param name="by">One of <see cref="AuditActors"/>.</param>
    public static void NoteRefused(ICluster cluster, string action, string nodeId, string by, string why) =>
        cluster.Post(new Input.AuditNoted(AuditStage.Failed, null, action, nodeId, by, why));
}
