using Constella.Api.Cli.Terminal;
using Constella.Core.Stats;

namespace Constella.Api.Cli.Screens;

/// <summary>The consumption of one machine.</summary>
public static class StatsScreen
{
    private const int BarWidth = 20;
    private const int NarrowBarWidth = 8;
    private const int WideEnough = 72;

    public static void Write(NodeStats stats, ICliConsole console)
    {
        var ink = Ink.For(console);
        var bar = console.Width >= WideEnough ? BarWidth : NarrowBarWidth;
        var label = Math.Max(6, stats.Disks.Select(disk => disk.Mount.Length).Concat(stats.Networks.Select(net => net.Name.Length)).DefaultIfEmpty().Max());

        console.Out.WriteLine(ink.Paint(stats.Name, Tone.Strong) + "  " + Machine(stats, ink));
        console.Out.WriteLine();
        Row("CPU", stats.CpuPercent, Cores(stats));
        Row("RAM", Share(stats.MemoryUsedBytes, stats.MemoryTotalBytes), Of(stats.MemoryUsedBytes, stats.MemoryTotalBytes));
        if (stats.SwapTotalBytes.Value is 0)
            Text("Swap", "none");
        else
            Row("Swap", Share(stats.SwapUsedBytes, stats.SwapTotalBytes), Of(stats.SwapUsedBytes, stats.SwapTotalBytes));
        foreach (var disk in stats.Disks)
            Row(disk.Mount, DiskShare(disk), $"{Units.Bytes(disk.UsedBytes)} of {Units.Bytes(disk.TotalBytes)}, {disk.Type}");
        if (stats.DisksWhy is { } disks)
            Text("Disks", Unknown(disks, ink));
        foreach (var net in stats.Networks)
            Text(net.Name, Network(net, ink));
        if (stats.NetworksWhy is { } networks)
            Text("Net", Unknown(networks, ink));
        console.Out.WriteLine();
        Text("Reboot", stats.RebootRefused is { } why ? ink.Paint("refused: " + why, Tone.Warning) : "allowed");

        void Row(string name, Reading percent, string rest)
        {
            Text(name, percent.Value is { } value
                ? $"{ink.Bar(value, bar)} {Units.Percent(value),5}   {rest}".TrimEnd()
                : Unknown(percent.Why, ink));
        }

        void Text(string name, string text) => console.Out.WriteLine(ink.Paint(name.PadRight(label), Tone.Quiet) + "  " + text);
    }

    private static string Machine(NodeStats stats, Ink ink)
    {
        var parts = new[]
        {
            stats.Os,
            stats.Kernel is { } kernel ? $"Linux {kernel}" : null,
            stats.Architecture,
            stats.UptimeSeconds.Value is { } up ? "up " + Units.Duration(TimeSpan.FromSeconds(up)) : Unknown("uptime", stats.UptimeSeconds.Why),
        };
        return string.Join(ink.Separator, parts.Where(part => part is not null));
    }

    private static string Cores(NodeStats stats)
    {
        var cores = stats.Cores.Value is { } count ? $"{count:0} {(count == 1 ? "core" : "cores")}" : Unknown("cores", stats.Cores.Why);
        var load = stats.Load1.Value is { } one && stats.Load5.Value is { } five && stats.Load15.Value is { } fifteen
            ? $"load {Units.Number(one)} {Units.Number(five)} {Units.Number(fifteen)}"
            : Unknown("load", stats.Load1.Why);
        return $"{cores}, {load}";
    }

    private static Reading Share(Reading used, Reading total) => (used.Value, total.Value) switch
    {
        ({ } part, { } whole) when whole > 0 => part / whole * 100,
        (null, _) => Reading.Unknown(used.Why ?? "not read"),
        _ => Reading.Unknown(total.Why ?? "total is 0"),
    };

    // As df counts it: what only root may use is neither free nor used.
    private static Reading DiskShare(DiskStats disk)
    {
        var usable = disk.UsedBytes + disk.AvailableBytes;
        return usable > 0 ? 100.0 * disk.UsedBytes / usable : Reading.Unknown("size is 0");
    }

    private static string Of(Reading used, Reading total) =>
        used.Value is { } part && total.Value is { } whole ? $"{Units.Bytes(part)} of {Units.Bytes(whole)}" : "";

    private static string Network(NetStats net, Ink ink) =>
        $"in {Rate(net.ReceivedPerSecond, ink)}, out {Rate(net.SentPerSecond, ink)} (since boot {Units.Bytes(net.ReceivedBytes)} in, {Units.Bytes(net.SentBytes)} out)";

    private static string Rate(double? rate, Ink ink) => rate is { } bytes ? Units.Bytes(bytes) + "/s" : ink.Dash;

    private static string Unknown(string? why, Ink ink) => ink.Paint("unknown: " + (why ?? "not read"), Tone.Warning);

    private static string Unknown(string what, string? why) => $"{what} unknown ({why ?? "not read"})";
}
