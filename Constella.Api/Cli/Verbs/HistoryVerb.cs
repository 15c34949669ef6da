using System.Collections.Immutable;
using System.CommandLine;
using Constella.Api.Audit;
using Constella.Api.Cli.Screens;
using Constella.Core.Audit;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella history</c>: who was Host, from when to when, and why (rule U8).</summary>
internal static class HistoryVerb
{
    private const int Most = 1_000;
    private const int Usual = 20;

    public static Command Create(CliHost host)
    {
        var last = new Option<int?>("--last") { Description = $"How many, 1 to {Most}; {Usual} when it is left out", HelpName = "N" };
        var verb = new Verb(
            "history",
            "Who was Host, from when to when, and why it moved.",
            "constella history",
            "constella history --last 100 --json") { last };
        verb.SetAction((parse, cancellation) => ShowAsync(host, parse, parse.GetValue(last) ?? Usual, cancellation));
        return verb;
    }

    private static async Task<int> ShowAsync(CliHost host, ParseResult parse, int last, CancellationToken cancellation)
    {
        if (last is < 1 or > Most)
            throw new CliException(ExitCode.Usage, $"--last is a number from 1 to {Most}");
        var (_, node) = host.Open(parse);
        using (node)
        {
            var answer = await node.AuditAsync(last, verify: false, AuditActions.Host, cancellation);
            var document = new HistoryDocument([.. Reigns(answer.Commands)]);
            if (host.WantsJson(parse))
                host.WriteJson(document, CliJson.Default.HistoryDocument);
            else
                HostHistoryScreen.Write(document, host.Console, host.Now);
            return ExitCode.Ok;
        }
    }

    private static IEnumerable<Reign> Reigns(ImmutableArray<CommandInfo> wins)
    {
        for (var i = 0; i < wins.Length; i++)
            yield return new Reign(wins[i].NodeId, wins[i].Node, wins[i].At, i + 1 < wins.Length ? wins[i + 1].At : null, wins[i].By, wins[i].Detail, wins[i].Term);
    }
}
