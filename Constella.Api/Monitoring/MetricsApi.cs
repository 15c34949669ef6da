using Constella.Api.Endpoints.Security;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Constella.Api.Monitoring;

public static class MetricsApi
{
    public static void MapMetrics(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", Get)
            .RequireSignature(unless: MetricsAccess.Admits)
            .Produces<string>(StatusCodes.Status200OK, "text/plain")
            .WithTags("Stats")
            .WithSummary("This machine and the network as this node sees it, in the text format of Prometheus; from this machine unsigned, from others signed or by a bearer token")
            .WithName("GetMetrics");

    private static FileContentHttpResult Get(CollectorRegistry registry) =>
        TypedResults.Bytes(registry.CollectAndExportAsText(), PrometheusText.MediaType);
}
