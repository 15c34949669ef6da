using Constella.Api.Cluster;
using Constella.Api.Endpoints.Security;
using Constella.Api.Peers;
using Constella.Core.Cluster;
using Constella.Core.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Constella.Api.Endpoints;

internal static class RebootApi
{
    private const string Action = "reboot";

    public static void MapReboot(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/reboot", PostAsync)
            .RequireSignature()
            .WithTags("Reboot")
            .WithSummary("Reboots a machine, once per command id; a call about another node is relayed once")
            .WithName("Reboot");

    /// <param name="relayed">Set by a node that relays: such a call is never relayed again (rule C4).</param>
    private static async Task<Results<Ok<CommandAnswer>, Refusal>> PostAsync(
        CommandRequest command, bool? relayed, Caller caller, ICluster cluster, ICommandExecutor executor, IPeers peers, CancellationToken cancellation)
    {
        var view = cluster.View;
        if (!Ids.IsCommand(command.Id))
            return Refusal.Of(Errors.Invalid, "id is no command id: 32 hexadecimal digits");
        // A person at the command line speaks with the knowledge of this node.
        if (caller.IsSelf && command.Term < view.Term)
            command = command with { Term = view.Term };
        if (command.Target == view.NodeId)
            return await TakeAsync(command, cluster, executor, cancellation);
        if (Relay.Refuse(view, command.Target, relayed ?? false) is { } refusal)
            return refusal;
        try
        {
            return TypedResults.Ok(await peers.For(command.Target).RebootAsync(command, cancellation));
        }
        catch (PeerException error)
        {
            return Relay.Failed(view, command.Target, error);
        }
    }

    private static async Task<Results<Ok<CommandAnswer>, Refusal>> TakeAsync(
        CommandRequest command, ICluster cluster, ICommandExecutor executor, CancellationToken cancellation)
    {
        if (executor.WhyNot(Action) is { } why)
            return Refusal.Of(ApiErrors.Refused, why);
        return await cluster.AskAsync(ticket => new Input.CommandRequested(command, Action, ticket), cancellation) switch
        {
            Answer.Command { Taken: { } taken } => TypedResults.Ok(taken),
            Answer.Command refused => Refusal.Of(refused.Error ?? Errors.Invalid, refused.Detail),
            Answer.Done done => Refusal.Of(done.Error ?? Errors.Timeout, done.Detail),
            var other => throw new InvalidOperationException($"a command is not answered by {other.GetType().Name}"),
        };
    }
}
