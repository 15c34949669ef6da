using System.CommandLine;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;
using Constella.Api.Logging;
using Serilog.Events;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella logs</c>: the node's own log files, also while it does not run.</summary>
internal static class LogsVerb
{
    private const int Usual = 50;
    private const int Most = 100_000;
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(250);

    private static readonly Dictionary<string, LogEventLevel> s_levels = new(StringComparer.Ordinal)
    {
        ["debug"] = LogEventLevel.Debug,
        ["information"] = LogEventLevel.Information,
        ["warning"] = LogEventLevel.Warning,
        ["error"] = LogEventLevel.Error,
    };

    public static Command Create(CliHost host)
    {
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what comes, over new files too, until Ctrl+C" };
        var lines = new Option<int>("--lines", "-n") { Description = $"How many of the latest, 0 to {Most}; {Usual} when it is left out", HelpName = "N", DefaultValueFactory = _ => Usual };
        var level = new Option<string>("--level") { Description = "Only what is at least this grave", HelpName = string.Join('|', s_levels.Keys), DefaultValueFactory = _ => "debug" };
        level.AcceptOnlyFromAmong([.. s_levels.Keys]);
        var verb = new Verb(
            "logs",
            "The node's log, from its rolling files; an exception's lines count with the line that they belong to.",
            "constella logs",
            "constella logs -f --level warning",
            "constella logs --lines 500 --json") { follow, lines, level };
        verb.SetAction((parse, cancellation) => ShowAsync(
            host, parse, Checked(parse.GetValue(lines)), s_levels[parse.GetRequiredValue(level)], parse.GetValue(follow), cancellation));
        return verb;
    }

    private static int Checked(int lines) => lines is < 0 or > Most ? throw new CliException(ExitCode.Usage, $"--lines is a number from 0 to {Most}") : lines;

    private static async Task<int> ShowAsync(CliHost host, ParseResult parse, int lines, LogEventLevel least, bool follow, CancellationToken cancellation)
    {
        var folder = host.Options(parse).LogDir;
        var json = host.WantsJson(parse);
        using var log = new LogFollower(folder);
        try
        {
            if (!follow && LogFiles.In(folder).Count == 0)
                throw new CliException(ExitCode.NoNode, $"no log files in {folder}", "has the node run? what it cannot write to files is in `journalctl -u constella`");
            Write(host, log.Last(lines, least), json);
        }
        catch (UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.NoNode, "the log is readable by its owner only: run with sudo");
        }
        while (follow)
        {
            await Task.Delay(s_look, host.Time, cancellation);
            Write(host, log.New(least), json);
        }
        return ExitCode.Ok;
    }

    // JSON as a line each: what follows has no end to close a list at.
    private static void Write(CliHost host, IEnumerable<LogEntry> entries, bool json)
    {
        foreach (var entry in entries)
        {
            if (json)
                host.WriteJsonLine(new LogDocument(entry.At, entry.Level.ToString().ToLowerInvariant(), entry.Text), CliJson.Default.LogDocument);
            else
                host.Console.Out.WriteLine(entry.At is null ? entry.Text : $"{entry.At} {Ink.For(host.Console).Paint(LogFiles.Letters(entry.Level), ToneOf(entry.Level))} {entry.Text}");
        }
        host.Console.Out.Flush();
    }

    private static Tone ToneOf(LogEventLevel level) => level switch
    {
        >= LogEventLevel.Error => Tone.Bad,
        LogEventLevel.Warning => Tone.Warning,
        _ => Tone.Plain,
    };
}
