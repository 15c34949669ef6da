using Constella.Api.Cli.Terminal;
using Constella.Core.Wire;

namespace Constella.Api.Cli.Screens;

/// <summary>This node and its network at a glance.</summary>
public static class StatusScreen
{
    private const int LabelWidth = 9;

    public static void Write(StatusDocument status, ICliConsole console)
    {
        var ink = Ink.For(console);
        var title = ink.Paint(status.Name, Tone.Strong);
        var state = status.Running
            ? ink.Paint("running", Tone.Good) + (status.UptimeSeconds is { } up ? $" for {Units.Duration(TimeSpan.FromSeconds(up))}" : "")
            : ink.Paint("not running", Tone.Bad);
        console.Out.WriteLine($"{title}  {status.Addr}  {state}");
        Line("network", $"{status.NetworkId}, {Members(status)}{(status.Quorum is { } quorum ? ", " + Quorum(quorum, ink) : "")}");
        if (status.Running)
            Line("Host", Host(status, ink));
        if (status.Paused)
            Line("moves", ink.Paint("paused", Tone.Warning) + ": the Host moves only when it fails (constella resume)");
        if (status.PreferredName is { } preferred)
            Line("transfer", $"{preferred} is preferred (constella transfer --off)");
        if (status.Drained)
            Line("drained", ink.Paint("this node is never Host", Tone.Warning) + $" (constella drain {status.Name} --off)");
        Line("bot", Bot(status, ink));
        Line("owner", Owner(status.Owner, status.OwnerId));
        Line("node", status.Build is null ? status.NodeId : $"{status.NodeId}, build {status.Build}");
        Line("state", status.StateDir);
        if (status.Cloned)
            Line("cloned", ink.Paint("another machine runs with this node id: stop one, remove its state and join again", Tone.Bad));
        if (status.Removed)
            Line("removed", ink.Paint("this node is no longer a member of the network", Tone.Bad));
        if (status.Refused)
        {
            Line("refused", ink.Paint("the others refuse this node's key: the secret was probably rotated while it was away", Tone.Bad));
            Line("", $"there: constella evict {status.Name}, then constella invite; here: stop the node, then constella join --replace --join LINK");
        }

        void Line(string label, string text) => console.Out.WriteLine(ink.Paint(label.PadRight(LabelWidth), Tone.Quiet) + text);
    }

    private static string Members(StatusDocument status)
    {
        var nodes = status.Members == 1 ? "1 node" : $"{status.Members} nodes";
        return status.Alive is { } alive ? $"{nodes}, {alive} alive" : nodes;
    }

    private static string Quorum(bool quorum, Ink ink) => quorum ? "quorum" : ink.Paint("no quorum", Tone.Bad);

    private static string Host(StatusDocument status, Ink ink)
    {
        if (status.HostName is null)
            return ink.Paint("none", Tone.Bad);
        var name = status.HostId == status.NodeId ? $"{status.HostName} (this node)" : status.HostName;
        return status.Term is { } term ? $"{name}, term {term}" : name;
    }

    private static string Bot(StatusDocument status, Ink ink)
    {
        if (!status.BotToken)
            return "off (add one: constella config set bot-token)";
        return status.Bot switch
        {
            null => "token set",
            Polls.Lease => ink.Paint("on", Tone.Good) + " here",
            Polls.Witness => ink.Paint("on", Tone.Good) + " here, by Telegram's word (no majority is reached)",
            _ => status.HostName is { } host && status.HostId != status.NodeId ? $"on {host}" : "standing by",
        };
    }

    internal static string Owner(string? username, long? id) => (username, id) switch
    {
        (null, null) => "none (add one: constella owner set @username)",
        ({ } name, null) => $"@{name}, not met yet",
        (null, { } bound) => $"id {bound}",
        ({ } name, { } bound) => $"@{name}, id {bound}",
    };
}
