using System.CommandLine;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;
using Constella.Api.Endpoints;

namespace Constella.Api.Cli.Verbs;

/// <summary>
/// Another node is put out for good: <c>constella evict NODE</c> with a new secret that it never learns (rule X2), <c>constella force-leave NODE</c>
/// without, because it is gone (rule M3).
/// </summary>
internal static class PutOutVerb
{
    public static Command Evict(CliHost host) => Create(
        host,
        new Verb(
            "evict",
            "Put a node out of the network for good, alive or dead, and change the network's secret. A majority of the nodes must be there.",
            "constella evict echo-03",
            "constella evict echo-03 --yes --json"),
        target => $"Evict {target.Name} ({target.Addr}) for good, and change the network's secret?",
        EvictAsync);

    public static Command ForceLeave(CliHost host) => Create(
        host,
        new Verb(
            "force-leave",
            "Put a node that is gone for good out of the network, without a new secret. Refused while it is heard; a majority of the nodes must be there.",
            "constella force-leave fox-03",
            "constella force-leave fox-03 --yes --json"),
        target => $"Is {target.Name} ({target.Addr}) gone for good? It could come back as a new node only.",
        ForceLeaveAsync);

    private delegate Task Act(CliHost host, ParseResult parse, INode node, PeerInfo target, CancellationToken cancellation);

    private static Verb Create(CliHost host, Verb verb, Func<PeerInfo, string> question, Act act)
    {
        var name = StatsVerb.NodeArgument();
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        verb.Add(name);
        verb.Add(yes);
        verb.SetAction(async (parse, cancellation) =>
        {
            var (_, node) = host.Open(parse);
            using (node)
            {
                var target = NodeNames.Find(await node.PeersAsync(cancellation), parse.GetRequiredValue(name));
                if (target.IsSelf)
                    throw new CliException(ExitCode.Failed, $"{target.Name} is this node: a node does not put itself out", "constella leave");
                if (!parse.GetValue(yes) && !Prompt.Confirm(host.Console, question(target)))
                    throw new CliException(ExitCode.Failed, "nothing changed");
                await act(host, parse, node, target, cancellation);
                return ExitCode.Ok;
            }
        });
        return verb;
    }

    private static async Task EvictAsync(CliHost host, ParseResult parse, INode node, PeerInfo target, CancellationToken cancellation)
    {
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
    }

    private static async Task ForceLeaveAsync(CliHost host, ParseResult parse, INode node, PeerInfo target, CancellationToken cancellation)
    {
        await node.ForceLeaveAsync(new EvictOrder { NodeId = target.NodeId }, cancellation);
        if (host.WantsJson(parse))
            host.WriteJson(new ForceLeaveDocument(target.NodeId, target.Name), CliJson.Default.ForceLeaveDocument);
        else
            await host.Console.Out.WriteLineAsync($"{Ink.For(host.Console).Check} {target.Name} is out");
        await host.Console.Error.WriteLineAsync("Its machine knows the network's secret and the bot token. If somebody else may have it now:");
        await host.Console.Error.WriteLineAsync($"  {Ink.For(host.Console).Arrow} constella keys rotate, and revoke the token with @BotFather (/revoke)");
    }
}
