using System.CommandLine;
using Constella.Api.Cli.Screens;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella audit</c> (rules U6 and U7).</summary>
internal static class AuditVerb
{
    private const int Most = 1_000;

    public static Command Create(CliHost host)
    {
        var last = new Option<int?>("--last") { Description = $"How many commands, 1 to {Most}; 50 when it is left out", HelpName = "N" };
        var verify = new Option<bool>("--verify") { Description = "Read all of the log anew, and say what is wrong with it" };
        var verb = new Verb(
            "audit",
            "Every command of late, from any node and from the bot: who, what, target, result, term.",
            "constella audit",
            "constella audit --last 200 --json",
            "constella audit --verify") { last, verify };
        verb.SetAction((parse, cancellation) => ShowAsync(host, parse, Checked(parse.GetValue(last)), parse.GetValue(verify), cancellation));
        return verb;
    }

    private static int? Checked(int? last) => last is < 1 or > Most
        ? throw new CliException(ExitCode.Usage, $"--last is a number from 1 to {Most}")
        : last;

    private static async Task<int> ShowAsync(CliHost host, ParseResult parse, int? last, bool verify, CancellationToken cancellation)
    {
        var (_, node) = host.Open(parse);
        using (node)
        {
            var answer = await node.AuditAsync(last, verify, null, cancellation);
            var damaged = answer.Verified is { Length: > 0 };
            if (host.WantsJson(parse))
                host.WriteJson(answer, CliJson.Default.AuditAnswer);
            else if (!verify)
                AuditScreen.Write(answer.Commands, host.Console);
            else if (!damaged)
                await host.Console.Out.WriteLineAsync("the audit log is whole");
            foreach (var finding in answer.Verified ?? [])
                await host.Console.Error.WriteLineAsync($"constella: {finding}");
            return damaged ? ExitCode.BadState : ExitCode.Ok;
        }
    }
}
