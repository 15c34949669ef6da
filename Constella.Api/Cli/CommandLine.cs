using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Reflection;
using System.Runtime.InteropServices;
using Constella.Api.Cli.Terminal;
using Constella.Api.Cli.Verbs;
using Constella.Api.Configuration;
using Constella.Api.Peers;
using Constella.Api.State;
using Constella.Api.Vpn;

namespace Constella.Api.Cli;

/// <summary>The program as a person starts it: <c>constella VERB</c>. The exit code is the result.</summary>
public static class CommandLine
{
    private const int HelpWidth = 100;
    private const int Interrupted = 130;

    /// <summary>Signs of an argument that an error shows.</summary>
    private const int ArgumentShown = 80;

    public static string Version { get; } = typeof(CommandLine).Assembly.GetName().Version!.ToString(3);

    /// <summary>The version, and the first digits of the sources' hash: <c>0.1.0+3f9a77aa0b1c</c>.</summary>
    public static string Build { get; } =
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? Version;

    public static async Task<int> InvokeAsync(string[] args)
    {
        using var ended = new CancellationTokenSource();
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        return await InvokeAsync(args, new CliHost(new SystemConsole(), TimeProvider.System), ended.Token);

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            ended.Cancel();
        }
    }

    public static async Task<int> InvokeAsync(string[] args, CliHost host, CancellationToken cancellation)
    {
        // Without response files: `--owner @username` is a name, not a file of arguments.
        var parse = Tree(host).Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parse.Action is ParseErrorAction || parse.Action is null)
            return UsageError(parse, host.Console);
        return await InvokeAsync(parse, host, message => Shown(parse, message), cancellation);
    }

    private static async Task<int> InvokeAsync(ParseResult parse, CliHost host, Func<string, string> shown, CancellationToken cancellation)
    {
        try
        {
            return await parse.InvokeAsync(
                new InvocationConfiguration
                {
                    Output = host.Console.Out,
                    Error = host.Console.Error,
                    EnableDefaultExceptionHandler = false,
                    // The node takes the time that it needs to hand over; it watches the signals itself.
                    ProcessTerminationTimeout = null,
                },
                cancellation);
        }
        catch (CliException e)
        {
            return Fail(host.Console, e.Code, shown(e.Message), e.Next);
        }
        catch (ConfigurationException e)
        {
            return Fail(host.Console, ExitCode.BadState, string.Join("\n  ", e.Errors.Select(shown).Prepend("the configuration is not valid:")));
        }
        catch (StateException e)
        {
            return Fail(host.Console, ExitCode.BadState, e.Message);
        }
        catch (WireGuardException e)
        {
            return Fail(host.Console, ExitCode.Failed, e.Message);
        }
        catch (PeerException e)
        {
            return Refused(host.Console, e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Fail(host.Console, ExitCode.Failed, e.Message);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Interrupted;
        }
    }

    internal static RootCommand Tree(CliHost host)
    {
        var root = new RootCommand("Constella: a network of equal VPS nodes, one of which runs the owner's Telegram bot.")
        {
            host.StateDir,
            host.Json,
            InitVerb.Create(host),
            JoinVerb.Create(host),
            RunVerb.Create(host),
            StatusVerb.Create(host),
            PeersVerb.Create(host),
            StatsVerb.Create(host),
            RttVerb.Create(host),
            MetricsVerb.Create(host),
            TrafficVerb.Create(host),
            SpeedVerb.Create(host),
            RebootVerb.Create(host),
            InviteVerb.Create(host),
            LeaveVerb.Create(host),
            PutOutVerb.Evict(host),
            PutOutVerb.ForceLeave(host),
            TransferVerb.Create(host),
            PauseVerb.Create(host, pause: true),
            PauseVerb.Create(host, pause: false),
            DrainVerb.Create(host),
            RecordVerb.Rename(host),
            RecordVerb.Priority(host),
            RestartVerb.Create(host),
            UpdateVerb.Create(host),
            VerifyVerb.Create(host),
            DoctorVerb.Create(host),
            HistoryVerb.Create(host),
            KeysVerb.Create(host),
            OwnerVerb.Create(host),
            AlertsVerb.Create(host),
            AuditVerb.Create(host),
            ConfigVerb.Create(host),
            LogsVerb.Create(host),
            VpnVerb.Create(host),
            SignVerb.Create(host),
            CaVerb.Create(host),
            StateVerb.Create(host),
            CompletionVerb.Create(host),
            CompletionVerb.Asked(host),
            ManVerb.Create(host),
        };
        // `[suggest]` and its like are for shells; here a bracket may begin an IPv6 address.
        root.Directives.Clear();
        var help = new HelpWithExamples(Math.Min(host.Console.Width, HelpWidth));
        root.Options.OfType<HelpOption>().Single().Action = help;
        root.Options.OfType<VersionOption>().Single().Action = new VersionAction();
        root.SetAction(parse =>
        {
            help.Invoke(parse);
            return ExitCode.Usage;
        });
        return root;
    }

    private static int UsageError(ParseResult parse, ICliConsole console)
    {
        foreach (var error in parse.Errors)
            console.Error.WriteLine("constella: " + Shown(parse, error.Message));
        var path = parse.CommandResult.Command is RootCommand ? "" : " " + Path(parse.CommandResult);
        console.Error.WriteLine($"  {Ink.For(console).Arrow} constella{path} --help");
        return ExitCode.Usage;
    }

    /// <summary>What was given is named in a message, and cut where it is too long to be read: it may be a whole file.</summary>
    private static string Shown(ParseResult parse, string message)
    {
        foreach (var token in parse.Tokens)
        {
            if (token.Value.Length > ArgumentShown)
                message = message.Replace(token.Value, token.Value[..(ArgumentShown - 1)] + "…", StringComparison.OrdinalIgnoreCase);
        }
        return message;
    }

    private static string Path(System.CommandLine.Parsing.CommandResult result) =>
        result.Parent is System.CommandLine.Parsing.CommandResult { Command: not RootCommand } parent
            ? $"{Path(parent)} {result.Command.Name}"
            : result.Command.Name;

    private static int Refused(ICliConsole console, PeerException refusal) => refusal.Status switch
    {
        null => Fail(console, ExitCode.NoNode, "the node does not answer: " + refusal.Message, "start it with `constella run`, or look into its log"),
        401 => Fail(console, ExitCode.Failed, "the node does not accept this state's signature", "is it another network's node that listens there? compare CONSTELLA_STATE_DIR and CONSTELLA_LISTEN"),
        _ => Fail(console, ExitCode.Failed, refusal.Message),
    };

    private static int Fail(ICliConsole console, int code, string message, string? next = null)
    {
        console.Error.WriteLine("constella: " + message);
        if (next is not null)
            console.Error.WriteLine($"  {Ink.For(console).Arrow} {next}");
        return code;
    }
}
