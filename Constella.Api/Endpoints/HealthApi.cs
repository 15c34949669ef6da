using Constella.Api.Cli;
using Constella.Api.Cluster;
using Constella.Core.Cluster;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Constella.Api.Endpoints;

internal static class HealthApi
{
    public static void MapHealth(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/health", Get)
            .WithTags("Health")
            .WithSummary("Whether the node lives, and what a stranger may know of it")
            .WithName("GetHealth");

    private static Ok<HealthAnswer> Get(ICluster cluster, ProcessClock clock)
    {
        var view = cluster.View;
        return TypedResults.Ok(new HealthAnswer(
            Status(view), view.Name, view.NodeId, clock.UptimeSeconds, view.IsHost, view.Run, CommandLine.Version));
    }

    private static string Status(ClusterView view) =>
        view.Cloned ? "cloned"
        : view.Removed ? "removed"
        : view.LeftBehind ? "refused"
        : view.Draining ? "draining"
        : view.Quorum ? "ok"
        : "no-quorum";
}
