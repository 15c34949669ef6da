using Constella.Api.Cluster;
using Constella.Api.Telegram.Screens;
using Constella.Core.Audit;
using Constella.Core.Cluster;

namespace Constella.Api.Telegram;

/// <summary>
/// Puts a dead node out of the network while the screen says so. The screen is replicated, and to put out who is out already
/// changes nothing: the next Host goes on where this one ended.
/// </summary>
internal sealed class Forgetting(ICluster cluster, BotRight right)
{
    private (string Node, Task<Answer> Call)? _under;
    private (string Node, string Reason)? _refusal;

    /// <summary>In the words of the node that refused: known to this Host only.</summary>
    public string? ReasonOf(string node) => _refusal is { } refusal && refusal.Node == node ? refusal.Reason : null;

    /// <returns>The screen at the end; null while it goes on.</returns>
    public ScreenKey? Step(ClusterView view, string node, string? name, CancellationToken cancellation)
    {
        if (FleetScreens.Find(view, node) is not { } member)
            return new ScreenKey(ScreenKind.Forgotten, node, name);
        if (_under is { } under && under.Node == node)
            return under.Call.IsCompleted ? End(node, under.Call) : null;
        if (!FleetScreens.CanBeForgotten(member))
            return ScreenKey.NotForgotten(node, ForgetFailure.Alive);
        if (!view.Quorum)
            return Refused(node, ForgetFailure.NoQuorum, "no majority is reached");
        if (!Eviction.LeavesMajority(view, node))
            return Refused(node, ForgetFailure.Majority, "the rest that lives would be no majority");
        if (right.MayAct && _under is null or { Call.IsCompleted: true })
            _under = (node, cluster.AskAsync(ticket => new Input.EvictRequested(node, ticket) { By = AuditActors.Owner }, cancellation));
        return null;
    }

    private ScreenKey Refused(string node, ForgetFailure failure, string why)
    {
        Eviction.NoteRefused(cluster, AuditActions.Evict, node, AuditActors.Owner, why);
        return ScreenKey.NotForgotten(node, failure);
    }

    private ScreenKey? End(string node, Task<Answer> call)
    {
        _under = null;
        if (!call.IsCompletedSuccessfully)
            return null;
        if (call.Result is not Answer.Done { Error: { } error } done)
            return null;
        _refusal = (node, done.Detail ?? error);
        return ScreenKey.NotForgotten(node, ForgetFailure.Refused);
    }
}
