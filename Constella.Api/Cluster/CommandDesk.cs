using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Api.Cluster;

/// <summary>Takes commands for this machine: what it will not do is refused before anything is written (rules C1 and C2), but the audit log has it.</summary>
public sealed class CommandDesk(ICluster cluster, ICommandExecutor executor)
{
    /// <param name="by">Node id of who calls; null where the audit log tells it already (rule U2).</param>
    public async Task<Answer.Command> TakeAsync(CommandRequest command, string action, string? by, CancellationToken cancellation)
    {
        var answer = executor.WhyNot(action) is { } why
            ? new Answer.Command(Endpoints.ApiErrors.Refused, why, null)
            : executor.IsNeedless(action) ? new Answer.Command(Endpoints.ApiErrors.NotNeeded, "no other program lies in the place of the one that runs", null)
            : await AskAsync(command, action, by, cancellation);
        // What is refused for a term that is over is asked again with the newest.
        if (answer.Error is not (null or Errors.StaleTerm or Errors.Timeout))
            cluster.Post(new Input.AuditNoted(AuditStage.Failed, command.Id, action, command.Target, by, answer.Detail ?? answer.Error));
        return answer;
    }

    private async Task<Answer.Command> AskAsync(CommandRequest command, string action, string? by, CancellationToken cancellation) =>
        await cluster.AskAsync(ticket => new Input.CommandRequested(command, action, ticket) { By = by }, cancellation) switch
        {
            Answer.Command { Error: null, Taken: null } => throw new InvalidOperationException("a command was neither taken nor refused"),
            Answer.Command answer => answer,
            Answer.Done done => new Answer.Command(done.Error ?? Errors.Timeout, done.Detail, null),
            var other => throw new InvalidOperationException($"a command is not answered by {other.GetType().Name}"),
        };
}
