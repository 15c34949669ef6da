using System.Globalization;
using Constella.Core.Cluster;
using Constella.Core.Stats;
using static Constella.Api.Telegram.Screens.FleetScreens;

namespace Constella.Api.Telegram.Screens;

/// <summary>The consumption of one machine; a figure that could not be read shows its reason.</summary>
internal static class ConsumptionScreen
{
    private const int DisksShown = 8;
    private const int NetworksShown = 8;

    public static Screen Of(ClusterView view, string node, NodeStats stats, Texts texts)
    {
        var lines = new List<string>
        {
            texts.Format(Text.ConsumptionTitle, Name(view, node), Moment(view, stats.At, texts)),
            "",
            texts.Format(Text.Cpu, Number(stats.CpuPercent, "0.0", texts), Number(stats.Cores, "0", texts)),
            texts.Format(Text.Load, Number(stats.Load1, "0.00", texts), Number(stats.Load5, "0.00", texts), Number(stats.Load15, "0.00", texts)),
            texts.Format(Text.Memory, Share(stats.MemoryUsedBytes, stats.MemoryTotalBytes, texts)),
            texts.Format(Text.Swap, Share(stats.SwapUsedBytes, stats.SwapTotalBytes, texts)),
        };
        lines.AddRange(stats.Disks.Take(DisksShown).Select(disk =>
            texts.Format(Text.Disk, Html.EscapeShort(disk.Mount, 60), Share(disk.UsedBytes, disk.TotalBytes, texts))));
        if (stats.DisksWhy is { } why)
            lines.Add(texts.Format(Text.Disk, "", Unknown(why, texts)));
        lines.AddRange(stats.Networks.Take(NetworksShown).Select(net => texts.Format(
            Text.Network, Html.EscapeShort(net.Name, 20), Rate(net.ReceivedPerSecond, texts), Rate(net.SentPerSecond, texts))));
        if (stats.NetworksWhy is { } reason)
            lines.Add(Unknown(reason, texts));
        lines.Add(texts.Format(Text.Uptime, Uptime(stats.UptimeSeconds, texts)));
        return Frame(node, string.Join('\n', lines), texts);
    }

    public static Screen Failed(ClusterView view, string node, string reason, Texts texts) =>
        Frame(node, texts.Format(Text.ConsumptionFailed, Name(view, node), Html.EscapeShort(reason)), texts);

    private static Screen Frame(string node, string html, Texts texts)
    {
        var key = new ScreenKey(ScreenKind.Consumption, node);
        return new Screen(key, html, Keyboard(
            [Button(texts[Text.Refresh], key)],
            [Button(texts[Text.BackToCard], new ScreenKey(ScreenKind.Card, node)), Button(texts[Text.BackToList], ScreenKey.List)]));
    }

    private static string Number(Reading reading, string format, Texts texts) =>
        reading.Value is { } value ? value.ToString(format, CultureInfo.InvariantCulture) : Unknown(reading.Why, texts);

    private static string Unknown(string? why, Texts texts) => texts.Format(Text.Unknown, Html.EscapeShort(why, 80));

    private static string Share(Reading used, Reading total, Texts texts)
    {
        if (used.Value is not { } part)
            return Unknown(used.Why, texts);
        if (total.Value is not { } whole)
            return Unknown(total.Why, texts);
        var percent = whole > 0 ? part * 100 / whole : 0;
        return texts.Format(Text.SizeOf, Size(part, texts), Size(whole, texts), percent.ToString("0", CultureInfo.InvariantCulture));
    }

    private static string Rate(double? perSecond, Texts texts) =>
        perSecond is { } value ? texts.Format(Text.PerSecond, Size(value, texts)) : "…";

    private static string Size(double bytes, Texts texts)
    {
        ReadOnlySpan<Text> units = [Text.Bytes, Text.KiB, Text.MiB, Text.GiB, Text.TiB];
        var unit = 0;
        for (; bytes >= 1024 && unit < units.Length - 1; unit++)
            bytes /= 1024;
        return bytes.ToString(unit == 0 || bytes >= 100 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + texts[units[unit]];
    }

    private static string Uptime(Reading seconds, Texts texts)
    {
        if (seconds.Value is not { } value)
            return Unknown(seconds.Why, texts);
        var time = TimeSpan.FromSeconds(value);
        return texts.Format(Text.UptimeValue, (int)time.TotalDays, time.Hours, time.Minutes);
    }
}
