using Constella.Core.Cluster;
using static Constella.Api.Telegram.Screens.FleetScreens;

namespace Constella.Api.Telegram.Screens;

/// <summary>A dead node is put out of the network for good (rule X2): the question, the wait, the end.</summary>
internal static class ForgetScreens
{
    public static Screen Question(ClusterView view, string node, Texts texts)
    {
        if (Find(view, node) is not { } member)
            return Card(view, node, texts);
        if (!CanBeForgotten(member))
            return Failed(view, node, ForgetFailure.Alive, null, texts);
        return new Screen(new ScreenKey(ScreenKind.ForgetQuestion, node), texts.Format(Text.ForgetQuestion, Name(view, node)), Keyboard(
            [Button(texts[Text.ForgetYes], new ScreenKey(ScreenKind.Forgetting, node, member.Record.Name))],
            [Button(texts[Text.RebootNo], new ScreenKey(ScreenKind.Card, node))]));
    }

    /// <param name="name">Carried along: at the end it is no member any more.</param>
    public static Screen Progress(ClusterView view, string node, string? name, Texts texts) => new(
        new ScreenKey(ScreenKind.Forgetting, node, name),
        texts.Format(Text.Forgetting, Name(view, node)),
        Keyboard([Button(texts[Text.BackToList], ScreenKey.List)]));

    /// <param name="name">It is no member any more: only the key remembers what it was called.</param>
    public static Screen Done(string node, string? name, Texts texts) => new(
        new ScreenKey(ScreenKind.Forgotten, node, name),
        texts.Format(Text.Forgotten, Html.Escape(name ?? node)),
        Keyboard([Button(texts[Text.BackToList], ScreenKey.List)]));

    /// <param name="reason">In the words of the node that refused, when this Host was told; another Host does not know.</param>
    public static Screen Failed(ClusterView view, string node, ForgetFailure failure, string? reason, Texts texts)
    {
        var name = Name(view, node);
        var text = failure switch
        {
            ForgetFailure.Alive => texts.Format(Text.ForgetAlive, name),
            ForgetFailure.NoQuorum => texts.Format(Text.ForgetNoQuorum, name),
            ForgetFailure.Majority => texts.Format(Text.ForgetMajority, name),
            _ => texts.Format(Text.ForgetRefused, name, Html.EscapeShort(reason ?? "…")),
        };
        return new Screen(ScreenKey.NotForgotten(node, failure), text, Keyboard(
            [Button(texts[Text.BackToCard], new ScreenKey(ScreenKind.Card, node)), Button(texts[Text.BackToList], ScreenKey.List)]));
    }
}
