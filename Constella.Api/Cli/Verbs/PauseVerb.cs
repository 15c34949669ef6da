using System.CommandLine;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;
using Constella.Api.Endpoints;
using Constella.Core.Members;
using Setting = Constella.Core.Members.Option;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella pause</c> and <c>constella resume</c> (rule E6).</summary>
internal static class PauseVerb
{
    public static Command Create(CliHost host, bool pause)
    {
        var verb = pause
            ? new Verb("pause", "The Host does not move of itself: neither back to a preferred node nor by a rolling restart. A Host that fails is replaced all the same.", "constella pause")
            : new Verb("resume", "The Host may move of itself again: what `constella pause` ended.", "constella resume");
        verb.SetAction((parse, cancellation) => RunAsync(host, parse, pause, cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(CliHost host, ParseResult parse, bool pause, CancellationToken cancellation)
    {
        var (_, node) = host.Open(parse);
        using (node)
        {
            await node.ChangeSettingsAsync(new SettingsOrder { Options = [new Setting(Options.HostPaused, null, pause ? Options.On : "")] }, cancellation);
            if (host.WantsJson(parse))
                host.WriteJson(new PauseDocument(pause), CliJson.Default.PauseDocument);
            else
                await host.Console.Out.WriteLineAsync($"{Ink.For(host.Console).Check} {(pause ? "moves are paused: the Host moves only when it fails, or by a transfer" : "the Host may move again")}");
            return ExitCode.Ok;
        }
    }
}
