using System.CommandLine;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;
using Constella.Api.Endpoints;
using Constella.Core.Cluster;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella verify</c>: whether all nodes run the same program.</summary>
internal static class VerifyVerb
{
    public static Command Create(CliHost host)
    {
        var verb = new Verb(
            "verify",
            "Compare the version and the hash of the sources of all nodes. Ends with 1 where they differ, or a node is not heard.",
            "constella verify",
            "constella verify --json");
        verb.SetAction((parse, cancellation) => RunAsync(host, parse, cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(CliHost host, ParseResult parse, CancellationToken cancellation)
    {
        var (_, node) = host.Open(parse);
        using (node)
        {
            var document = Of(await node.PeersAsync(cancellation));
            if (host.WantsJson(parse))
                host.WriteJson(document, CliJson.Default.VerifyDocument);
            else
                Write(document, host.Console);
            return document.Alike ? ExitCode.Ok : ExitCode.Failed;
        }
    }

    internal static VerifyDocument Of(PeersAnswer network)
    {
        NodeBuild[] nodes = [.. network.Peers.Select(peer => (peer.IsSelf || peer.Health.IsHeard()) && peer.Build?.Split('+', 2) is [var version, .. var rest]
            ? new NodeBuild(peer.NodeId, peer.Name, version, rest.FirstOrDefault())
            : new NodeBuild(peer.NodeId, peer.Name, null, null))];
        return new VerifyDocument(nodes.All(node => node.Version is not null) && nodes.DistinctBy(node => (node.Version, node.Build)).Count() == 1, [.. nodes]);
    }

    private static void Write(VerifyDocument document, ICliConsole console)
    {
        var ink = Ink.For(console);
        var usual = document.Nodes.Where(node => node.Version is not null).GroupBy(node => (node.Version, node.Build)).MaxBy(group => group.Count())?.Key;
        var table = new Table(new Column("NAME"), new Column("VERSION"), new Column("BUILD"));
        foreach (var node in document.Nodes)
        {
            var tone = (node.Version, node.Build) == usual ? Tone.Plain : Tone.Bad;
            table.Add(new Cell(node.Name, Tone.Strong), new Cell(node.Version ?? "not heard", tone), new Cell(node.Build ?? ink.Dash, tone));
        }
        table.Write(console.Out, ink, console.Width);
        console.Out.WriteLine();
        console.Out.WriteLine(document.Alike ? $"{ink.Check} all nodes run the same" : ink.Paint("the nodes do not all run the same, or are not all heard", Tone.Bad));
    }
}
