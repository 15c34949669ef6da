using System.CommandLine;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;
using Constella.Core.Audit;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella drain NODE</c>: never Host, until <c>--off</c> (rule E2).</summary>
internal static class DrainVerb
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    public static Command Create(CliHost host)
    {
        var name = StatsVerb.NodeArgument();
        var off = new Option<bool>("--off") { Description = "It may be Host again" };
        var verb = new Verb(
            "drain",
            "Keep a node from being Host, over restarts too; it hands over at once if it is. All else goes on.",
            "constella drain echo-02",
            "constella drain echo-02 --off") { name, off };
        verb.SetAction((parse, cancellation) => RunAsync(host, parse, parse.GetRequiredValue(name), parse.GetValue(off), cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(CliHost host, ParseResult parse, string wanted, bool off, CancellationToken cancellation)
    {
        var (_, node) = host.Open(parse);
        using (node)
        {
            var network = await node.PeersAsync(cancellation);
            var target = NodeNames.Find(network, wanted);
            var command = CommandOrder.To(target, network);
            await node.OrderAsync(off ? AuditActions.Undrain : AuditActions.Drain, command, cancellation);
            var after = await NetworkWatch.UntilAsync(host, node, Longest,
                now => now.Peers.Any(peer => peer.NodeId == target.NodeId && peer.Drained != off) && (off || (now.HostId is { } leads && leads != target.NodeId)),
                off ? $"{target.Name} takes part again" : $"{target.Name} hands over",
                new CliException(ExitCode.Failed, $"{target.Name} took the command, but no other node is Host within {Units.Duration(Longest)}", "constella peers"), cancellation);
            var leader = after.Peers.FirstOrDefault(peer => peer.NodeId == after.HostId)?.Name;
            if (host.WantsJson(parse))
                host.WriteJson(new DrainDocument(target.NodeId, target.Name, !off, leader), CliJson.Default.DrainDocument);
            else
                await host.Console.Out.WriteLineAsync($"{Ink.For(host.Console).Check} {target.Name} {(off ? "may be Host again" : $"is drained; the Host is {leader}")}");
            return ExitCode.Ok;
        }
    }
}
