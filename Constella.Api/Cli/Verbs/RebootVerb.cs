using System.CommandLine;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Core.Audit;
using Constella.Core.Cluster;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella reboot NODE</c>: asks, orders, and waits until the machine tells another boot id.</summary>
internal static class RebootVerb
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    public static Command Create(CliHost host)
    {
        var name = StatsVerb.NodeArgument();
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        var noWait = new Option<bool>("--no-wait") { Description = "Do not wait until the machine is back" };
        var verb = new Verb(
            "reboot",
            "Reboot a machine, and see it come back.",
            "constella reboot echo-02",
            "constella reboot echo-02 --yes --no-wait") { name, yes, noWait };
        verb.SetAction((parse, cancellation) =>
            RunAsync(host, parse, parse.GetRequiredValue(name), parse.GetValue(yes), !parse.GetValue(noWait), cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(CliHost host, ParseResult parse, string wanted, bool yes, bool wait, CancellationToken cancellation)
    {
        var (_, node) = host.Open(parse);
        using (node)
        {
            var network = await node.PeersAsync(cancellation);
            var target = NodeNames.Find(network, wanted);
            if (!yes && !Prompt.Confirm(host.Console, $"Reboot {target.Name} ({target.Addr})?"))
                throw new CliException(ExitCode.Failed, "not rebooted");
            // The id is made once: a repeated call with it reboots nothing twice (rule C1).
            var command = CommandOrder.To(target, network);
            var asked = host.Time.GetTimestamp();
            var taken = await node.OrderAsync(AuditActions.Reboot, command, cancellation);
            var document = new RebootDocument(target.NodeId, target.Name, command.Id, taken.Boot, null, null);
            // This very machine takes the command line down with it.
            if (!wait || target.IsSelf)
                return Report(host, parse, document, $"{target.Name} reboots now");
            var boot = await WaitAsync(host, node, target, taken.Boot, asked, cancellation);
            var seconds = Math.Round(host.Time.GetElapsedTime(asked).TotalSeconds);
            return Report(host, parse, document with { BootAfter = boot, Seconds = seconds }, $"{target.Name} is back after {seconds:0} s");
        }
    }

    private static async Task<string> WaitAsync(CliHost host, INode node, PeerInfo target, string before, long asked, CancellationToken cancellation)
    {
        var progress = new Progress(host.Console);
        while (host.Time.GetElapsedTime(asked) < Longest)
        {
            await Task.Delay(LookAgain, host.Time, cancellation);
            var now = await LookAsync(node, target.NodeId, cancellation);
            if (now is { Boot: { } boot, Health: Health.Alive } && boot != before)
            {
                progress.Clear();
                return boot;
            }
            var word = now?.Health is Health.Down ? $"{target.Name} is down, waiting for it" : $"{target.Name} goes down";
            progress.Show(word, $"({Units.Duration(host.Time.GetElapsedTime(asked))})");
        }
        progress.Clear();
        throw new CliException(
            ExitCode.Failed,
            $"{target.Name} took the command, but did not come back within {Units.Duration(Longest)}",
            "look at its console; `constella peers` shows when it is heard again");
    }

    // The node that is asked may restart meanwhile: that is no end of the wait.
    private static async Task<PeerInfo?> LookAsync(INode node, string target, CancellationToken cancellation)
    {
        try
        {
            return (await node.PeersAsync(cancellation)).Peers.FirstOrDefault(peer => peer.NodeId == target);
        }
        catch (PeerException)
        {
            return null;
        }
    }

    private static int Report(CliHost host, ParseResult parse, RebootDocument document, string sentence)
    {
        if (host.WantsJson(parse))
            host.WriteJson(document, CliJson.Default.RebootDocument);
        else
            host.Console.Out.WriteLine(sentence);
        return ExitCode.Ok;
    }
}
