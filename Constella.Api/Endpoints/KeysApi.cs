using Constella.Api.Cluster;
using Constella.Api.Endpoints.Security;
using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Constella.Api.Endpoints;

/// <summary>Rules X2 and M3 for the node's own command line: a new network secret, and a member put out with it or without.</summary>
internal static class KeysApi
{
    public static void MapKeys(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").RequireSelf().WithTags("Keys");
        group.MapGet("/keys", Get)
            .WithSummary("The number of the network's secret, and how far its latest change is; never the secret itself")
            .WithName("GetKeys");
        group.MapPost("/keys/rotate", RotateAsync)
            .WithSummary("Changes the network's secret; answers when it is certain to come, GET /keys tells its end")
            .WithName("RotateKeys");
        group.MapPost("/evict", EvictAsync)
            .WithSummary("Puts another member out for good; the secret is changed after it")
            .WithName("Evict");
        group.MapPost("/force-leave", ForceLeaveAsync)
            .WithSummary("Puts a member out that is gone for good; refused while it is heard, and the secret stays")
            .WithName("ForceLeave");
    }

    private static Ok<KeysAnswer> Get(ICluster cluster)
    {
        var keys = cluster.View.Keys;
        return TypedResults.Ok(new KeysAnswer(
            keys.Generation, keys.Rotation?.Phase, keys.Rotation?.Started, keys.Followed, keys.Waiting, keys.Rotation?.Evicted ?? []));
    }

    private static async Task<Results<NoContent, Refusal>> RotateAsync(ICluster cluster, CancellationToken cancellation) =>
        Result(await cluster.AskAsync(static ticket => new Input.RotateRequested(ticket), cancellation));

    private static Task<Results<NoContent, Refusal>> EvictAsync(EvictOrder order, ICluster cluster, CancellationToken cancellation) =>
        PutOutAsync(order, AuditActions.Evict, cluster, cancellation);

    private static Task<Results<NoContent, Refusal>> ForceLeaveAsync(EvictOrder order, ICluster cluster, CancellationToken cancellation) =>
        PutOutAsync(order, AuditActions.ForceLeave, cluster, cancellation);

    private static async Task<Results<NoContent, Refusal>> PutOutAsync(EvictOrder order, string action, ICluster cluster, CancellationToken cancellation)
    {
        if (!Ids.IsNode(order.NodeId))
            return Refusal.Of(Errors.Invalid, "node_id is no node id: 16 hexadecimal digits");
        var view = cluster.View;
        if (order.NodeId == view.NodeId)
            return Refusal.Of(Errors.IsSelf, "a node does not put itself out: let it leave (constella leave), or evict it from another node");
        if (view.Members.FirstOrDefault(member => member.Record.NodeId == order.NodeId) is not { } member)
            return Refusal.Of(ApiErrors.NotFound, $"this node knows no member {order.NodeId}");
        if (Eviction.Refuse(view, member, action) is { } refusal)
        {
            Eviction.NoteRefused(cluster, action, order.NodeId, AuditActors.CommandLine, refusal.Why);
            return Refusal.Of(refusal.Code, refusal.Why);
        }
        return Result(await cluster.AskAsync(
            ticket => action == AuditActions.Evict ? new Input.EvictRequested(order.NodeId, ticket) : new Input.ForceLeaveRequested(order.NodeId, ticket), cancellation));
    }

    private static Results<NoContent, Refusal> Result(Answer answer) =>
        answer is Answer.Done { Error: { } error } done ? Refusal.Of(error, done.Detail) : TypedResults.NoContent();
}
