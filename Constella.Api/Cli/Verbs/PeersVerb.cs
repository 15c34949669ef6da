using System.CommandLine;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;
using Constella.Api.Peers;
using Constella.Core.Members;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella peers</c></summary>
internal static class PeersVerb
{
    public static Command Create(CliHost host)
    {
        var verb = new Verb(
            "peers",
            "Every node of the network: health, Host, address, round-trip time.",
            "constella peers",
            "constella peers --json");
        verb.SetAction((parse, cancellation) => ShowAsync(host, parse, cancellation));
        return verb;
    }

    private static async Task<int> ShowAsync(CliHost host, ParseResult parse, CancellationToken cancellation)
    {
        var (state, node) = host.Open(parse);
        using (node)
        {
            var (document, down) = await ReadAsync(node, state, cancellation);
            if (host.WantsJson(parse))
                host.WriteJson(document, CliJson.Default.PeersDocument);
            else
                PeersScreen.Write(document, host.Console, host.Now);
            if (down is null)
                return ExitCode.Ok;
            await host.Console.Error.WriteLineAsync($"{Warnings.StateInstead}: {down}");
            return ExitCode.NoNode;
        }
    }

    private static async Task<(PeersDocument Document, string? Down)> ReadAsync(INode node, NetworkState state, CancellationToken cancellation)
    {
        try
        {
            return (Mapping.Peers(await node.PeersAsync(cancellation)), null);
        }
        catch (PeerException e) when (e.Status is null)
        {
            return (Mapping.Peers(state), e.Message);
        }
    }
}
