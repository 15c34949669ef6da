using System.CommandLine;
using Constella.Api.Cli.Screens;
using Constella.Core.Joining;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella invite</c>, and the list of those that wait.</summary>
internal static class InviteVerb
{
    public static Command Create(CliHost host)
    {
        var ttl = new Option<string?>("--ttl") { Description = "How long the link is valid: 1m to 24h (default 15m)", HelpName = "TIME" };
        var verb = new Verb(
            "invite",
            "Make a one-time link by which another machine joins. Only this node redeems it: it must be running until then.",
            "constella invite",
            "constella invite --ttl 2h",
            "constella invite list",
            "constella invite revoke 3f9a")
        {
            ttl,
            List(host),
            Revoke(host),
        };
        verb.SetAction((parse, cancellation) => InviteAsync(host, parse, parse.GetValue(ttl), cancellation));
        return verb;
    }

    private static Verb List(CliHost host)
    {
        var verb = new Verb("list", "The invites that wait at this node.", "constella invite list --json");
        verb.SetAction(async (parse, cancellation) =>
        {
            var (_, node) = host.Open(parse);
            using (node)
            {
                var document = ToDocument(await node.InvitesAsync(cancellation));
                if (host.WantsJson(parse))
                    host.WriteJson(document, CliJson.Default.InvitesDocument);
                else
                    InviteScreen.WriteList(document, host.Console, host.Now);
                return ExitCode.Ok;
            }
        });
        return verb;
    }

    private static Verb Revoke(CliHost host)
    {
        var id = new Argument<string>("ID") { Description = "Id of the invite, or its beginning" };
        var verb = new Verb("revoke", "Take an invite back: its link opens nothing any more.", "constella invite revoke 3f9a") { id };
        verb.SetAction(async (parse, cancellation) =>
        {
            var (_, node) = host.Open(parse);
            using (node)
            {
                var found = Find(await node.InvitesAsync(cancellation), parse.GetRequiredValue(id));
                await node.RevokeInviteAsync(found, cancellation);
                await host.Console.Out.WriteLineAsync($"invite {found} revoked");
                return ExitCode.Ok;
            }
        });
        return verb;
    }

    private static async Task<int> InviteAsync(CliHost host, ParseResult parse, string? text, CancellationToken cancellation)
    {
        TimeSpan? ttl = null;
        if (text is not null)
            ttl = Duration.TryParseTtl(text, out var parsed, out var wrong) ? parsed : throw new CliException(ExitCode.Usage, $"--ttl: {wrong}");
        var (_, node) = host.Open(parse);
        using (node)
        {
            var made = await node.InviteAsync(ttl, cancellation);
            var document = new InviteDocument(made.Id, made.Link, made.Expires);
            if (host.WantsJson(parse))
                host.WriteJson(document, CliJson.Default.InviteDocument);
            else
                InviteScreen.Write(document, host.Console, host.Now);
            return ExitCode.Ok;
        }
    }

    private static InvitesDocument ToDocument(Endpoints.InvitesAnswer answer) =>
        new([.. answer.Invites.OrderBy(invite => invite.Expires).Select(invite => new WaitingInvite(invite.Id, invite.Expires, invite.Redeemed))]);

    private static string Find(Endpoints.InvitesAnswer answer, string wanted)
    {
        if (wanted.Length == 0)
            throw new CliException(ExitCode.Usage, "name the invite to revoke", "constella invite list shows those that wait");
        var matching = answer.Invites.Where(invite => invite.Id.StartsWith(wanted, StringComparison.Ordinal)).ToList();
        return matching.Count switch
        {
            1 => matching[0].Id,
            0 => throw new CliException(ExitCode.Failed, $"no invite '{wanted}' waits at this node", "constella invite list shows those that do"),
            _ => throw new CliException(ExitCode.Failed, $"'{wanted}' begins more than one invite", "write more of it"),
        };
    }
}
