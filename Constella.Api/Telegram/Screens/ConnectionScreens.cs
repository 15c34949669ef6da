using System.Collections.Immutable;
using System.Globalization;
using Constella.Core.Cluster;
using static Constella.Api.Telegram.Screens.FleetScreens;

namespace Constella.Api.Telegram.Screens;

/// <summary>How a node sees another one.</summary>
internal readonly record struct Sight(Health Health, double? RttMs);

/// <summary>Who reaches whom (rule H3), and how long an answer takes.</summary>
internal static class ConnectionScreens
{
    private const int PageSize = 12;
    private const int NamesTold = 4;

    /// <summary>All nodes: what each tells in its heartbeats, and the round trips from here.</summary>
    public static Screen Fleet(ClusterView view, int page, Texts texts)
    {
        var pages = ListScreen.Pages(view.Members.Length, PageSize);
        page = Math.Clamp(page, 0, pages - 1);
        var key = ScreenKey.Page(ScreenKind.Fleet, page);
        var living = view.Members.Where(IsHeard).ToArray();
        // Whom nobody hears is down: only what differs from that is a matter of connections.
        var cut = living.Count(member => Cut(view, member).Length > 0);
        var lines = view.Members.Skip(page * PageSize).Take(PageSize).Select(member => "• " + FleetLine(view, member, texts)).ToArray();
        var head = texts.Format(Text.FleetTitle, Html.Escape(view.Name)) + "\n" + (cut == 0 ? texts[Text.FleetWhole] : texts.Format(Text.FleetCut, cut));
        return new Screen(key, $"{head}\n\n{string.Join('\n', lines)}", Keyboard(
            [.. new[] { ListScreen.Turning(page, pages, at => ScreenKey.Page(ScreenKind.Fleet, at)) }.Where(row => !row.IsEmpty),
            [Button(texts[Text.BackToList], ScreenKey.List), Button(texts[Text.Refresh], key)]]))
        {
            Gist = head + page,
        };
    }

    /// <summary>One node and each of the others.</summary>
    /// <param name="seen">What the node itself has answered; null: it did not.</param>
    public static Screen Node(ClusterView view, string node, IReadOnlyDictionary<string, Sight>? seen, int page, Texts texts)
    {
        if (Find(view, node) is not { } member)
            return Card(view, node, texts);
        var others = view.Members.Where(other => other.Record.NodeId != node).ToArray();
        var pages = ListScreen.Pages(others.Length, PageSize);
        page = Math.Clamp(page, 0, pages - 1);
        var key = At(page);
        var lines = others.Skip(page * PageSize).Take(PageSize).Select(other => "• " + NodeLine(member, other, seen, texts)).ToArray();
        var head = texts.Format(Text.ConnectionsTitle, Name(view, node));
        if (seen is null)
            head += "\n" + texts[Text.ConnectionsSilent];
        return new Screen(key, $"{head}\n\n{string.Join('\n', lines)}", Keyboard(
            [.. new[] { ListScreen.Turning(page, pages, At) }.Where(row => !row.IsEmpty),
            [Button(texts[Text.Refresh], key)],
            [Button(texts[Text.BackToCard], new ScreenKey(ScreenKind.Card, node)), Button(texts[Text.BackToList], ListScreen.Holding(view, node))]]));

        ScreenKey At(int page) => new(ScreenKind.Connections, node, page > 0 ? page.ToString(CultureInfo.InvariantCulture) : null);
    }

    private static string FleetLine(ClusterView view, MemberView member, Texts texts)
    {
        var name = Html.Escape(member.Record.Name);
        if (!IsHeard(member))
            return $"{name}: {texts[member.Health == Health.Unknown ? Text.NotHeardYet : Text.Offline]}";
        var line = member.IsSelf ? name : $"{name}: {Trip(member.RttMs, texts)}";
        var cut = Cut(view, member);
        return cut.IsEmpty
            ? line
            : $"{line}\n  {texts.Format(Text.DoesNotReach, string.Join(", ", cut.Take(NamesTold).Select(id => Name(view, id))) + (cut.Length > NamesTold ? $" (+{cut.Length - NamesTold})" : ""))}";
    }

    /// <summary>Those whom the others hear and this one does not.</summary>
    private static ImmutableArray<string> Cut(ClusterView view, MemberView member) =>
        IsHeard(member) ? [.. member.Unheard.Where(id => Find(view, id) is { } other && IsHeard(other))] : [];

    private static string NodeLine(MemberView node, MemberView other, IReadOnlyDictionary<string, Sight>? seen, Texts texts)
    {
        var name = Html.Escape(other.Record.Name);
        var parts = new List<string>();
        if (seen is not null)
        {
            var there = seen.GetValueOrDefault(other.Record.NodeId);
            parts.Add(there.Health.IsHeard() ? Trip(there.RttMs, texts) : texts[Text.NotSeenFromThere]);
        }
        if (!IsHeard(other))
            parts.Add(texts[other.Health == Health.Unknown ? Text.NotHeardYet : Text.Offline]);
        else if (other.Unheard.Contains(node.Record.NodeId))
            parts.Add(texts[Text.DoesNotHearIt]);
        else if (seen is null)
            parts.Add(texts[Text.HearsIt]);
        return $"{name}: {string.Join(", ", parts)}";
    }

    private static string Trip(double? milliseconds, Texts texts) => milliseconds is { } value
        ? texts.Format(Text.Trip, value.ToString(value < 10 ? "0.0" : "0", CultureInfo.InvariantCulture))
        : texts[Text.TripUnknown];
}
