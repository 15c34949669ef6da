using Constella.Api.Cluster;
using Constella.Api.Endpoints.Security;
using Constella.Core;
using Constella.Core.Cluster;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Constella.Api.Endpoints.Joining;

internal static class InvitesApi
{
    public static void MapInvites(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/invites").RequireSelf().WithTags("Joining");
        group.MapPost("", PostAsync)
            .WithSummary("Mints an invite; its link is told this once")
            .WithName("CreateInvite");
        group.MapGet("", Get)
            .WithSummary("The invites that this node minted")
            .WithName("GetInvites");
        group.MapDelete("/{id}", DeleteAsync)
            .WithSummary("Forgets an invite")
            .WithName("RevokeInvite");
    }

    private static async Task<Results<Ok<InviteAnswer>, Refusal>> PostAsync(InviteOrder order, InviteMint mint, CancellationToken cancellation)
    {
        var ttl = order.TtlSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : Limits.InviteDefault;
        var (invite, refused) = await mint.MintAsync(ttl, cancellation);
        return invite is null ? Refusal.Of(refused!.Error!, refused.Detail) : TypedResults.Ok(invite);
    }

    private static Ok<InvitesAnswer> Get(ICluster cluster) => TypedResults.Ok(new InvitesAnswer(cluster.View.Invites));

    private static async Task<Results<NoContent, Refusal>> DeleteAsync(string id, ICluster cluster, CancellationToken cancellation)
    {
        if (cluster.View.Invites.All(invite => invite.Id != id))
            return Refusal.Of(ApiErrors.NotFound, "this node has no such invite");
        return await cluster.AskAsync(ticket => new Input.InviteRevoked(id, ticket), cancellation) is Answer.Done { Error: { } error } done
            ? Refusal.Of(error, done.Detail)
            : TypedResults.NoContent();
    }
}
