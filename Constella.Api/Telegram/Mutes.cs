using Constella.Api.Telegram.Screens;
using Constella.Core.Cluster;
using Constella.Core.Joining;
using Constella.Core.Members;

namespace Constella.Api.Telegram;

/// <summary>A press on a mute button (rule A6): what the settings have to remember, and what the owner is answered.</summary>
internal static class Mutes
{
    /// <returns>Null where the node is gone, or the button is of another version.</returns>
    public static (Option Option, string Answer)? Pressed(ScreenKey key, ClusterView view, DateTimeOffset now, string? language)
    {
        var texts = Texts.For(language);
        var everything = key.Node == AlertScreens.Everything;
        if (!Duration.TryParse(key.Detail, out var howLong) || (!everything && FleetScreens.Find(view, key.Node) is null))
            return null;
        var whom = everything ? texts[Text.MuteEverything] : FleetScreens.Find(view, key.Node)!.Record.Name;
        return (new Option(Options.AlertMuted, everything ? null : key.Node, Options.Time(now + howLong)), texts.Format(Text.Muted, whom, texts.Lasting(howLong)));
    }
}
