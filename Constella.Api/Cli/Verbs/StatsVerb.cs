using System.CommandLine;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella stats NODE</c></summary>
internal static class StatsVerb
{
    public static Command Create(CliHost host)
    {
        var name = NodeArgument();
        var verb = new Verb(
            "stats",
            "The consumption of one machine: CPU, RAM, disks, network, uptime.",
            "constella stats echo-02",
            "constella stats 3f9a --json") { name };
        verb.SetAction((parse, cancellation) => ShowAsync(host, parse, parse.GetRequiredValue(name), cancellation));
        return verb;
    }

    internal static Argument<string> NodeArgument() => new("NODE") { Description = "Name of the node, its id, or the beginning of its id" };

    private static async Task<int> ShowAsync(CliHost host, ParseResult parse, string wanted, CancellationToken cancellation)
    {
        var (_, node) = host.Open(parse);
        using (node)
        {
            var target = NodeNames.Find(await node.PeersAsync(cancellation), wanted);
            var stats = await node.StatsAsync(target.NodeId, cancellation);
            if (host.WantsJson(parse))
                host.WriteJson(stats, CliJson.Default.NodeStats);
            else
                StatsScreen.Write(stats, host.Console);
            return ExitCode.Ok;
        }
    }
}
