using Constella.Api.Cluster;
using Constella.Api.Endpoints.Security;
using Constella.Api.Peers;
using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Constella.Api.Endpoints;

internal static class RebootApi
{
    public static void MapReboot(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/reboot", PostAsync)
            .RequireSignature()
            .WithTags("Reboot")
            .WithSummary("Reboots a machine, once per command id; a call about another node is relayed once")
            .WithName("Reboot");

    /// <param name="relayed">Set by a node that relays: such a call is never relayed again (rule C4).</param>
    private static async Task<Results<Ok<CommandAnswer>, Refusal>> PostAsync(
        CommandRequest command, bool? relayed, Caller caller, ICluster cluster, CommandDesk desk, IPeers peers, CancellationToken cancellation)
    {
        var view = cluster.View;
        if (!Ids.IsCommand(command.Id))
            return Refusal.Of(Errors.Invalid, "id is no command id: 32 hexadecimal digits");
        // A person at the command line speaks with the knowledge of this node.
        if (caller.IsSelf && command.Term < view.Term)
            command = command with { Term = view.Term };
        if (caller.IsSelf)
            Note(cluster, AuditStage.Asked, command, null);
        if (command.Target == view.NodeId)
        {
            var answer = await desk.TakeAsync(command, CommandDesk.Reboot, caller.IsSelf ? null : caller.NodeId, cancellation);
            return answer.Taken is { } taken ? TypedResults.Ok(taken) : Refusal.Of(answer.Error!, answer.Detail);
        }
        if (Relay.Refuse(view, command.Target, relayed ?? false) is { } refusal)
        {
            if (caller.IsSelf)
                Note(cluster, AuditStage.Failed, command, refusal.Detail);
            return refusal;
        }
        try
        {
            return TypedResults.Ok(await peers.For(command.Target).RebootAsync(command, cancellation));
        }
        catch (PeerException error)
        {
            if (caller.IsSelf)
                Note(cluster, AuditStage.Failed, command, error.Message);
            return Relay.Failed(view, command.Target, error);
        }
    }

    private static void Note(ICluster cluster, AuditStage stage, CommandRequest command, string? detail) => cluster.Post(
        new Input.AuditNoted(stage, command.Id, AuditActions.Reboot, command.Target, stage == AuditStage.Asked ? AuditActors.CommandLine : null, detail));
}
