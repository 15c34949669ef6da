using System.CommandLine;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;
using Constella.Api.Endpoints;
using Constella.Core.Members;
using Setting = Constella.Core.Members.Option;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella transfer NODE</c>: the bot moves there now, and stays as long as that node lives (rule E5).</summary>
internal static class TransferVerb
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    public static Command Create(CliHost host)
    {
        var name = new Argument<string?>("NODE") { Description = "Name of the node, its id, or the beginning of its id", Arity = ArgumentArity.ZeroOrOne };
        var off = new Option<bool>("--off") { Description = "Prefer no node any more: priority and id decide again" };
        var verb = new Verb(
            "transfer",
            "Hand the bot over to a node now. That node is preferred from then on, whatever its priority, until another transfer or --off.",
            "constella transfer echo-02",
            "constella transfer --off") { name, off };
        verb.Validators.Add(result =>
        {
            if (result.GetValue(name) is null != result.GetValue(off))
                result.AddError("name the node, or give --off");
        });
        verb.SetAction((parse, cancellation) => parse.GetValue(name) is { } wanted
            ? ToAsync(host, parse, wanted, cancellation)
            : OffAsync(host, parse, cancellation));
        return verb;
    }

    private static async Task<int> ToAsync(CliHost host, ParseResult parse, string wanted, CancellationToken cancellation)
    {
        var (_, node) = host.Open(parse);
        using (node)
        {
            var before = await node.PeersAsync(cancellation);
            var target = NodeNames.Find(before, wanted);
            var asked = host.Time.GetTimestamp();
            await PreferAsync(node, target.NodeId, cancellation);
            await NetworkWatch.UntilAsync(host, node, Longest, now => now.HostId == target.NodeId, $"{target.Name} takes over",
                new CliException(ExitCode.Failed, $"{target.Name} is preferred now, but was not Host within {Units.Duration(Longest)}", "constella peers; to take the wish back: constella transfer --off"), cancellation);
            var seconds = Math.Round(host.Time.GetElapsedTime(asked).TotalSeconds, 1);
            var document = new TransferDocument(target.NodeId, target.Name, HostOf(before), seconds);
            return Report(host, parse, document, FormattableString.Invariant($"{target.Name} is Host after {seconds:0.0} s"));
        }
    }

    private static async Task<int> OffAsync(CliHost host, ParseResult parse, CancellationToken cancellation)
    {
        var (_, node) = host.Open(parse);
        using (node)
        {
            var before = await node.PeersAsync(cancellation);
            await PreferAsync(node, "", cancellation);
            return Report(host, parse, new TransferDocument(null, null, HostOf(before), null), "no node is preferred: priority and id decide");
        }
    }

    private static Task PreferAsync(INode node, string target, CancellationToken cancellation) =>
        node.ChangeSettingsAsync(new SettingsOrder { Options = [new Setting(Options.HostPreferred, null, target)] }, cancellation);

    private static string? HostOf(PeersAnswer network) => network.Peers.FirstOrDefault(peer => peer.NodeId == network.HostId)?.Name;

    private static int Report(CliHost host, ParseResult parse, TransferDocument document, string sentence)
    {
        if (host.WantsJson(parse))
            host.WriteJson(document, CliJson.Default.TransferDocument);
        else
            host.Console.Out.WriteLine($"{Ink.For(host.Console).Check} {sentence}");
        return ExitCode.Ok;
    }
}
