using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Api.Cluster;

/// <summary>What can be known before a node is named for Host (rule E5): a wish that nobody can fulfil now is refused with its reason.</summary>
internal static class Transfer
{
    /// <returns>Code and sentence, or null.</returns>
    public static (string Code, string Why)? Refuse(ClusterView view, string target)
    {
        if (view.Members.FirstOrDefault(member => member.Record.NodeId == target) is not { } node)
            return (Endpoints.ApiErrors.NotFound, $"this node knows no member {target}");
        var name = node.Record.Name;
        if (!view.Quorum || view.HostId is null)
            return (Errors.NoHost, "there is no Host now that could hand over: a majority of the nodes is not reached");
        if (node.IsHost)
            return (Endpoints.ApiErrors.NotPossible, $"{name} is Host already");
        if (!node.IsSelf && node.Health != Health.Alive)
            return (Endpoints.ApiErrors.NotPossible, $"{name} is not heard now");
        if (node.Record.Drain)
            return (Endpoints.ApiErrors.NotPossible, $"{name} drains: end that first (constella drain {name} --off)");
        if (node.Draining)
            return (Endpoints.ApiErrors.NotPossible, $"{name} is being stopped");
        if (view.Settings.BotToken is not null && !node.Telegram)
            return (Endpoints.ApiErrors.NotPossible, $"{name} does not reach Telegram");
        return view.Members.Length - node.Unheard.Length < (view.Members.Length / 2) + 1
            ? (Endpoints.ApiErrors.NotPossible, $"{name} does not reach a majority of the nodes")
            : null;
    }
}
