using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Api.Cluster;

/// <summary>Takes commands for this machine: what it will not do is refused before anything is written (rules C1 and C2).</summary>
public sealed class CommandDesk(ICluster cluster, ICommandExecutor executor)
{
    public const string Reboot = "reboot";

    public async Task<Answer.Command> TakeAsync(CommandRequest command, string action, CancellationToken cancellation)
    {
        if (executor.WhyNot(action) is { } why)
            return new Answer.Command(Endpoints.ApiErrors.Refused, why, null);
        return await cluster.AskAsync(ticket => new Input.CommandRequested(command, action, ticket), cancellation) switch
        {
            Answer.Command { Error: null, Taken: null } => throw new InvalidOperationException("a command was neither taken nor refused"),
            Answer.Command answer => answer,
            Answer.Done done => new Answer.Command(done.Error ?? Errors.Timeout, done.Detail, null),
            var other => throw new InvalidOperationException($"a command is not answered by {other.GetType().Name}"),
        };
    }
}
