using Constella.Api.Cluster;
using Constella.Core.Audit;

namespace Constella.Api.Host;

/// <summary>Does commands, each in its own way (rules C1, C3 and C5).</summary>
internal sealed class NodeCommands(HostOptions options, Rebooter rebooter, ProgramImage image, NodeExit exit) : ICommandExecutor
{
    public string? WhyNot(string action) => action switch
    {
        var _ when AuditActions.IsOfRecord(action) => null,
        AuditActions.Restart or AuditActions.Update => options.AllowRestart
            ? image.WhyNot()
            : "this node's own configuration forbids it: set CONSTELLA_ALLOW_RESTART=true on that machine and restart the node there",
        _ => rebooter.WhyNot(action),
    };

    public bool IsNeedless(string action) => action == AuditActions.Update && !image.IsReplaced;

    public void Execute(string commandId, string action)
    {
        if (action is AuditActions.Restart or AuditActions.Update)
            exit.Anew();
        else
            rebooter.Execute(commandId, action);
    }
}
