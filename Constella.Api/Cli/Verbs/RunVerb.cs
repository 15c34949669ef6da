using System.CommandLine;
using System.Runtime.InteropServices;
using Constella.Api.Cli.Founding;
using Constella.Api.Cli.Node;
using Constella.Api.Configuration;
using Constella.Api.Host;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella run</c>: the node itself, in the foreground.</summary>
internal static class RunVerb
{
    public static Command Create(CliHost host)
    {
        var init = new Option<bool>("--init") { Description = "Start a new network when there is none here" };
        var once = new Option<string?>("--init-once")
        {
            Description = "As --init, but never again: FILE, kept elsewhere than the state, remembers that there was a network",
            HelpName = "FILE",
        };
        var flags = new IdentityFlags();
        var verb = new Verb(
            "run",
            "Run the node in the foreground until SIGTERM; leadership is handed over first. Without a state, CONSTELLA_JOIN joins and --init starts a network.",
            "constella run",
            "constella run --init --state-dir /var/lib/constella",
            "CONSTELLA_JOIN='join://…' constella run") { init, once };
        flags.AddTo(verb);
        verb.SetAction((parse, cancellation) => RunAsync(host, flags.Options(host, parse), parse.GetValue(init), parse.GetValue(once), cancellation));
        return verb;
    }

    private static async Task<int> RunAsync(CliHost host, ConstellaOptions options, bool init, string? mark, CancellationToken cancellation)
    {
        RequireClock(host.Now);
        if (StateAccess.Find(options.StateDir) is null)
            await EnterAsync(host, options, init, mark, cancellation);
        if (mark is not null)
            FoundingMark.Keep(mark, StateAccess.Require(options.StateDir));
        var image = ProgramImage.Current;
        var code = await NodeHost.RunAsync(options, cancellation);
        if (code != ExitCode.Anew)
            return code;
        var error = image.Replace();
        throw new CliException(ExitCode.Anew, $"the program could not be started anew: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    // Signatures, invites and tombstones all hang on it; a node with such a clock would only confuse the others.
    private static void RequireClock(DateTimeOffset now)
    {
        if (now.Year is < 2024 or > 2100)
            throw new CliException(ExitCode.Failed, $"clock: this machine believes it is the year {now.Year}", "set its time (timedatectl set-ntp true) and start again");
    }

    private static async Task EnterAsync(CliHost host, ConstellaOptions options, bool init, string? mark, CancellationToken cancellation)
    {
        // An invite is the more particular wish: a node that was given one must not start a network of its own.
        if (options.Join is { } link)
        {
            await JoinVerb.JoinAsync(host, options, link, replace: false, cancellation);
            return;
        }
        if (mark is not null)
            FoundingMark.RequireNone(mark, options.StateDir);
        else if (!init)
            throw StateAccess.None(options.StateDir);
        var state = NetworkFounder.Found(options, host.Console, host.WireGuard);
        await host.Console.Error.WriteLineAsync($"started network {state.NetworkId}");
    }
}
