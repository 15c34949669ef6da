using System.CommandLine;
using Constella.Api.Cli.Screens;
using Constella.Api.Peers;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella status</c>: also tells what is known while the node does not run.</summary>
internal static class StatusVerb
{
    public static Command Create(CliHost host)
    {
        var quiet = new Option<bool>("--quiet", "-q") { Description = "Print nothing: the exit code says it (for health checks)" };
        var verb = new Verb(
            "status",
            "This node and its network at a glance. Exit code 3 when the node does not run.",
            "constella status",
            "constella status --json",
            "constella status --quiet || echo 'the node is not well'") { quiet };
        verb.SetAction((parse, cancellation) => ShowAsync(host, parse, parse.GetValue(quiet), cancellation));
        return verb;
    }

    private static async Task<int> ShowAsync(CliHost host, ParseResult parse, bool quiet, CancellationToken cancellation)
    {
        var stateDir = host.Options(parse).StateDir;
        try
        {
            var (status, down) = await ReadAsync(host, parse, stateDir, cancellation);
            if (quiet)
                return Code(status);
            if (host.WantsJson(parse))
                host.WriteJson(status, CliJson.Default.StatusDocument);
            else
                StatusScreen.Write(status, host.Console);
            if (down is not null)
                await host.Console.Error.WriteLineAsync($"constella: the node does not run: {down}");
            return Code(status);
        }
        catch (CliException e) when (quiet)
        {
            return e.Code;
        }
        catch (PeerException) when (quiet)
        {
            return ExitCode.Failed;
        }
    }

    private static int Code(StatusDocument status) => status switch
    {
        { Running: false } => ExitCode.NoNode,
        { Cloned: true } or { Removed: true } or { Refused: true } => ExitCode.Failed,
        _ => ExitCode.Ok,
    };

    private static async Task<(StatusDocument Status, string? Down)> ReadAsync(CliHost host, ParseResult parse, string stateDir, CancellationToken cancellation)
    {
        var (state, node) = host.Open(parse);
        using (node)
        {
            try
            {
                var health = await node.HealthAsync(cancellation);
                // A stranger on this port is not our node, however well it is.
                if (health.NodeId != state.NodeId)
                    return (Mapping.Status(state, stateDir), $"another node ({health.NodeId}) answers at its address");
                var network = await node.PeersAsync(cancellation);
                return (Mapping.Status(health, network, await node.SettingsAsync(cancellation), stateDir), null);
            }
            catch (PeerException e) when (e.Status is null)
            {
                return (Mapping.Status(state, stateDir), e.Message);
            }
        }
    }
}
