using System.CommandLine;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;
using Constella.Api.Endpoints;
using Constella.Api.Peers;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella owner</c> and <c>constella owner set @username</c>: whom the bot obeys; the road of <c>config set owner</c>.</summary>
internal static class OwnerVerb
{
    public static Command Create(CliHost host)
    {
        var verb = new Verb(
            "owner",
            "Show whom the bot obeys: a username, and from first contact on that person's numeric id.",
            "constella owner",
            "constella owner set @username") { Set(host) };
        verb.SetAction((parse, cancellation) => ShowAsync(host, parse, cancellation));
        return verb;
    }

    private static Verb Set(CliHost host)
    {
        var name = new Argument<string>("USERNAME") { Description = "As @username" };
        var id = new Option<string?>("--id") { Description = "The numeric Telegram id, safer than a name: there is no first contact then", HelpName = "ID" };
        var verb = new Verb(
            "set",
            "Change the owner on all nodes. The one before is answered no more; the new one writes to the bot, and is bound by that.",
            "constella owner set @username",
            "constella owner set @username --id 123456789") { name, id };
        verb.SetAction((parse, cancellation) => SetAsync(host, parse, parse.GetRequiredValue(name), parse.GetValue(id), cancellation));
        return verb;
    }

    private static async Task<int> ShowAsync(CliHost host, ParseResult parse, CancellationToken cancellation)
    {
        var (state, node) = host.Open(parse);
        using (node)
        {
            OwnerDocument owner;
            try
            {
                var settings = await node.SettingsAsync(cancellation);
                owner = new OwnerDocument(settings.OwnerUsername, settings.OwnerId);
            }
            catch (PeerException e) when (e.Status is null)
            {
                await host.Console.Error.WriteLineAsync(Warnings.StateInstead);
                owner = new OwnerDocument(state.Settings.OwnerUsername, state.Settings.OwnerId);
            }
            await WriteAsync(host, parse, owner, StatusScreen.Owner(owner.Owner, owner.OwnerId));
            return ExitCode.Ok;
        }
    }

    private static async Task<int> SetAsync(CliHost host, ParseResult parse, string name, string? id, CancellationToken cancellation)
    {
        var owner = new OwnerDocument(ConfigVerb.Check("owner", name.Trim()).Owner, id is null ? null : ConfigVerb.Check("owner-id", id.Trim()).OwnerId);
        if (owner.Owner is null || (id is not null && owner.OwnerId is null))
            throw new CliException(ExitCode.Usage, "owner set needs a name, and a number where --id is given", "constella owner set @username");
        var (_, node) = host.Open(parse);
        using (node)
        {
            await node.ChangeSettingsAsync(new SettingsOrder { OwnerUsername = owner.Owner, OwnerId = owner.OwnerId }, cancellation);
            await WriteAsync(host, parse, owner, $"{Ink.For(host.Console).Check} the bot obeys @{owner.Owner} now{(owner.OwnerId is null ? ", from their first message on" : "")}");
            return ExitCode.Ok;
        }
    }

    private static async Task WriteAsync(CliHost host, ParseResult parse, OwnerDocument owner, string line)
    {
        if (host.WantsJson(parse))
            host.WriteJson(owner, CliJson.Default.OwnerDocument);
        else
            await host.Console.Out.WriteLineAsync(line);
    }
}
