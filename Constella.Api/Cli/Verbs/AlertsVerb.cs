using System.CommandLine;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;
using Constella.Api.Endpoints;
using Constella.Core.Joining;
using Constella.Core.Members;
using Setting = Constella.Core.Members.Option;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella alerts</c>, <c>alerts mute</c> and <c>alerts unmute</c> (rules A).</summary>
internal static class AlertsVerb
{
    private const string Everything = "all";

    public static Command Create(CliHost host)
    {
        var verb = new Verb(
            "alerts",
            "What the owner should know: alerts that go on, and the latest that are over. Levels are set with `constella config set alert.…`.",
            "constella alerts",
            "constella alerts mute echo-02 1h",
            "constella config set alert.cpu@echo-02 95") { Mute(host), Unmute(host) };
        verb.SetAction((parse, cancellation) => ShowAsync(host, parse, cancellation));
        return verb;
    }

    private static Verb Mute(CliHost host)
    {
        var name = Whom();
        var howLong = new Argument<string>("HOW_LONG") { Description = "90s, 15m, 2h, 1d" };
        var verb = new Verb(
            "mute",
            "Tell nothing about a node (or `all`) for a while; what happens is listed all the same.",
            "constella alerts mute echo-02 1h",
            "constella alerts mute all 30m") { name, howLong };
        verb.SetAction((parse, cancellation) => MuteAsync(host, parse, parse.GetRequiredValue(name), parse.GetRequiredValue(howLong), cancellation));
        return verb;
    }

    private static Verb Unmute(CliHost host)
    {
        var name = Whom();
        var verb = new Verb("unmute", "Tell what happens to a node (or `all`) again.", "constella alerts unmute echo-02") { name };
        verb.SetAction((parse, cancellation) => MuteAsync(host, parse, parse.GetRequiredValue(name), null, cancellation));
        return verb;
    }

    private static Argument<string> Whom() => new("NODE") { Description = "Name of the node, its id, the beginning of its id, or all" };

    private static async Task<int> ShowAsync(CliHost host, ParseResult parse, CancellationToken cancellation)
    {
        var (_, node) = host.Open(parse);
        using (node)
        {
            var alerts = await node.AlertsAsync(cancellation);
            if (host.WantsJson(parse))
                host.WriteJson(alerts, CliJson.Default.AlertsAnswer);
            else
                AlertsScreen.Write(alerts, host.Console, host.Time.GetUtcNow());
            return ExitCode.Ok;
        }
    }

    private static async Task<int> MuteAsync(CliHost host, ParseResult parse, string wanted, string? howLong, CancellationToken cancellation)
    {
        var duration = TimeSpan.Zero;
        if (howLong is not null && !Duration.TryParse(howLong, out duration))
            throw new CliException(ExitCode.Usage, $"'{howLong}' is no duration: a number with s, m, h or d", "constella alerts mute echo-02 1h");
        var (_, node) = host.Open(parse);
        using (node)
        {
            var target = wanted == Everything ? null : NodeNames.Find(await node.PeersAsync(cancellation), wanted);
            var until = howLong is null ? "" : Options.Time(host.Time.GetUtcNow() + duration);
            await node.ChangeSettingsAsync(new SettingsOrder { Options = [new Setting(Options.AlertMuted, target?.NodeId, until)] }, cancellation);
            if (host.WantsJson(parse))
                host.WriteJson(await node.AlertsAsync(cancellation), CliJson.Default.AlertsAnswer);
            else
                await host.Console.Out.WriteLineAsync($"{Ink.For(host.Console).Check} {target?.Name ?? Everything}: {(howLong is null ? "told again" : $"muted until {until}")}");
            return ExitCode.Ok;
        }
    }
}
