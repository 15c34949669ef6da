using System.Collections.Immutable;
using System.Globalization;
using Constella.Core.Stats;

namespace Constella.Api.Charts;

/// <summary>A line of the grid.</summary>
internal readonly record struct Tick(double At, string Label);

/// <summary>Where the axes have their few lines, and what stands beside them.</summary>
internal static class ChartAxes
{
    private const int ValueTicks = 4;
    private const int TimeTicks = 7;

    /// <summary>Time zones differ from each other by quarters of an hour.</summary>
    private const int Grain = 900;

    private const int Day = 86_400;
    private static readonly int[] s_timeSteps = [900, 1_800, 3_600, 7_200, 14_400, 21_600, 43_200, Day, 2 * Day, 5 * Day, 7 * Day];

    /// <summary>From 0 to the last one, which no value exceeds.</summary>
    public static ImmutableArray<Tick> Values(Metric metric, double max, ChartWords words)
    {
        max = Math.Max(max, Least(metric));
        var unit = metric is Metric.Received or Metric.Sent ? Unit(max, words.Sizes.Length) : 0;
        var scale = Math.Pow(1_024, unit);
        var step = Nice(max / scale / ValueTicks, metric);
        var count = Math.Max(1, (int)Math.Ceiling((max / scale / step) - 1e-9));
        var format = step >= 1 ? "0" : step >= 0.1 ? "0.0" : "0.00";
        return [.. Enumerable.Range(0, count + 1).Select(i => new Tick(i * step * scale, Label(i * step)))];

        string Label(double value) => metric switch
        {
            Metric.Load => value.ToString(format, CultureInfo.InvariantCulture),
            Metric.Received or Metric.Sent => string.Format(
                CultureInfo.InvariantCulture, words.PerSecond, value.ToString(format, CultureInfo.InvariantCulture) + " " + words.Sizes[unit]),
            _ => value.ToString(format, CultureInfo.InvariantCulture) + " %",
        };
    }

    /// <summary>Round moments of the zone's own clock: hours where days have several lines, else dates.</summary>
    public static ImmutableArray<Tick> Times(long from, long to, TimeZoneInfo zone, ChartWords words)
    {
        var step = s_timeSteps.FirstOrDefault(step => (to - from) / step <= TimeTicks, s_timeSteps[^1]);
        var ticks = ImmutableArray.CreateBuilder<Tick>();
        // Looked at one by one, so that a change to summer time moves no line off its hour.
        for (var at = ((from + Grain - 1) / Grain) * Grain; at <= to; at += Grain)
        {
            var local = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(at), zone);
            var seconds = (int)local.TimeOfDay.TotalSeconds;
            var days = (int)(local.Date - DateTime.UnixEpoch).TotalDays;
            if (step < Day ? seconds % step == 0 : seconds == 0 && days % (step / Day) == 0)
                ticks.Add(new Tick(at, seconds == 0 ? Date(local, words) : local.ToString("HH:mm", CultureInfo.InvariantCulture)));
        }
        return ticks.ToImmutable();
    }

    /// <summary>A value as a sentence has it, with its unit.</summary>
    public static string Value(Metric metric, double value, ChartWords words)
    {
        if (metric == Metric.Load)
            return value.ToString("0.00", CultureInfo.InvariantCulture);
        if (metric is not (Metric.Received or Metric.Sent))
            return value.ToString(value < 9.95 ? "0.0" : "0", CultureInfo.InvariantCulture) + " %";
        var unit = Unit(value, words.Sizes.Length);
        var scaled = value / Math.Pow(1_024, unit);
        var size = scaled.ToString(unit == 0 || scaled >= 99.95 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + words.Sizes[unit];
        return string.Format(CultureInfo.InvariantCulture, words.PerSecond, size);
    }

    /// <summary>The zone's name with its present distance from UTC.</summary>
    public static (TimeZoneInfo Zone, string Name) Zone(HistorySeries series)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(series.Zone, out var zone))
            zone = TimeZoneInfo.Utc;
        var offset = zone.GetUtcOffset(DateTimeOffset.FromUnixTimeSeconds(series.To));
        if (offset == TimeSpan.Zero)
            return (zone, zone.Id is "UTC" or "Etc/UTC" ? "UTC" : zone.Id + " (UTC)");
        var sign = offset < TimeSpan.Zero ? "-" : "+";
        return (zone, $"{zone.Id} (UTC{sign}{offset.ToString(offset.Minutes == 0 ? "%h" : @"h\:mm", CultureInfo.InvariantCulture)})");
    }

    private static string Date(DateTimeOffset local, ChartWords words) =>
        local.Day.ToString(CultureInfo.InvariantCulture) + " " + words.Months[local.Month - 1];

    private static int Unit(double value, int units)
    {
        var unit = 0;
        for (; value >= 1_024 && unit < units - 1; unit++)
            value /= 1_024;
        return unit;
    }

    /// <summary>The axis reaches at least so far: the noise of an idle machine shall not fill the picture.</summary>
    private static double Least(Metric metric) => metric switch
    {
        Metric.Received or Metric.Sent => 1_024,
        Metric.Load => 0.2,
        _ => 10,
    };

    /// <summary>The next number of 1, 2, 5 (and 25 %) times a power of ten.</summary>
    private static double Nice(double raw, Metric metric)
    {
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var percent = metric is Metric.Cpu or Metric.Ram or Metric.Disk;
        ReadOnlySpan<double> factors = percent && power >= 10 ? [1, 2, 2.5, 5, 10] : [1, 2, 5, 10];
        foreach (var factor in factors)
        {
            if (factor * power >= raw - 1e-9)
                return factor * power;
        }
        return 10 * power;
    }
}
