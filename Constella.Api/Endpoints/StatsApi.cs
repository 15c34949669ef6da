using Constella.Api.Cluster;
using Constella.Api.Endpoints.Security;
using Constella.Api.Host;
using Constella.Api.Peers;
using Constella.Core.Stats;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Constella.Api.Endpoints;

internal static class StatsApi
{
    public static void MapStats(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/stats", GetAsync)
            .RequireSignature()
            .WithTags("Stats")
            .WithSummary("The consumption of a machine; a call about another node is relayed once")
            .WithName("GetStats");

    /// <param name="target">A node id; this node when it is missing.</param>
    /// <param name="relayed">Set by a node that relays: such a call is never relayed again (rule C4).</param>
    private static async Task<Results<Ok<NodeStats>, Refusal>> GetAsync(
        string? target, bool? relayed, ICluster cluster, IHostMetrics metrics, IPeers peers, CancellationToken cancellation)
    {
        var view = cluster.View;
        if (target is null || target == view.NodeId)
            return TypedResults.Ok(metrics.Read());
        if (Relay.Refuse(view, target, relayed ?? false) is { } refusal)
            return refusal;
        try
        {
            return TypedResults.Ok(await peers.For(target).GetStatsAsync(target, cancellation));
        }
        catch (PeerException error)
        {
            return Relay.Failed(view, target, error);
        }
    }
}
