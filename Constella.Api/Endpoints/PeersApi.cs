using Constella.Api.Cluster;
using Constella.Api.Endpoints.Security;
using Constella.Api.Peers;
using Constella.Core.Cluster;
using Constella.Core.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Constella.Api.Endpoints;

internal static class PeersApi
{
    public static void MapPeers(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/peers", GetPeersAsync)
            .RequireSignature()
            .WithTags("Peers")
            .WithSummary("The network as a node sees it; a call about another node is relayed once")
            .WithName("GetPeers");
        routes.MapPost("/heartbeat", HeartbeatAsync)
            .RequireSignature(strangers: true)
            .WithTags("Peers")
            .WithSummary("Evidence of life, with the lease, the member table and the settings on its back")
            .WithName("Heartbeat");
        routes.MapPost("/leave", LeaveAsync)
            .RequireSignature()
            .WithTags("Peers")
            .WithSummary("The caller leaves the network")
            .WithName("Leave");
    }

    /// <param name="target">A node id; this node when it is missing. Whom it is relayed to is asked without one, so it ends there (rule C4).</param>
    private static async Task<Results<Ok<PeersAnswer>, Refusal>> GetPeersAsync(string? target, ICluster cluster, IPeers peers, CancellationToken cancellation)
    {
        var view = cluster.View;
        if (target is null || target == view.NodeId)
            return TypedResults.Ok(Document(view));
        if (Relay.Refuse(view, target, relayed: false) is { } refusal)
            return refusal;
        try
        {
            return TypedResults.Ok(await peers.For(target).GetPeersAsync(cancellation));
        }
        catch (PeerException error)
        {
            return Relay.Failed(view, target, error);
        }
    }

    private static async Task<Results<Ok<HeartbeatAnswer>, Refusal>> HeartbeatAsync(
        Heartbeat message, Caller caller, ICluster cluster, CancellationToken cancellation)
    {
        if (message.Vitals.Node != caller.NodeId)
            return Refusal.Of(Errors.Invalid, "a heartbeat speaks for its signer only");
        if (HeartbeatShape.Wrong(message) is { } wrong)
            return Refusal.Of(Errors.Invalid, wrong);
        return await cluster.AskAsync(ticket => new Input.HeartbeatReceived(message, ticket), cancellation) switch
        {
            Answer.Beat beat => TypedResults.Ok(beat.Message),
            Answer.Done { Error: { } error } done => Refusal.Of(error, done.Detail),
            var other => throw new InvalidOperationException($"a heartbeat is not answered by {other.GetType().Name}"),
        };
    }

    private static async Task<Results<NoContent, Refusal>> LeaveAsync(Caller caller, ICluster cluster, CancellationToken cancellation) =>
        await cluster.AskAsync(ticket => new Input.LeaveRequested(caller.NodeId, ticket), cancellation) is Answer.Done { Error: { } error } done
            ? Refusal.Of(error, done.Detail)
            : TypedResults.NoContent();

    private static PeersAnswer Document(ClusterView view) => new(
        view.NetworkId,
        view.NodeId,
        view.Name,
        view.HostId,
        view.CandidateId,
        view.Quorum,
        view.Term,
        new BotStatus(view.Settings.BotToken is not null, view.Bot.Mode, view.Bot.InDoubt),
        [.. view.Members.Select(Info)])
    {
        Preferred = view.Preferred,
        Paused = view.Paused,
    };

    private static PeerInfo Info(MemberView member) => new(
        member.Record.NodeId,
        member.Record.Name,
        member.Record.Addr,
        member.Record.AltAddr,
        member.Record.Priority,
        member.Record.Status,
        member.Health,
        member.IsSelf,
        member.IsHost,
        member.RttMs,
        member.Boot,
        member.Build,
        member.Draining,
        member.Telegram,
        member.LastHeard,
        member.OfflineSince)
    {
        Drained = member.Record.Drain,
        Run = member.Run,
        Unheard = member.Unheard,
        ClockOffsetMs = member.ClockOffsetMs,
        OverlayDown = member.OverlayDown,
    };
}
