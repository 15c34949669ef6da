using System.CommandLine;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;
using Constella.Api.Endpoints;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella force-leave NODE</c>: out, because it is gone for good; the secret stays (rule M3).</summary>
internal static class ForceLeaveVerb
{
    public static Command Create(CliHost host)
    {
        var name = StatsVerb.NodeArgument();
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        var verb = new Verb(
            "force-leave",
            "Put a node that is gone for good out of the network, without a new secret. Refused while it is heard; a majority of the nodes must be there.",
            "constella force-leave fox-03",
            "constella force-leave fox-03 --yes --json") { name, yes };
        verb.SetAction((parse, cancellation) => RunAsync(host, parse, parse.GetRequiredValue(name), parse.GetValue(yes), cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(CliHost host, ParseResult parse, string wanted, bool yes, CancellationToken cancellation)
    {
        var (_, node) = host.Open(parse);
        using (node)
        {
            var target = NodeNames.Find(await node.PeersAsync(cancellation), wanted);
            if (target.IsSelf)
                throw new CliException(ExitCode.Failed, $"{target.Name} is this node: it leaves by itself", "constella leave");
            if (!yes && !Prompt.Confirm(host.Console, $"Is {target.Name} ({target.Addr}) gone for good? It could come back as a new node only."))
                throw new CliException(ExitCode.Failed, "nothing changed");
            await node.ForceLeaveAsync(new EvictOrder { NodeId = target.NodeId }, cancellation);
            if (host.WantsJson(parse))
                host.WriteJson(new ForceLeaveDocument(target.NodeId, target.Name), CliJson.Default.ForceLeaveDocument);
            else
                await host.Console.Out.WriteLineAsync($"{Ink.For(host.Console).Check} {target.Name} is out");
            await host.Console.Error.WriteLineAsync("Its machine knows the network's secret and the bot token. If somebody else may have it now:");
            await host.Console.Error.WriteLineAsync($"  {Ink.For(host.Console).Arrow} constella keys rotate, and revoke the token with @BotFather (/revoke)");
            return ExitCode.Ok;
        }
    }
}
