using Constella.Api.Cli.Terminal;

namespace Constella.Api.Cli.Screens;

/// <summary>A new invite, and those that wait.</summary>
public static class InviteScreen
{
    public static void Write(InviteDocument invite, ICliConsole console, DateTimeOffset now)
    {
        var ink = Ink.For(console);
        console.Out.WriteLine(invite.Link);
        // The link alone is the result: what explains it must not get into a pipe.
        var valid = Units.Duration(TimeSpan.FromSeconds(Math.Round((invite.Expires - now).TotalSeconds)));
        console.Error.WriteLine();
        console.Error.WriteLine($"Next machine (valid {valid}, once, keep it secret):");
        console.Error.WriteLine($"  {NextCommand(invite.Link)}");
        console.Error.WriteLine(ink.Paint($"Take it back: constella invite revoke {invite.Id}", Tone.Quiet));
    }

    public static string NextCommand(string link) => $"./install.sh join --server-name NAME --join '{link}'";

    public static void WriteList(InvitesDocument document, ICliConsole console, DateTimeOffset now)
    {
        if (document.Invites.IsEmpty)
        {
            console.Out.WriteLine("No invite waits at this node.");
            return;
        }
        var table = new Table(new Column("ID"), new Column("STATE"));
        foreach (var invite in document.Invites)
            table.Add(invite.Id, StateOf(invite, now));
        table.Write(console.Out, Ink.For(console), console.Width);
    }

    private static Cell StateOf(WaitingInvite invite, DateTimeOffset now)
    {
        if (invite.RedeemedBy is { } name)
            return new Cell($"used by {name}", Tone.Quiet);
        return invite.Expires <= now
            ? new Cell("expired", Tone.Quiet)
            : new Cell($"valid {Units.Duration(invite.Expires - now)}", Tone.Good);
    }
}
