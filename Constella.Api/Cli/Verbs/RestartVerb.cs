using System.CommandLine;
using Constella.Core.Audit;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella restart NODE</c> and <c>constella restart --rolling</c> (rule C5).</summary>
internal static class RestartVerb
{
    public static Command Create(CliHost host)
    {
        var name = new Argument<string?>("NODE") { Description = "Name of the node, its id, or the beginning of its id", Arity = ArgumentArity.ZeroOrOne };
        var rolling = new Option<bool>("--rolling") { Description = "All nodes, one after the other, the Host last" };
        var pace = new RollingOptions();
        var verb = new Verb(
            "restart",
            "Restart a node's program, or that of all nodes one at a time; the machines stay up. A Host hands over first.",
            "constella restart echo-02",
            "constella restart --rolling",
            "constella restart --rolling --node echo-02 --node fox-03 --fast") { name, rolling };
        pace.AddTo(verb);
        verb.Validators.Add(result =>
        {
            if (result.GetValue(name) is null != result.GetValue(rolling))
                result.AddError("name the node, or give --rolling");
        });
        verb.SetAction((parse, cancellation) =>
            new RollingRestart(host, parse, AuditActions.Restart, pace.Of(parse)).RunAsync(parse.GetValue(name) is { } one ? [one] : pace.Nodes(parse), cancellation));
        return verb;
    }
}

/// <summary><c>constella update --rolling</c>: restarts the nodes in whose place another program lies (rule C5).</summary>
internal static class UpdateVerb
{
    public static Command Create(CliHost host)
    {
        var rolling = new Option<bool>("--rolling") { Description = "One node after the other, the Host last: there is no other way" };
        var pace = new RollingOptions();
        var verb = new Verb(
            "update",
            "Bring the release into use that was put in place on the machines (./install.sh init --stage), one node at a time; nodes without a new one are left alone.",
            "constella update --rolling",
            "constella update --rolling --node echo-02 --wait 1m") { rolling };
        pace.AddTo(verb);
        verb.Validators.Add(result =>
        {
            if (!result.GetValue(rolling))
                result.AddError("give --rolling: one node after the other");
        });
        verb.SetAction((parse, cancellation) => new RollingRestart(host, parse, AuditActions.Update, pace.Of(parse)).RunAsync(pace.Nodes(parse), cancellation));
        return verb;
    }
}
