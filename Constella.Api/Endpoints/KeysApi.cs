using Constella.Api.Cluster;
using Constella.Api.Endpoints.Security;
using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Constella.Api.Endpoints;

/// <summary>Rule X2 for the node's own command line: a new network secret, and a member put out.</summary>
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
    }

    private static Ok<KeysAnswer> Get(ICluster cluster)
    {
        var keys = cluster.View.Keys;
        return TypedResults.Ok(new KeysAnswer(
            keys.Generation, keys.Rotation?.Phase, keys.Rotation?.Started, keys.Followed, keys.Waiting, keys.Rotation?.Evicted ?? []));
    }

    private static async Task<Results<NoContent, Refusal>> RotateAsync(ICluster cluster, CancellationToken cancellation) =>
        Result(await cluster.AskAsync(static ticket => new Input.RotateRequested(ticket), cancellation));

    private static async Task<Results<NoContent, Refusal>> EvictAsync(EvictOrder order, ICluster cluster, CancellationToken cancellation)
    {
        if (!Ids.IsNode(order.NodeId))
            return Refusal.Of(Errors.Invalid, "node_id is no node id: 16 hexadecimal digits");
        var view = cluster.View;
        if (order.NodeId == view.NodeId)
            return Refusal.Of(Errors.IsSelf, "a node does not evict itself: let it leave (constella leave), or evict it from another node");
        if (view.Members.All(member => member.Record is not { Status: MemberStatus.Active } record || record.NodeId != order.NodeId))
            return Refusal.Of(ApiErrors.NotFound, $"this node knows no member {order.NodeId}");
        var why = !view.Quorum ? "only a majority of the nodes can evict one, and it is not reached now; bring one of the missing back first"
            : !Eviction.LeavesMajority(view, order.NodeId) ? "without it, the nodes that live would be no majority of the rest; bring one of the missing back, or evict it first"
            : null;
        if (why is null)
            return Result(await cluster.AskAsync(ticket => new Input.EvictRequested(order.NodeId, ticket), cancellation));
        Eviction.NoteRefused(cluster, order.NodeId, AuditActors.CommandLine, why);
        return Refusal.Of(Errors.NoHost, why);
    }

    private static Results<NoContent, Refusal> Result(Answer answer) =>
        answer is Answer.Done { Error: { } error } done ? Refusal.Of(error, done.Detail) : TypedResults.NoContent();
}
