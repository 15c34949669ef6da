using System.CommandLine;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;
using Constella.Api.Endpoints;
using Constella.Core;
using Constella.Core.Audit;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella rename NODE NEW-NAME</c> and <c>constella priority NODE N</c>: a node's own record, changed from any node (rule C6).</summary>
internal static class RecordVerb
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    public static Command Rename(CliHost host)
    {
        var node = StatsVerb.NodeArgument();
        var name = new Argument<string>("NEW-NAME") { Description = $"1 to {Limits.NameLength} of a-z, 0-9 and -, which no other node has" };
        name.Validators.Add(given =>
        {
            if (given.Tokens is [{ Value: var value }, ..] && !NodeName.IsValid(value))
                given.AddError($"'{value}' is no node name: 1 to {Limits.NameLength} of a-z, 0-9 and -");
        });
        var verb = new Verb(
            "rename",
            "Give a node another name. It keeps it over restarts; the bot, charts and settings follow.",
            "constella rename echo-02 db-02",
            "constella rename 3f9a db-02 --json") { node, name };
        verb.SetAction((parse, cancellation) => RenameAsync(host, parse, parse.GetRequiredValue(node), parse.GetRequiredValue(name), cancellation));
        return verb;
    }

    public static Command Priority(CliHost host)
    {
        var node = StatsVerb.NodeArgument();
        var number = new Argument<int>("N") { Description = $"0 to {Limits.Priority}; 100 is what a node has at first" };
        number.Validators.Add(given =>
        {
            if (given.Tokens is [{ Value: var value }, ..] && (!int.TryParse(value, out var parsed) || parsed is < 0 or > Limits.Priority))
                given.AddError($"'{value}' is no number from 0 to {Limits.Priority}");
        });
        var verb = new Verb(
            "priority",
            "Say which node is to be Host: the smallest number leads, among equals the smallest node id.",
            "constella priority echo-02 50      (before the others, who have 100)",
            "constella priority fox-03 200      (after the others)") { node, number };
        verb.SetAction((parse, cancellation) => PrioritiseAsync(host, parse, parse.GetRequiredValue(node), parse.GetRequiredValue(number), cancellation));
        return verb;
    }

    private static async Task<int> RenameAsync(CliHost host, ParseResult parse, string wanted, string name, CancellationToken cancellation)
    {
        var (_, node) = host.Open(parse);
        using (node)
        {
            var network = await node.PeersAsync(cancellation);
            var target = NodeNames.Find(network, wanted);
            await OrderAsync(host, node, AuditActions.Rename, target, CommandOrder.To(target, network) with { Name = name }, peer => peer.Name == name, cancellation);
            if (host.WantsJson(parse))
                host.WriteJson(new RenameDocument(target.NodeId, target.Name, name), CliJson.Default.RenameDocument);
            else
                await host.Console.Out.WriteLineAsync($"{Ink.For(host.Console).Check} {target.Name} is {name} now");
            return ExitCode.Ok;
        }
    }

    private static async Task<int> PrioritiseAsync(CliHost host, ParseResult parse, string wanted, int number, CancellationToken cancellation)
    {
        var (_, node) = host.Open(parse);
        using (node)
        {
            var network = await node.PeersAsync(cancellation);
            var target = NodeNames.Find(network, wanted);
            await OrderAsync(host, node, AuditActions.Priority, target, CommandOrder.To(target, network) with { Priority = number }, peer => peer.Priority == number, cancellation);
            if (host.WantsJson(parse))
                host.WriteJson(new PriorityDocument(target.NodeId, target.Name, target.Priority, number), CliJson.Default.PriorityDocument);
            else
                await host.Console.Out.WriteLineAsync($"{Ink.For(host.Console).Check} {target.Name} has priority {number}{(number == target.Priority ? "" : $", it had {target.Priority}")}");
            return ExitCode.Ok;
        }
    }

    private static async Task OrderAsync(
        CliHost host, INode node, string action, PeerInfo target, CommandRequest command, Func<PeerInfo, bool> holds, CancellationToken cancellation)
    {
        await node.OrderAsync(action, command, cancellation);
        await NetworkWatch.UntilAsync(
            host, node, Longest, now => now.Peers.Any(peer => peer.NodeId == target.NodeId && holds(peer)), $"{target.Name} tells the others",
            new CliException(ExitCode.Failed, $"{target.Name} took the command, but this node has not heard of the change within {Units.Duration(Longest)}", "constella peers"), cancellation);
    }
}
