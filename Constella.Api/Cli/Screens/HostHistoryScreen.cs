using System.Globalization;
using Constella.Api.Cli.Terminal;

namespace Constella.Api.Cli.Screens;

/// <summary>Who was Host, a line each, the latest last.</summary>
public static class HostHistoryScreen
{
    public static void Write(HistoryDocument document, ICliConsole console, DateTimeOffset now)
    {
        if (document.Hosts.IsEmpty)
        {
            console.Out.WriteLine("no node has become Host since this log began");
            return;
        }
        var ink = Ink.For(console);
        var table = new Table(
            new Column("HOST"), new Column("FROM"), new Column("TO"), new Column("LASTED", Right: true), new Column("AFTER", Spare: 2), new Column("WHY"), new Column("TERM", Spare: 1, Right: true));
        foreach (var reign in document.Hosts)
        {
            table.Add(
                new Cell(reign.Name, reign.Until is null ? Tone.Good : Tone.Plain),
                Moment(reign.Since),
                reign.Until is { } until ? Moment(until) : "now",
                Units.Duration((reign.Until ?? now) - reign.Since) + (reign.Until is null ? ink.Ellipsis : ""),
                reign.Before ?? ink.Dash,
                reign.Why ?? "",
                reign.Term.ToString(CultureInfo.InvariantCulture));
        }
        table.Write(console.Out, ink, console.Width);
    }

    private static string Moment(DateTimeOffset at) => at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
