using System.Collections.Immutable;
using System.Globalization;
using Constella.Api.Telegram.Client;
using Constella.Core.Cluster;
using static Constella.Api.Telegram.Screens.FleetScreens;

namespace Constella.Api.Telegram.Screens;

/// <summary>All nodes at a glance, a page at a time.</summary>
internal static class ListScreen
{
    /// <summary>So many fit into a picture's caption, whatever they are called.</summary>
    public const int PageSize = 8;

    /// <summary>From this percentage on a figure is marked.</summary>
    private const int High = 90;

    private const int BarCells = 4;
    private const int NamesTold = 5;

    public static Screen Of(ClusterView view, int page, DateTimeOffset now, Texts texts)
    {
        var pages = Pages(view.Members.Length, PageSize);
        page = Math.Clamp(page, 0, pages - 1);
        var key = ScreenKey.Page(ScreenKind.List, page);
        var shown = view.Members.Skip(page * PageSize).Take(PageSize).ToArray();
        var heard = view.Members.Count(IsHeard);
        var head = texts.Format(Text.ListTitle, view.Members.Length, heard);
        if (pages > 1 && view.Members.Where(IsOffline).Select(member => Html.Escape(member.Record.Name)).ToArray() is { Length: > 0 } gone)
            head += "\n" + texts.Format(Text.ListOffline, string.Join(", ", gone.Take(NamesTold)) + (gone.Length > NamesTold ? $" (+{gone.Length - NamesTold})" : ""));
        var foot = texts.Format(view.Quorum ? Text.QuorumYes : Text.QuorumNo, heard, view.Members.Length);
        var lines = shown.Select(member => (Name: "• " + Line(view, member, texts), Load: LoadLine(member, texts))).ToArray();
        var keyboard = new InlineKeyboardMarkup([.. Rows(view, shown, page, pages, key, texts)]);
        return new Screen(
            key,
            $"{head}\n\n{string.Join('\n', lines.Select(line => line.Name + line.Load))}\n\n{foot}\n{texts.Format(Text.AsOf, Moment(view, now, texts))}",
            keyboard)
        {
            Gist = $"{head}\n{string.Join('\n', lines.Select(line => line.Name))}\n{foot}\n{page}",
        };
    }

    /// <summary>The page of the list that has this node.</summary>
    public static ScreenKey Holding(ClusterView view, string node)
    {
        var index = view.Members.ToList().FindIndex(member => member.Record.NodeId == node);
        return ScreenKey.Page(ScreenKind.List, Math.Max(0, index) / PageSize);
    }

    public static int Pages(int count, int size) => Math.Max(1, (count + size - 1) / size);

    /// <summary>Back and forth; empty where all is on one page.</summary>
    /// <param name="at">The key of a page.</param>
    public static ImmutableArray<InlineKeyboardButton> Turning(int page, int pages, Func<int, ScreenKey> at) => pages < 2
        ? []
        :
        [
            Button("◀️", at((page + pages - 1) % pages)),
            Button(string.Create(CultureInfo.InvariantCulture, $"{page + 1} / {pages}"), at(page)),
            Button("▶️", at((page + 1) % pages)),
        ];

    /// <summary>How busy it is, as small bars; nothing for one that does not tell it now.</summary>
    public static string LoadLine(MemberView member, Texts texts) =>
        member.Load is { } load && IsHeard(member)
            ? "\n<code>" + texts.Format(Text.LoadLine, Bar(load.Cpu), Bar(load.Ram), Bar(load.Disk)) + "</code>"
            : "";

    private static IEnumerable<ImmutableArray<InlineKeyboardButton>> Rows(
        ClusterView view, MemberView[] shown, int page, int pages, ScreenKey key, Texts texts)
    {
        foreach (var row in shown.Chunk(2))
            yield return [.. row.Select(member => Button(Label(view, member), new ScreenKey(ScreenKind.Card, member.Record.NodeId)))];
        if (Turning(page, pages, at => ScreenKey.Page(ScreenKind.List, at)) is { IsEmpty: false } turning)
            yield return turning;
        yield return [Button(texts[Text.Connections], new ScreenKey(ScreenKind.Fleet)), Button(texts[Text.Audit], new ScreenKey(ScreenKind.Audit))];
        yield return [Button(texts[Text.Refresh], key)];
    }

    private static string Bar(int? percent)
    {
        if (percent is not { } value)
            return new string('·', BarCells) + " ?";
        var full = Math.Clamp((int)Math.Round(value * BarCells / 100.0, MidpointRounding.AwayFromZero), 0, BarCells);
        return new string('█', full) + new string('░', BarCells - full) + " " + value.ToString(CultureInfo.InvariantCulture) + (value >= High ? "❗" : "");
    }

    private static bool IsOffline(MemberView member) => member is { Health: Health.Down, IsSelf: false };

    private static string Line(ClusterView view, MemberView member, Texts texts)
    {
        var line = Html.Escape(member.Record.Name);
        if (IsHost(view, member))
            line += " — " + HostWord(view, texts);
        if (member is { IsSelf: false, Health: Health.Unknown })
            line += $" ({texts[Text.NotHeardYet]})";
        if (member is { IsSelf: false, Health: Health.Suspect })
            line += $" ({texts[Text.Suspect]})";
        if (!IsOffline(member))
            return line;
        line += $" ({texts[Text.Offline]})";
        return member.OfflineSince is { } since ? $"{line} {texts.Format(Text.OfflineSince, Moment(view, since, texts))}" : line;
    }

    private static string Label(ClusterView view, MemberView member)
    {
        var mark = IsHost(view, member) ? "⭐️ " : IsOffline(member) ? "✖️ " : "";
        return mark + member.Record.Name;
    }
}
