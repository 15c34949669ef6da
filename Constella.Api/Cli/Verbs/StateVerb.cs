using System.CommandLine;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;
using Constella.Api.State;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella state check</c> and <c>constella state repair</c>: for a state file that a node refuses.</summary>
internal static class StateVerb
{
    public static Command Create(CliHost host) => new Verb(
        "state",
        "Look at the state file, and put its last good copy back when it is damaged.",
        "constella state check",
        "constella state repair") { Check(host), Repair(host) };

    private static Verb Check(CliHost host)
    {
        var verb = new Verb("check", "Say whether the state file and its last good copy can be used; changes nothing.", "constella state check --json");
        verb.SetAction(parse => Check(host, parse));
        return verb;
    }

    private static Verb Repair(CliHost host)
    {
        var yes = new Option<bool>("--yes", "-y") { Description = "Do not ask" };
        var verb = new Verb(
            "repair",
            "Put the last good copy in the place of a state file that is damaged or missing. The damaged file is kept beside it; the node must be stopped.",
            "constella state repair",
            "constella state repair --yes") { yes };
        verb.SetAction(parse => Repair(host, parse, parse.GetValue(yes)));
        return verb;
    }

    private static int Check(CliHost host, ParseResult parse)
    {
        var folder = host.Options(parse).StateDir;
        var (file, backup) = Look(folder);
        if (host.WantsJson(parse))
            host.WriteJson(Document(folder, file, backup), CliJson.Default.StateDocument);
        else
            host.Console.Out.WriteLine($"{StateStore.FileName}: {Words(file)}\nlast good copy: {Words(backup)}");
        if (file.State is not null)
            return ExitCode.Ok;
        throw backup.State is null
            ? new CliException(ExitCode.BadState, "the state cannot be used, and there is no good copy of it", "restore the folder from a backup, or remove it and join again with a new invite")
            : new CliException(ExitCode.BadState, "the state cannot be used; its last good copy can", "constella state repair");
    }

    private static int Repair(CliHost host, ParseResult parse, bool yes)
    {
        var folder = host.Options(parse).StateDir;
        var (file, backup) = Look(folder);
        string? kept = null;
        if (file.State is not null)
            host.Console.Error.WriteLine("there is nothing to repair: the state can be used");
        else if (backup.State is null)
            throw new CliException(ExitCode.BadState, "there is no good copy to repair the state with; nothing was changed", "restore the folder from a backup, or remove it and join again with a new invite");
        else
            kept = Repair(host, folder, yes);
        if (host.WantsJson(parse))
            host.WriteJson(Document(folder, file, backup) with { Repaired = file.State is null, Kept = kept }, CliJson.Default.StateDocument);
        return ExitCode.Ok;
    }

    private static string? Repair(CliHost host, string folder, bool yes)
    {
        using var store = StateStore.Open(folder);
        // Only now nobody else can have changed them.
        var (file, backup) = Look(folder);
        if (file.State is not null || backup.State is not { } good)
            throw new CliException(ExitCode.Failed, "the state has changed meanwhile; nothing was changed");
        if (!yes && !Prompt.Confirm(host.Console, $"Put the copy of {backup.Written:yyyy-MM-dd HH:mm:ss} UTC in the place of {StateStore.FileName}? What was changed after it is lost."))
            throw new CliException(ExitCode.Failed, "nothing changed");
        var kept = store.Repair(good, host.Now);
        host.Console.Error.WriteLine($"the state is what it was at {backup.Written:yyyy-MM-dd HH:mm:ss} UTC{(kept is null ? "" : $"; the damaged file is kept as {kept}")}");
        return kept;
    }

    private static (StateCopy File, StateCopy Backup) Look(string folder)
    {
        StateAccess.RequireReadable(folder);
        var (file, backup) = StateStore.Inspect(folder);
        return file.Written is null && backup.Written is null ? throw StateAccess.None(folder) : (file, backup);
    }

    private static string Words(StateCopy copy) => copy switch
    {
        { Written: null } => "is missing",
        { State: { } state } => $"good: {Mapping.Self(state).Name} ({state.NodeId}) of network {state.NetworkId}, written {copy.Written:yyyy-MM-dd HH:mm:ss} UTC",
        _ => copy.Wrong!,
    };

    private static StateDocument Document(string folder, StateCopy file, StateCopy backup) => new()
    {
        StateDir = folder,
        Good = file.State is not null,
        Wrong = file.Written is null ? "is missing" : file.Wrong,
        Written = file.Written,
        CopyGood = backup.State is not null,
        CopyWritten = backup.Written,
        NodeId = (file.State ?? backup.State)?.NodeId,
        NetworkId = (file.State ?? backup.State)?.NetworkId,
    };
}
