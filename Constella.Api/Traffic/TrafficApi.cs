using Constella.Api.Cluster;
using Constella.Api.Endpoints;
using Constella.Api.Endpoints.Security;
using Constella.Api.Peers;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Constella.Api.Traffic;

internal static class TrafficApi
{
    public static void MapTraffic(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/traffic", GetAsync)
            .RequireSignature()
            .WithTags("Stats")
            .WithSummary("The traffic of a machine by months of its bill, and until when it is paid; a call about another node is relayed once")
            .WithName("GetTraffic");

    /// <param name="target">A node id; this node when it is missing.</param>
    /// <param name="relayed">Set by a node that relays: such a call is never relayed again (rule C4).</param>
    private static async Task<Results<Ok<TrafficReport>, Refusal>> GetAsync(
        string? target, bool? relayed, ICluster cluster, ITraffic traffic, IPeers peers, CancellationToken cancellation)
    {
        var view = cluster.View;
        if (target is null || target == view.NodeId)
            return TypedResults.Ok(traffic.Report());
        if (Relay.Refuse(view, target, relayed ?? false) is { } refusal)
            return refusal;
        try
        {
            return TypedResults.Ok(await peers.For(target).GetTrafficAsync(target, cancellation));
        }
        catch (PeerException error)
        {
            return Relay.Failed(view, target, error);
        }
    }
}
