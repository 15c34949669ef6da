using System.Collections.Immutable;
using System.CommandLine;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Core.Cluster;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella rtt [NODE]</c>: round trips of each to each, as the nodes themselves measured them with their heartbeats (rule H3).</summary>
internal static class RttVerb
{
    public static Command Create(CliHost host)
    {
        var name = StatsVerb.NodeArgument();
        name.Arity = ArgumentArity.ZeroOrOne;
        var verb = new Verb(
            "rtt",
            "Round-trip times between all nodes, as each measured them with its last heartbeats; or between one node and the others.",
            "constella rtt",
            "constella rtt echo-02",
            "constella rtt --json") { name };
        verb.SetAction((parse, cancellation) => RunAsync(host, parse, parse.GetValue(name), cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(CliHost host, ParseResult parse, string? wanted, CancellationToken cancellation)
    {
        var (_, node) = host.Open(parse);
        using (node)
        {
            var network = await node.PeersAsync(cancellation);
            var only = wanted is null ? null : NodeNames.Find(network, wanted);
            var sights = await Task.WhenAll(network.Peers.Select(peer => SightAsync(node, network, peer, cancellation)));
            var document = Of(network, sights, only);
            if (host.WantsJson(parse))
                host.WriteJson(document, CliJson.Default.RttDocument);
            else
                RttScreen.Write(document, network.Peers, only, host.Console);
            return ExitCode.Ok;
        }
    }

    /// <summary>The network as one node sees it, or why that is not known.</summary>
    internal static async Task<(PeersAnswer? Seen, string? Why)> SightAsync(INode node, PeersAnswer network, PeerInfo peer, CancellationToken cancellation)
    {
        if (peer.IsSelf)
            return (network, null);
        if (!peer.Health.IsHeard())
            return (null, "it is not heard");
        try
        {
            return (await node.PeersOfAsync(peer.NodeId, cancellation), null);
        }
        catch (PeerException silent)
        {
            return (null, silent.Message);
        }
    }

    private static RttDocument Of(PeersAnswer network, (PeersAnswer? Seen, string? Why)[] sights, PeerInfo? only)
    {
        var trips = ImmutableArray.CreateBuilder<Trip>();
        var silent = ImmutableArray.CreateBuilder<SilentNode>();
        foreach (var (from, (seen, why)) in network.Peers.Zip(sights))
        {
            if (seen is null)
                silent.Add(new SilentNode(from.NodeId, from.Name, why!));
            foreach (var to in network.Peers)
            {
                if (to.NodeId == from.NodeId || (only is not null && from.NodeId != only.NodeId && to.NodeId != only.NodeId))
                    continue;
                // The last one wins where a node is named twice: it is another node's answer.
                var sight = seen?.Peers.LastOrDefault(peer => peer.NodeId == to.NodeId);
                trips.Add(new Trip(from.NodeId, from.Name, to.NodeId, to.Name, sight?.Health.IsHeard() == true ? sight.RttMs : null));
            }
        }
        return new RttDocument(trips.ToImmutable(), silent.ToImmutable());
    }
}
