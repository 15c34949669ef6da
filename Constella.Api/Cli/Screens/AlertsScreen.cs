using System.Globalization;
using Constella.Api.Cli.Terminal;
using Constella.Api.Endpoints;
using Constella.Core.Alerts;

namespace Constella.Api.Cli.Screens;

/// <summary>Alerts, a line each, the latest last; what goes on stands out.</summary>
public static class AlertsScreen
{
    public static void Write(AlertsAnswer answer, ICliConsole console, DateTimeOffset now)
    {
        var ink = Ink.For(console);
        var table = new Table(new Column("KIND"), new Column("NODE"), new Column("SINCE"), new Column("LASTED", Right: true), new Column("TOLD", Spare: 2), new Column("DETAIL", Spare: 1));
        foreach (var alert in answer.Alerts)
        {
            table.Add(
                new Cell(alert.Kind, alert.Ended is null ? Tone.Bad : Tone.Plain),
                new Cell(alert.Name ?? ink.Dash, Tone.Strong),
                alert.Since.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                alert.Ended == alert.Since ? "" : Units.Duration((alert.Ended ?? now) - alert.Since) + (alert.Ended is null ? ink.Ellipsis : ""),
                new Cell(alert.Told == AlertTold.Nothing ? "not yet" : "yes", Tone.Quiet),
                alert.Detail ?? "");
        }
        if (answer.Alerts.IsEmpty)
            console.Out.WriteLine("no alerts");
        else
            table.Write(console.Out, ink, console.Width);
        foreach (var mute in answer.Muted)
            console.Out.WriteLine($"muted: {mute.Name ?? "all"} until {mute.Until.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}");
    }
}
