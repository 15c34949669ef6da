using Constella.Api.Telegram.Screens;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Traffic;

namespace Constella.Api.Telegram;

/// <summary>A press on "yes, renewed" (rule T5): the settings get the next date, unless they have it already.</summary>
internal static class Renewals
{
    /// <param name="key">Its detail is the date that the question was asked about.</param>
    /// <param name="settings">As they will be after the presses before this one.</param>
    /// <returns>No option where it was renewed since, or there is nothing to renew.</returns>
    public static (Option? Option, string Answer) Pressed(ScreenKey key, ClusterView view, Settings settings)
    {
        var texts = Texts.For(settings.OwnerLanguage);
        if (FleetScreens.Find(view, key.Node) is not { } member)
            return (null, texts[Text.NoSuchNode]);
        var bill = Bill.Of(settings.Options, key.Node!);
        if (bill is not { Expires: { } expires, Renewed: { } until } || Bill.Date(expires) != key.Detail)
            return (null, texts[Text.RenewAlready]);
        return (new Option(Options.BillExpires, key.Node, Bill.Date(until)), texts.Format(Text.RenewDone, member.Record.Name, TrafficScreens.Day(until, texts)));
    }
}
