using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Constella.Api.Telegram.Client;
using Constella.Core.Cluster;

namespace Constella.Api.Telegram.Screens;

/// <summary>The list of nodes and the card of one: pure, from a view.</summary>
internal static class FleetScreens
{
    /// <summary>Telegram takes at most 100 buttons, and a text of 4096 characters.</summary>
    private const int NodesShown = 48;

    public static Screen List(ClusterView view, Texts texts)
    {
        var heard = view.Members.Count(IsHeard);
        var text = new StringBuilder();
        text.Append(texts.Format(Text.ListTitle, view.Members.Length, heard)).Append('\n');
        foreach (var member in view.Members.Take(NodesShown))
            text.Append("\n• ").Append(Line(view, member, texts));
        if (view.Members.Length > NodesShown)
            text.Append("\n…");
        text.Append("\n\n").Append(texts.Format(view.Quorum ? Text.QuorumYes : Text.QuorumNo, heard, view.Members.Length));
        var rows = view.Members
            .Take(NodesShown)
            .Select(member => new InlineKeyboardButton(Label(view, member), new ScreenKey(ScreenKind.Card, member.Record.NodeId).ToString()))
            .Chunk(2)
            .Select(row => row.ToImmutableArray())
            .Append([new InlineKeyboardButton(texts[Text.Refresh], ScreenKey.List.ToString())]);
        return new Screen(ScreenKey.List, text.ToString(), new InlineKeyboardMarkup([.. rows]));
    }

    public static Screen Card(ClusterView view, string node, Texts texts)
    {
        var key = new ScreenKey(ScreenKind.Card, node);
        if (Find(view, node) is not { } member)
            return new Screen(key, texts[Text.NoSuchNode], Keyboard([Button(texts[Text.BackToList], ScreenKey.List)]));
        var text = new StringBuilder("<b>").Append(Html.Escape(member.Record.Name)).Append("</b>");
        if (IsHost(view, member))
            text.Append(" — ").Append(HostWord(view, texts));
        text.Append('\n').Append(texts.Format(Text.CardState, State(member, texts)));
        text.Append('\n').Append(texts.Format(Text.CardAddress, Html.Escape(member.Record.Addr)));
        if (member.Record.AltAddr is { } other)
            text.Append(", ").Append(Html.Escape(other));
        if (member is { RttMs: { } rtt, Health: not Health.Down })
            text.Append('\n').Append(texts.Format(Text.CardRtt, rtt.ToString(rtt < 10 ? "0.0" : "0", CultureInfo.InvariantCulture)));
        if (member.Build is { } build)
            text.Append('\n').Append(texts.Format(Text.CardVersion, Html.Escape(build)));
        text.Append('\n').Append(texts.Format(Text.CardId, $"<code>{Html.Escape(member.Record.NodeId)}</code>"));
        if (member.Draining)
            text.Append('\n').Append(texts[Text.CardLeaving]);
        return new Screen(key, text.ToString(), Keyboard(
            [Button(texts[Text.ShowConsumption], new ScreenKey(ScreenKind.Consumption, node))],
            [Button(texts[Text.Reboot], new ScreenKey(ScreenKind.RebootQuestion, node))],
            [Button(texts[Text.BackToList], ScreenKey.List), Button(texts[Text.Refresh], key)]));
    }

    public static Screen Help(Texts texts) =>
        new(new ScreenKey(ScreenKind.Help), texts[Text.Help], Keyboard([Button(texts[Text.BackToList], ScreenKey.List)]));

    public static MemberView? Find(ClusterView view, string? node) => view.Members.FirstOrDefault(member => member.Record.NodeId == node);

    /// <summary>The member's name as it is written into a sentence.</summary>
    public static string Name(ClusterView view, string? node) => Html.Escape(Find(view, node)?.Record.Name ?? node);

    public static bool IsHost(ClusterView view, MemberView member) => member.Record.NodeId == (view.HostId ?? view.CandidateId);

    public static InlineKeyboardButton Button(string text, ScreenKey key) => new(text, key.ToString());

    public static InlineKeyboardMarkup Keyboard(params ImmutableArray<ImmutableArray<InlineKeyboardButton>> rows) => new(rows);

    /// <summary>A moment on this machine's clock, in the zone it is set to.</summary>
    public static string Moment(DateTimeOffset utc)
    {
        var local = TimeZoneInfo.ConvertTime(utc, TimeZoneInfo.Local);
        var zone = local.Offset == TimeSpan.Zero ? "UTC" : local.ToString("'UTC'zzz", CultureInfo.InvariantCulture);
        return local.ToString("d MMM HH:mm", CultureInfo.InvariantCulture) + " " + zone;
    }

    private static bool IsHeard(MemberView member) => member.IsSelf || member.Health is Health.Alive or Health.Suspect;

    private static string Line(ClusterView view, MemberView member, Texts texts)
    {
        var line = Html.Escape(member.Record.Name);
        if (IsHost(view, member))
            line += " — " + HostWord(view, texts);
        if (member is { IsSelf: false, Health: Health.Unknown })
            line += $" ({texts[Text.NotHeardYet]})";
        if (member.Health != Health.Down || member.IsSelf)
            return line;
        line += $" ({texts[Text.Offline]})";
        return member.OfflineSince is { } since ? $"{line} {texts.Format(Text.OfflineSince, Moment(since))}" : line;
    }

    private static string HostWord(ClusterView view, Texts texts) =>
        view.Quorum ? texts[Text.Host] : $"{texts[Text.Host]} ({texts[Text.NoQuorumMark]})";

    private static string Label(ClusterView view, MemberView member)
    {
        var mark = IsHost(view, member) ? "⭐️ " : member is { Health: Health.Down, IsSelf: false } ? "✖️ " : "";
        return mark + member.Record.Name;
    }

    private static string State(MemberView member, Texts texts)
    {
        if (IsHeard(member))
            return texts[Text.StateOnline];
        if (member.Health == Health.Unknown)
            return texts[Text.StateUnknown];
        return member.OfflineSince is { } since
            ? $"{texts[Text.StateOffline]} {texts.Format(Text.OfflineSince, Moment(since))}"
            : texts[Text.StateOffline];
    }
}
