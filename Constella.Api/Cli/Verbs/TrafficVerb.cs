using System.CommandLine;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Api.Traffic;
using Constella.Core.Members;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella traffic [NODE]</c></summary>
internal static class TrafficVerb
{
    public static Command Create(CliHost host)
    {
        var name = new Argument<string?>("NODE") { Description = "Name of the node, its id, or the beginning of its id; without it all are shown", Arity = ArgumentArity.ZeroOrOne };
        var verb = new Verb(
            "traffic",
            "Traffic by months of the provider's bill, with forecast, and until when a machine is paid.",
            "constella traffic",
            "constella traffic echo-02",
            "constella config set traffic.quota@echo-02 1TB",
            "constella config set bill.expires@echo-02 2026-12-24") { name };
        verb.SetAction((parse, cancellation) => ShowAsync(host, parse, parse.GetValue(name), cancellation));
        return verb;
    }

    private static async Task<int> ShowAsync(CliHost host, ParseResult parse, string? wanted, CancellationToken cancellation)
    {
        var (_, node) = host.Open(parse);
        using (node)
        {
            var network = await node.PeersAsync(cancellation);
            if (wanted is null)
                Write(host, parse, await AllAsync(host, node, network, cancellation));
            else
                Write(host, parse, await node.TrafficAsync(NodeNames.Find(network, wanted).NodeId, cancellation));
            return ExitCode.Ok;
        }
    }

    private static void Write(CliHost host, ParseResult parse, TrafficReport report)
    {
        if (host.WantsJson(parse))
            host.WriteJson(report, CliJson.Default.TrafficReport);
        else
            TrafficScreen.Write(report, host.Console);
    }

    private static void Write(CliHost host, ParseResult parse, TrafficDocument document)
    {
        if (host.WantsJson(parse))
            host.WriteJson(document, CliJson.Default.TrafficDocument);
        else
            TrafficScreen.Write(document, host.Console);
    }

    private static async Task<TrafficDocument> AllAsync(CliHost host, INode node, PeersAnswer network, CancellationToken cancellation)
    {
        var settings = new Settings { Options = (await node.SettingsAsync(cancellation)).Options };
        var members = network.Peers.Where(peer => peer.Status == MemberStatus.Active);
        return new TrafficDocument([.. await Task.WhenAll(members.Select(peer => EntryAsync(host, node, peer, settings, cancellation)))]);
    }

    private static async Task<TrafficEntry> EntryAsync(CliHost host, INode node, PeerInfo peer, Settings settings, CancellationToken cancellation)
    {
        var bill = TrafficReports.BillOf(settings, peer.NodeId, host.Now);
        try
        {
            return new TrafficEntry(peer.NodeId, peer.Name, await node.TrafficAsync(peer.NodeId, cancellation), null, bill);
        }
        catch (PeerException silent) when (silent.Status is not null)
        {
            // The node of this machine answers, that one does not: its bill is known all the same.
            return new TrafficEntry(peer.NodeId, peer.Name, null, silent.Message, bill);
        }
    }
}
