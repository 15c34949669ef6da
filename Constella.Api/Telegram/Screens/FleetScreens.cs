using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Constella.Api.Telegram.Client;
using Constella.Core.Cluster;

namespace Constella.Api.Telegram.Screens;

/// <summary>The card of a node, and what all screens share: pure, from a view.</summary>
internal static class FleetScreens
{
    public static Screen Card(ClusterView view, string node, Texts texts)
    {
        var key = new ScreenKey(ScreenKind.Card, node);
        if (Find(view, node) is not { } member)
            return new Screen(key, texts[Text.NoSuchNode], Keyboard([Button(texts[Text.BackToList], ScreenKey.List)]));
        var text = new StringBuilder("<b>").Append(Html.Escape(member.Record.Name)).Append("</b>");
        if (IsHost(view, member))
            text.Append(" — ").Append(HostWord(view, texts));
        text.Append('\n').Append(texts.Format(Text.CardState, State(view, member, texts)));
        text.Append(ListScreen.LoadLine(member, texts));
        text.Append(TrafficScreens.CardLine(view, member, texts));
        text.Append('\n').Append(texts.Format(Text.CardAddress, Html.Escape(member.Record.Addr)));
        if (member.Record.AltAddr is { } other)
            text.Append(", ").Append(Html.Escape(other));
        if (member is { RttMs: { } rtt, Health: not Health.Down })
            text.Append('\n').Append(texts.Format(Text.CardRtt, rtt.ToString(rtt < 10 ? "0.0" : "0", CultureInfo.InvariantCulture)));
        if (member.Build is { } build)
            text.Append('\n').Append(texts.Format(Text.CardVersion, Html.Escape(build)));
        text.Append('\n').Append(texts.Format(Text.CardId, $"<code>{Html.Escape(member.Record.NodeId)}</code>"));
        if (member.Record.Drain)
            text.Append('\n').Append(texts.Format(Text.CardDrained, Html.Escape(member.Record.Name)));
        else if (member.Draining)
            text.Append('\n').Append(texts[Text.CardLeaving]);
        return new Screen(key, text.ToString(), Keyboard(
            [Button(texts[Text.ShowConsumption], new ScreenKey(ScreenKind.Consumption, node))],
            [
                Button(texts[Text.Charts], ScreenKey.Chart(node, ChartChoice.First)),
                Button(texts[Text.Connections], new ScreenKey(ScreenKind.Connections, node)),
            ],
            [
                Button(texts[Text.TrafficAndBill], new ScreenKey(ScreenKind.Traffic, node)),
                Button(texts[Text.Speed], new ScreenKey(ScreenKind.Speed, node)),
            ],
            [CanBeForgotten(member)
                ? Button(texts[Text.Forget], new ScreenKey(ScreenKind.ForgetQuestion, node))
                : Button(texts[Text.Reboot], new ScreenKey(ScreenKind.RebootQuestion, node))],
            [Button(texts[Text.BackToList], ListScreen.Holding(view, node)), Button(texts[Text.Refresh], key)]));
    }

    /// <summary>A living node is not forgotten over its head: it leaves.</summary>
    public static bool CanBeForgotten(MemberView member) => !member.IsSelf && !member.Health.IsHeard();

    public static Screen Help(Texts texts) =>
        new(new ScreenKey(ScreenKind.Help), texts[Text.Help], Keyboard([Button(texts[Text.BackToList], ScreenKey.List)]));

    public static MemberView? Find(ClusterView view, string? node) => view.Members.FirstOrDefault(member => member.Record.NodeId == node);

    /// <summary>The member's name as it is written into a sentence.</summary>
    public static string Name(ClusterView view, string? node) => Html.Escape(Find(view, node)?.Record.Name ?? node);

    public static bool IsHost(ClusterView view, MemberView member) => member.Record.NodeId == (view.HostId ?? view.CandidateId);

    public static InlineKeyboardButton Button(string text, ScreenKey key) => new(text, key.ToString());

    public static InlineKeyboardMarkup Keyboard(params ImmutableArray<ImmutableArray<InlineKeyboardButton>> rows) => new(rows);

    public static string Moment(ClusterView view, DateTimeOffset utc, Texts texts) => OwnerClock.Moment(view.Settings, utc, texts);

    public static bool IsHeard(MemberView member) => member.IsSelf || member.Health.IsHeard();

    public static string HostWord(ClusterView view, Texts texts) =>
        view.Quorum ? texts[Text.Host] : $"{texts[Text.Host]} ({texts[Text.NoQuorumMark]})";

    private static string State(ClusterView view, MemberView member, Texts texts)
    {
        if (IsHeard(member))
            return texts[Text.StateOnline];
        if (member.Health == Health.Unknown)
            return texts[Text.StateUnknown];
        return member.OfflineSince is { } since
            ? $"{texts[Text.StateOffline]} {texts.Format(Text.OfflineSince, Moment(view, since, texts))}"
            : texts[Text.StateOffline];
    }
}
