using System.Buffers.Text;
using Constella.Api.Cluster;
using Constella.Api.Endpoints;
using Constella.Api.Endpoints.Security;
using Constella.Api.Host;
using Constella.Api.Peers;
using Constella.Core;
using Constella.Core.Stats;
using Constella.Core.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Constella.Api.History;

internal static class HistoryApi
{
    private const string Path = "/metrics/history";
    private static readonly long s_day = (long)TimeSpan.FromDays(1).TotalSeconds;

    public static void MapHistory(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Path, GetAsync)
            .RequireSignature()
            .Refuses(404, 502, 503)
            .WithTags("Stats")
            .WithSummary("One metric of a machine over time, from copies where that machine is down")
            .WithName("GetHistory");
        routes.MapPost(Path, Keep)
            .RequireSignature()
            .Refuses(503)
            .WithTags("Stats")
            .WithSummary("The caller's own samples, for this node to keep")
            .WithName("KeepHistory");
    }

    /// <param name="target">A node id; this node when it is missing.</param>
    /// <param name="metric">cpu, ram, disk (percent), received, sent (bytes per second) or load.</param>
    /// <param name="from">Unix seconds; a day before to when it is missing.</param>
    /// <param name="to">Unix seconds; now when it is missing.</param>
    /// <param name="step">Seconds between points; chosen by the node when it is missing.</param>
    /// <param name="relayed">Set by a node that relays: the target answers itself or not at all (rule C4).</param>
    /// <param name="copies">From the copies that this node keeps, and from nowhere else (rule D3).</param>
    private static async Task<Results<Ok<HistorySeries>, Refusal>> GetAsync(
        string? target, string? metric, long? from, long? to, int? step, bool? relayed, bool? copies,
        ICluster cluster, HistoryDesk desk, TimeProvider time, CancellationToken cancellation)
    {
        if (!Metrics.TryParse(metric, out var wanted))
            return Refusal.Of(Errors.Invalid, $"metric is one of {string.Join(", ", Metrics.All)}");
        var end = to ?? time.GetUtcNow().ToUnixTimeSeconds();
        var query = new HistoryQuery(target ?? cluster.View.NodeId, wanted, from ?? Math.Max(0, end - s_day), end, step);
        if (HistoryDesk.Wrong(query) is { } wrong)
            return Refusal.Of(Errors.Invalid, wrong);
        try
        {
            if (copies ?? false)
                return TypedResults.Ok(desk.Copies(query));
            if (!(relayed ?? false))
                return TypedResults.Ok(await desk.GetAsync(query, cancellation));
            return query.Target == cluster.View.NodeId
                ? TypedResults.Ok(desk.Own(query))
                : Refusal.Of(ApiErrors.NotHere, "a relayed call is not relayed again");
        }
        catch (PeerException error)
        {
            return Refusal.Of(error.Code ?? ApiErrors.Unreachable, error.Message);
        }
    }

    private static Results<NoContent, Refusal> Keep(HistoryPush push, Caller caller, HistoryStore store)
    {
        if (caller.IsSelf)
            return Refusal.Of(Errors.Invalid, "a node keeps no copies of itself");
        if (Wrong(push) is { } wrong)
            return Refusal.Of(Errors.Invalid, wrong);
        if (store.Missing is { } why)
            return Refusal.Of(ApiErrors.NoHistory, why);
        store.Keep(caller.NodeId, push.Zone, push.From, Base64Url.DecodeFromChars(push.Samples));
        return TypedResults.NoContent();
    }

    private static string? Wrong(HistoryPush push)
    {
        var step = HistoryTier.Copied.Step;
        if (push.From < 0 || push.From % step != 0 || push.From > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            return $"from is in Unix seconds, a multiple of {step}";
        if (!HostZone.IsValid(push.Zone))
            return "zone is no name of a time zone";
        return !Base64Url.IsValid(push.Samples, out var bytes) || bytes % PackedSample.Bytes != 0 || bytes / PackedSample.Bytes > Limits.HistoryCatchUp.TotalSeconds / step
            ? $"samples are base64url of {PackedSample.Bytes} bytes each, those of {Limits.HistoryCatchUp.TotalHours:0} hours at most"
            : null;
    }
}
