using System.Collections.Immutable;
using System.Globalization;
using Constella.Api.Audit;
using Constella.Api.Cli.Terminal;
using Constella.Core.Audit;

namespace Constella.Api.Cli.Screens;

/// <summary>Commands, a line each, the latest last.</summary>
public static class AuditScreen
{
    public static void Write(ImmutableArray<CommandInfo> commands, ICliConsole console)
    {
        if (commands.IsEmpty)
        {
            console.Out.WriteLine("nothing has been commanded yet");
            return;
        }
        var ink = Ink.For(console);
        var table = new Table(
            new Column("TIME"), new Column("AT", Spare: 2), new Column("WHO"), new Column("WHAT"), new Column("TARGET"), new Column("RESULT"), new Column("TERM", Spare: 3, Right: true), new Column("DETAIL", Spare: 1));
        foreach (var command in commands)
        {
            table.Add(
                command.At.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                command.Node,
                command.By ?? ink.Dash,
                new Cell(command.Action, Tone.Strong),
                command.Target ?? ink.Dash,
                new Cell(Result(command.Stage), ToneOf(command.Stage)),
                command.Term.ToString(CultureInfo.InvariantCulture),
                command.Reason ?? command.Detail ?? "");
        }
        table.Write(console.Out, ink, console.Width);
    }

    private static string Result(AuditStage stage) => stage == AuditStage.Asked ? "not known" : stage.ToString().ToLowerInvariant();

    private static Tone ToneOf(AuditStage stage) => stage switch
    {
        AuditStage.Done => Tone.Good,
        AuditStage.Failed => Tone.Bad,
        AuditStage.Taken => Tone.Warning,
        _ => Tone.Quiet,
    };
}
