using Constella.Api.Cluster;
using Constella.Api.Endpoints;
using Constella.Api.Endpoints.Security;
using Constella.Api.Peers;
using Constella.Core.Audit;
using Constella.Core.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Constella.Api.Speed;

internal static class SpeedApi
{
    public static void MapSpeed(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/speed", GetAsync)
            .RequireSignature()
            .Refuses(502)
            .WithTags("Speed")
            .WithSummary("What a node may spend on speed tests, what it measures now and what it has measured; relayed once")
            .WithName("GetSpeed");
        routes.MapPost("/speed", PostAsync)
            .RequireSignature()
            .Refuses(404, 502)
            .WithTags("Speed")
            .WithSummary("Begins a speed test at a node, once per id, and answers at once; relayed once")
            .WithName("StartSpeed");
        routes.MapPost("/speed/offer", Offer)
            .RequireSignature()
            .WithTags("Speed")
            .WithSummary("Between nodes: the caller wants to exchange bytes for a test")
            .WithName("OfferSpeed");
        routes.MapPost("/speed/close", Close)
            .RequireSignature()
            .Refuses(404)
            .WithTags("Speed")
            .WithSummary("Between nodes: the caller's test is over; what was received here")
            .WithName("CloseSpeed");
        routes.MapGet("/speed/stream", SendAsync)
            .RequireSignature(streamed: true)
            .Refuses(404)
            .WithMetadata(new ProducesResponseTypeMetadata(StatusCodes.Status200OK))
            .WithTags("Speed")
            .WithSummary("Between nodes: noise of the wanted length; its answer is not signed")
            .WithName("SendSpeed");
        routes.MapPost("/speed/stream", ReceiveAsync)
            .RequireSignature(streamed: true)
            .Refuses(404)
            .WithTags("Speed")
            .WithSummary("Between nodes: takes noise, and counts it; the body is not part of the signature")
            .WithName("ReceiveSpeed");
    }

    /// <param name="target">A node id; this node when it is missing.</param>
    /// <param name="relayed">Set by a node that relays: such a call is never relayed again (rule C4).</param>
    private static async Task<Results<Ok<SpeedState>, Refusal>> GetAsync(
        string? target, bool? relayed, ICluster cluster, ISpeed speed, IPeers peers, CancellationToken cancellation) =>
        target is null || target == cluster.View.NodeId
            ? TypedResults.Ok(speed.State())
            : await RelayAsync(target, relayed, cluster, () => peers.For(target).GetSpeedAsync(target, cancellation));

    /// <param name="relayed">Set by a node that relays: such a call is never relayed again (rule C4).</param>
    private static async Task<Results<Ok<SpeedState>, Refusal>> PostAsync(
        SpeedOrder order, bool? relayed, Caller caller, ICluster cluster, ISpeed speed, IPeers peers, CancellationToken cancellation)
    {
        if (SpeedDesk.Wrong(order) is { } wrong)
            return Refusal.Of(Errors.Invalid, wrong);
        // A person at the command line.
        if (caller.IsSelf)
            SpeedAudit.Asked(cluster, order, AuditActors.CommandLine);
        var answer = order.Target == cluster.View.NodeId
            ? Start(order, speed)
            : await RelayAsync(order.Target, relayed, cluster, () => peers.For(order.Target).StartSpeedAsync(order, cancellation));
        if (caller.IsSelf && answer.Result is Refusal refusal)
            SpeedAudit.Ended(cluster, order.Id, order.Target, refusal.Detail);
        return answer;
    }

    private static Results<Ok<SpeedState>, Refusal> Start(SpeedOrder order, ISpeed speed)
    {
        try
        {
            return TypedResults.Ok(speed.Start(order));
        }
        catch (PeerException refused)
        {
            return Refusal.Of(refused.Code!, refused.Message);
        }
    }

    private static Results<Ok<SpeedGrant>, Refusal> Offer(SpeedOffer offer, Caller caller, SpeedSessions sessions)
    {
        try
        {
            return TypedResults.Ok(sessions.Open(caller.NodeId, offer));
        }
        catch (PeerException refused)
        {
            return Refusal.Of(refused.Code!, refused.Message);
        }
    }

    private static Results<Ok<SpeedCount>, Refusal> Close(SpeedEnd end, Caller caller, SpeedSessions sessions) =>
        sessions.Close(caller.NodeId, end.Test) is { } count ? TypedResults.Ok(count) : NoTest();

    /// <param name="test">As in the offer.</param>
    /// <param name="bytes">How many; within what was granted.</param>
    private static async Task<Results<EmptyHttpResult, Refusal>> SendAsync(string test, long bytes, Caller caller, SpeedSessions sessions, HttpContext context)
    {
        if (sessions.Find(caller.NodeId, test) is not { } session)
            return NoTest();
        if (bytes < 1 || bytes > session.Grant.Bytes)
            return Refusal.Of(Errors.Invalid, "bytes is more than was granted, or nothing");
        await SpeedSessions.SendAsync(session, bytes, context);
        return TypedResults.Empty;
    }

    /// <param name="test">As in the offer.</param>
    private static async Task<Results<NoContent, Refusal>> ReceiveAsync(string test, Caller caller, SpeedSessions sessions, HttpContext context)
    {
        if (sessions.Find(caller.NodeId, test) is not { } session)
            return NoTest();
        await sessions.ReceiveAsync(session, context);
        return TypedResults.NoContent();
    }

    private static Refusal NoTest() => Refusal.Of(ApiErrors.NotFound, "there is no such test of this caller; offer one first");

    private static async Task<Results<Ok<SpeedState>, Refusal>> RelayAsync(string target, bool? relayed, ICluster cluster, Func<Task<SpeedState>> call)
    {
        var view = cluster.View;
        if (Relay.Refuse(view, target, relayed ?? false) is { } refusal)
            return refusal;
        try
        {
            return TypedResults.Ok(await call());
        }
        catch (PeerException error)
        {
            return Relay.Failed(view, target, error);
        }
    }
}
