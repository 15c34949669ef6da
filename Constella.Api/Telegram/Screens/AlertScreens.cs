using System.Collections.Immutable;
using Constella.Api.Telegram.Client;
using Constella.Core.Alerts;
using Constella.Core.Cluster;
using static Constella.Api.Telegram.Screens.FleetScreens;

namespace Constella.Api.Telegram.Screens;

/// <summary>The message about alerts that are due: each a line, with buttons that mute (rule A6).</summary>
internal static class AlertScreens
{
    /// <summary>In a mute button's data: alerts about all nodes and the network.</summary>
    public const string Everything = "all";

    public static (string Html, InlineKeyboardMarkup Keyboard) Message(ClusterView view, ImmutableArray<Alert> alerts, Texts texts)
    {
        var html = string.Join('\n', alerts.Select(alert => Line(view, alert, texts)));
        var nodes = alerts.Select(alert => alert.Node).Distinct().ToArray();
        var rows = ImmutableArray.CreateBuilder<ImmutableArray<InlineKeyboardButton>>();
        if (nodes is [{ } node] && Find(view, node) is { } member)
        {
            var name = member.Record.Name;
            rows.Add([Button(texts.Format(Text.OpenCard, name), new ScreenKey(ScreenKind.Open, node))]);
            if (alerts.Any(alert => alert.Kind is AlertKind.Traffic or AlertKind.Bill))
                rows.Add([Button(texts[Text.TrafficAndBill], new ScreenKey(ScreenKind.Open, node, TrafficScreens.Opened))]);
            rows.Add([Mute(texts.Format(Text.MuteHour, name), node, "1h"), Mute(texts.Format(Text.MuteDay, name), node, "24h")]);
        }
        rows.Add([Mute(texts.Format(Text.MuteHour, texts[Text.MuteEverything]), Everything, "1h"), Mute(texts.Format(Text.MuteDay, texts[Text.MuteEverything]), Everything, "24h")]);
        return (html, new InlineKeyboardMarkup(rows.ToImmutable()));
    }

    /// <summary>One alert, from its beginning to its end, as far as it has not been told.</summary>
    public static string Line(ClusterView view, Alert alert, Texts texts)
    {
        var name = alert.Node is { } node ? Name(view, node) : "";
        var detail = alert switch
        {
            { Kind: AlertKind.Host, Detail: { } before } => Name(view, before),
            { Kind: AlertKind.Bill } => TrafficScreens.Until(alert.Detail, alert.Since, texts),
            _ => Html.Escape(alert.Detail),
        };
        var lasted = texts.Lasting((alert.Ended ?? alert.Since) - alert.Since);
        var (begins, ends) = TextsOf(alert.Kind);
        if (alert.Told == AlertTold.Begun && ends is { } end)
            return texts.Format(end, name, lasted);
        var line = texts.Format(begins, name, detail, Moment(view, alert.Since, texts));
        return alert.Ended > alert.Since ? $"{line} ({texts.Format(Text.AlertOver, lasted)})" : line;
    }

    private static InlineKeyboardButton Mute(string label, string whom, string howLong) =>
        Button(label, new ScreenKey(ScreenKind.Mute, whom, howLong));

    // What has no duration has no end to tell.
    private static (Text Begins, Text? Ends) TextsOf(AlertKind kind) => kind switch
    {
        AlertKind.Down => (Text.AlertDown, Text.AlertDownEnd),
        AlertKind.Host => (Text.AlertHost, null),
        AlertKind.Quorum => (Text.AlertQuorum, Text.AlertQuorumEnd),
        AlertKind.Disk => (Text.AlertDisk, Text.AlertDiskEnd),
        AlertKind.Cpu => (Text.AlertCpu, Text.AlertCpuEnd),
        AlertKind.Ram => (Text.AlertRam, Text.AlertRamEnd),
        AlertKind.Clock => (Text.AlertClock, Text.AlertClockEnd),
        AlertKind.Certificate => (Text.AlertCertificate, Text.AlertCertificateEnd),
        AlertKind.Version => (Text.AlertVersion, Text.AlertVersionEnd),
        AlertKind.Reboot => (Text.AlertReboot, null),
        AlertKind.Traffic => (Text.AlertTraffic, Text.AlertTrafficEnd),
        AlertKind.Bill => (Text.AlertBill, Text.AlertBillEnd),
        _ => (Text.AlertUnknown, Text.AlertUnknownEnd),
    };
}
