using System.CommandLine;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;
using Constella.Api.Endpoints;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella evict NODE</c>: out for good, and a new secret that it never learns (rule X2).</summary>
internal static class EvictVerb
{
    public static Command Create(CliHost host)
    {
        var name = StatsVerb.NodeArgument();
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        var verb = new Verb(
            "evict",
            "Put a node out of the network for good, alive or dead, and change the network's secret. A majority of the nodes must be there.",
            "constella evict echo-03",
            "constella evict echo-03 --yes --json") { name, yes };
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
                throw new CliException(ExitCode.Failed, $"{target.Name} is this node: a node does not evict itself", "constella leave");
            if (!yes && !Prompt.Confirm(host.Console, $"Evict {target.Name} ({target.Addr}) for good, and change the network's secret?"))
                throw new CliException(ExitCode.Failed, "nothing changed");
            var settings = await node.SettingsAsync(cancellation);
            await node.EvictAsync(new EvictOrder { NodeId = target.NodeId }, cancellation);
            var keys = await RotationWatch.WaitAsync(host, node, now => now.Evicted.Contains(target.NodeId), cancellation);
            if (host.WantsJson(parse))
                host.WriteJson(new EvictDocument(target.NodeId, target.Name, keys.Generation, settings.BotToken), CliJson.Default.EvictDocument);
            else
                await host.Console.Out.WriteLineAsync($"{Ink.For(host.Console).Check} {target.Name} is evicted; rotated to generation {keys.Generation}");
            if (settings.BotToken)
            {
                await host.Console.Error.WriteLineAsync("The evicted machine still knows the bot token: revoke it with @BotFather (/revoke) and set the new one:");
                await host.Console.Error.WriteLineAsync($"  {Ink.For(host.Console).Arrow} constella config set bot-token");
            }
            return ExitCode.Ok;
        }
    }
}
