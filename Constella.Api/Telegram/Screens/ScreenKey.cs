using System.Globalization;
using System.Text;
using Constella.Core.Members;

namespace Constella.Api.Telegram.Screens;

/// <summary>
/// Which screen: the callback data of the button that leads there, at most 64 bytes, with all that is needed to draw it, so that
/// a press is understood by a Host that never saw the message before.
/// </summary>
/// <param name="Node">A node id; of the list, of the connections of all and of the audit log, the page, or null for the first one.</param>
/// <param name="Detail">A boot id's beginning, seconds, a page, a name, or a code, as the kind has it.</param>
internal sealed record ScreenKey(ScreenKind Kind, string? Node = null, string? Detail = null)
{
    /// <summary>What Telegram takes as the data of a button; a client may send more.</summary>
    private const int Longest = 64;

    public static ScreenKey List { get; } = new(ScreenKind.List);

    public override string ToString() => string.Join(':', new[] { ((char)Kind).ToString(), Node, Detail }.Where(part => part is not null));

    /// <returns>The list for what is not understood: a newer or older version made that button.</returns>
    public static ScreenKey Parse(string? text)
    {
        if (text is null || Encoding.UTF8.GetByteCount(text) > Longest)
            return List;
        var parts = text.Split(':');
        if (parts[0].Length != 1 || !Enum.IsDefined((ScreenKind)parts[0][0]))
            return List;
        var key = new ScreenKey((ScreenKind)parts[0][0], parts.ElementAtOrDefault(1), parts.ElementAtOrDefault(2));
        return key.Kind is ScreenKind.List or ScreenKind.Help or ScreenKind.Fleet or ScreenKind.Audit || key.Node is { Length: > 0 } ? key : List;
    }

    /// <summary>The question that a press on "yes" answers; the boot id keeps an old question from rebooting anew.</summary>
    public static ScreenKey Confirmed(string node, string boot) => new(ScreenKind.RebootConfirmed, node, BootMark(boot));

    public static ScreenKey Back(PendingReboot reboot, TimeSpan after) =>
        new(ScreenKind.RebootBack, reboot.Target, ((long)after.TotalSeconds).ToString(CultureInfo.InvariantCulture));

    public static ScreenKey Chart(string node, ChartChoice choice) => new(ScreenKind.Chart, node, choice.ToString());

    /// <param name="page">From 0.</param>
    public static ScreenKey Page(ScreenKind kind, int page) =>
        new(kind, page > 0 ? page.ToString(CultureInfo.InvariantCulture) : null);

    /// <summary>The page in a text that somebody may have made up.</summary>
    public static int PageOf(string? text, int pages) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var page) ? Math.Clamp(page, 0, pages - 1) : 0;

    public static ScreenKey NotForgotten(string node, ForgetFailure failure) => new(ScreenKind.NotForgotten, node, ((char)failure).ToString());

    public static ScreenKey Failed(PendingReboot reboot, RebootFailure failure) =>
        new(ScreenKind.RebootFailed, reboot.Target, ((char)failure).ToString());

    /// <summary>Enough of a boot id to tell two boots apart.</summary>
    public static string BootMark(string boot)
    {
        var digits = boot.Replace("-", "", StringComparison.Ordinal);
        return digits.Length <= 12 ? digits : digits[..12];
    }
}

internal enum ScreenKind
{
    List = 'l',
    Help = 'h',
    Card = 'n',
    Consumption = 's',
    RebootQuestion = 'r',

    /// <summary>Not a screen to stay on: the press that starts a reboot.</summary>
    RebootConfirmed = 'y',
    RebootProgress = 'p',
    RebootBack = 'b',
    RebootFailed = 'f',
    Chart = 'c',

    /// <summary>Who reaches whom: all nodes.</summary>
    Fleet = 'v',

    /// <summary>Who reaches whom: one node.</summary>
    Connections = 'e',
    ForgetQuestion = 'q',

    /// <summary>The press on "yes", and what is seen until it is done.</summary>
    Forgetting = 'g',
    Forgotten = 'd',

    /// <summary>Speed tests: the latest, and the choice of the other end.</summary>
    Speed = 'w',
    SpeedQuestion = 'a',

    /// <summary>The press on "yes", which gives the test its id, and what is seen until it is over.</summary>
    SpeedRunning = 'i',
    NotForgotten = 'x',

    /// <summary>No screen: the press that mutes alerts; the node is an id or "all", the detail how long.</summary>
    Mute = 'm',

    /// <summary>From an alert: the card, in a message of its own; with a detail, traffic and bill.</summary>
    Open = 'o',

    /// <summary>What was commanded of late (rule U6).</summary>
    Audit = 'j',

    /// <summary>Traffic and bill.</summary>
    Traffic = 't',
    RenewQuestion = 'k',

    /// <summary>No screen: the press that renews; the detail is the date that the question was asked about.</summary>
    RenewConfirmed = 'u',
}

/// <summary>Why a node was not forgotten.</summary>
internal enum ForgetFailure
{
    Alive = 'a',
    NoQuorum = 'q',
    Majority = 'm',
    Refused = 'r',
}

internal enum RebootFailure
{
    Refused = 'r',
    Timeout = 't',
    Gone = 'g',
    Already = 'a',
    NoBoot = 'u',
}
