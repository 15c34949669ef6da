using Constella.Core.Cluster;
using Constella.Core.Members;
using static Constella.Api.Telegram.Screens.FleetScreens;

namespace Constella.Api.Telegram.Screens;

/// <summary>How far a reboot has come, as far as this Host knows.</summary>
internal enum RebootStage
{
    Sending,
    NoAnswer,
    Taken,
}

/// <summary>The question, the progress and the end of a reboot.</summary>
internal static class RebootScreens
{
    public static Screen Question(ClusterView view, string node, Texts texts)
    {
        if (Find(view, node) is not { } member)
            return Card(view, node, texts);
        if (member.Boot is not { } boot)
            return Failed(view, node, RebootFailure.NoBoot, null, texts);
        var text = texts.Format(Text.RebootQuestion, Name(view, node));
        if (IsHost(view, member))
            text += "\n" + texts[Text.RebootHost];
        return new Screen(new ScreenKey(ScreenKind.RebootQuestion, node), text, Keyboard(
            [Button(texts[Text.RebootYes], ScreenKey.Confirmed(node, boot))],
            [Button(texts[Text.RebootNo], new ScreenKey(ScreenKind.Card, node))]));
    }

    /// <param name="since">Since the press; shown in steps, so that the message is not edited every second.</param>
    public static Screen Progress(ClusterView view, PendingReboot reboot, RebootStage stage, TimeSpan since, Texts texts)
    {
        var text = stage switch
        {
            RebootStage.Taken => Text.RebootTaken,
            RebootStage.NoAnswer => Text.RebootNoAnswer,
            _ => Text.RebootSending,
        };
        var seconds = Math.Max(0, (long)since.TotalSeconds / 5 * 5);
        return new Screen(
            new ScreenKey(ScreenKind.RebootProgress, reboot.Target),
            texts.Format(text, Name(view, reboot.Target), seconds),
            Keyboard([Button(texts[Text.BackToList], ScreenKey.List)]));
    }

    public static Screen Back(ClusterView view, string node, string seconds, Texts texts) => new(
        new ScreenKey(ScreenKind.RebootBack, node, seconds),
        texts.Format(Text.RebootBack, Name(view, node), Html.Escape(seconds)),
        Leave(node, texts));

    /// <param name="reason">Why it was refused, when this Host was told; another Host does not know.</param>
    public static Screen Failed(ClusterView view, string node, RebootFailure failure, string? reason, Texts texts)
    {
        var name = Name(view, node);
        var text = failure switch
        {
            RebootFailure.Refused => texts.Format(Text.RebootRefused, name, Html.EscapeShort(reason ?? "…")),
            RebootFailure.Gone => texts.Format(Text.RebootGone, name),
            RebootFailure.Already => texts.Format(Text.RebootAlready, name),
            RebootFailure.NoBoot => texts.Format(Text.RebootNoBoot, name),
            _ => texts.Format(Text.RebootTimeout, name, (int)Reboots.GiveUp.TotalMinutes),
        };
        return new Screen(new ScreenKey(ScreenKind.RebootFailed, node, ((char)failure).ToString()), text, Leave(node, texts));
    }

    private static Client.InlineKeyboardMarkup Leave(string node, Texts texts) => Keyboard(
        [Button(texts[Text.BackToCard], new ScreenKey(ScreenKind.Card, node)), Button(texts[Text.BackToList], ScreenKey.List)]);
}
