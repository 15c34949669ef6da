using System.CommandLine;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella leave</c></summary>
internal static class LeaveVerb
{
    public static Command Create(CliHost host)
    {
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        var verb = new Verb(
            "leave",
            "Take this node out of its network; leadership is handed over first.",
            "constella leave",
            "constella leave --yes") { yes };
        verb.SetAction((parse, cancellation) => RunAsync(host, parse, parse.GetValue(yes), cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(CliHost host, ParseResult parse, bool yes, CancellationToken cancellation)
    {
        var (state, node) = host.Open(parse);
        using (node)
        {
            var name = Mapping.Self(state).Name;
            if (!yes && !Prompt.Confirm(host.Console, $"Take {name} out of network {state.NetworkId}? It can come back only with a new invite."))
                throw new CliException(ExitCode.Failed, "nothing changed");
            await node.LeaveAsync(cancellation);
            await host.Console.Out.WriteLineAsync($"{name} has left network {state.NetworkId}.");
            await host.Console.Error.WriteLineAsync($"Stop the node; then {host.Options(parse).StateDir} can be deleted.");
            return ExitCode.Ok;
        }
    }
}
