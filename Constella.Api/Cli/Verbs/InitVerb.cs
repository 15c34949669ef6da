using System.CommandLine;
using Constella.Api.Cli.Founding;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;
using Constella.Core.Members;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella init</c>: starts a network of one node.</summary>
internal static class InitVerb
{
    public static Command Create(CliHost host)
    {
        var flags = new IdentityFlags();
        var owner = new Option<string?>("--owner") { Description = "Telegram user name of the owner (CONSTELLA_OWNER)", HelpName = "@NAME" };
        var ownerId = new Option<string?>("--owner-id") { Description = "Numeric Telegram id of the owner; safer than a name (CONSTELLA_OWNER_ID)", HelpName = "ID" };
        var tokenFile = new Option<string?>("--bot-token-file") { Description = "File with the bot token (CONSTELLA_BOT_TOKEN_FILE)", HelpName = "FILE" };
        var token = new Option<string?>("--bot-token") { Description = "The bot token itself; it stands in the process list (better: CONSTELLA_BOT_TOKEN)", HelpName = "TOKEN" };
        var ifAbsent = new Option<bool>("--if-absent") { Description = "A network that is there already is no error" };
        var verb = new Verb(
            "init",
            "Start a new network on this machine. Writes the state and ends; `constella run` runs the node.",
            "constella init --server-name delta-01 --public-addr 203.0.113.10:4747 --owner @username --bot-token-file token.txt",
            "constella init --if-absent") { owner, ownerId, tokenFile, token, ifAbsent };
        flags.AddTo(verb);
        verb.SetAction(parse => Run(
            host,
            parse,
            flags,
            parse.GetValue(ifAbsent),
            new ConfigFlag("--owner", "OWNER", parse.GetValue(owner)),
            new ConfigFlag("--owner-id", "OWNER_ID", parse.GetValue(ownerId)),
            new ConfigFlag("--bot-token-file", "BOT_TOKEN_FILE", parse.GetValue(tokenFile)),
            new ConfigFlag("--bot-token", "BOT_TOKEN", parse.GetValue(token))));
        return verb;
    }

    private static int Run(CliHost host, ParseResult parse, IdentityFlags flags, bool ifAbsent, params IReadOnlyList<ConfigFlag> bot)
    {
        if (bot.Any(flag => flag is { Key: "BOT_TOKEN", Value: not null }))
            host.Console.Error.WriteLine(Warnings.TokenOnCommandLine);
        var options = flags.Options(host, parse, bot);
        if (StateAccess.Find(options.StateDir) is { } there)
            return There(host, parse, there, options.StateDir, ifAbsent);
        var state = NetworkFounder.Found(options, host.Console, host.WireGuard);
        var document = Mapping.Network(state, options.StateDir, created: true);
        if (host.WantsJson(parse))
        {
            host.WriteJson(document, CliJson.Default.NetworkDocument);
            return ExitCode.Ok;
        }
        host.Console.Out.WriteLine($"{Ink.For(host.Console).Check} network {document.NetworkId} started: {document.Name} at {document.Addr}");
        host.Console.Error.WriteLine($"State: {options.StateDir} (holds the secret of the network: for its owner only)");
        Warnings.TellOverlay(host.Console, options, Mapping.Self(state));
        host.Console.Error.WriteLine("Next: constella run, then constella invite");
        return ExitCode.Ok;
    }

    private static int There(CliHost host, ParseResult parse, NetworkState state, string stateDir, bool ifAbsent)
    {
        var self = Mapping.Self(state);
        var sentence = $"{stateDir} already holds network {state.NetworkId} with node {self.Name}; nothing was changed";
        if (!ifAbsent)
            throw new CliException(ExitCode.Failed, sentence, "for another network use another --state-dir; --if-absent accepts the one that is there");
        if (host.WantsJson(parse))
            host.WriteJson(Mapping.Network(state, stateDir, created: false), CliJson.Default.NetworkDocument);
        else
            host.Console.Out.WriteLine(sentence);
        return ExitCode.Ok;
    }
}
