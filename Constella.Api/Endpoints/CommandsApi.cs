using Constella.Api.Cluster;
using Constella.Api.Endpoints.Security;
using Constella.Api.Peers;
using Constella.Core;
using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Constella.Api.Endpoints;

/// <summary>What a node is told to do to itself or to its machine (rules C1 to C6): one call for each action, all alike.</summary>
internal static class CommandsApi
{
    public static void MapCommands(this IEndpointRouteBuilder routes)
    {
        Map(routes, AuditActions.Reboot, "Reboot", "Reboots a machine");
        Map(routes, AuditActions.Restart, "Restart", "Restarts a node's program");
        Map(routes, AuditActions.Update, "Update", "Restarts a node's program where another one lies in its place");
        Map(routes, AuditActions.Drain, "Drain", "Keeps a node from being Host; it hands over if it is");
        Map(routes, AuditActions.Undrain, "Undrain", "Ends a drain");
        Map(routes, AuditActions.Rename, "Rename", "Gives a node another name");
        Map(routes, AuditActions.Priority, "Prioritise", "Gives a node another priority: the smallest leads");
    }

    private static void Map(IEndpointRouteBuilder routes, string action, string name, string summary) => routes
        .MapPost($"/{action}", (CommandRequest command, bool? relayed, Caller caller, ICluster cluster, CommandDesk desk, IPeers peers, CancellationToken cancellation) =>
            PostAsync(new Order(action, command, relayed ?? false, caller), cluster, desk, peers, cancellation))
        .RequireSignature()
        .WithTags(action is AuditActions.Reboot ? "Reboot" : "Nodes")
        .WithSummary($"{summary}, once per command id; a call about another node is relayed once")
        .WithName(name);

    /// <param name="Relayed">Set by a node that relays: such a call is never relayed again (rule C4).</param>
    private sealed record Order(string Action, CommandRequest Command, bool Relayed, Caller Caller);

    private static async Task<Results<Ok<CommandAnswer>, Refusal>> PostAsync(Order order, ICluster cluster, CommandDesk desk, IPeers peers, CancellationToken cancellation)
    {
        var (view, caller) = (cluster.View, order.Caller);
        if (!Ids.IsCommand(order.Command.Id))
            return Refusal.Of(Errors.Invalid, "id is no command id: 32 hexadecimal digits");
        if (Wrong(order) is { } wrong)
            return Refusal.Of(Errors.Invalid, wrong);
        // A person at the command line speaks with the knowledge of this node.
        if (caller.IsSelf && order.Command.Term < view.Term)
            order = order with { Command = order.Command with { Term = view.Term } };
        if (caller.IsSelf)
            Note(cluster, AuditStage.Asked, order, order.Command.Detail);
        if (order.Command.Target == view.NodeId)
        {
            var answer = await desk.TakeAsync(order.Command, order.Action, caller.IsSelf ? null : caller.NodeId, cancellation);
            return answer.Taken is { } taken ? TypedResults.Ok(taken) : Refusal.Of(answer.Error!, answer.Detail);
        }
        if (Relay.Refuse(view, order.Command.Target, order.Relayed) is { } refusal)
        {
            if (caller.IsSelf)
                Note(cluster, AuditStage.Failed, order, refusal.Detail);
            return refusal;
        }
        try
        {
            return TypedResults.Ok(await peers.For(order.Command.Target).OrderAsync(order.Action, order.Command, cancellation));
        }
        catch (PeerException error)
        {
            if (caller.IsSelf)
                Note(cluster, AuditStage.Failed, order, error.Message);
            return Relay.Failed(view, order.Command.Target, error);
        }
    }

    private static string? Wrong(Order order) => order.Action switch
    {
        AuditActions.Rename when !NodeName.IsValid(order.Command.Name) => $"name is no node name: 1 to {Limits.NameLength} of a-z, 0-9 and -",
        AuditActions.Priority when order.Command.Priority is not (>= 0 and <= Limits.Priority) => $"priority is no number from 0 to {Limits.Priority}",
        _ => null,
    };

    private static void Note(ICluster cluster, AuditStage stage, Order order, string? detail) => cluster.Post(
        new Input.AuditNoted(stage, order.Command.Id, order.Action, order.Command.Target, stage == AuditStage.Asked ? AuditActors.CommandLine : null, detail));
}
