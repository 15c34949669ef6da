using System.Globalization;

namespace Constella.Api.Cli.Terminal;

/// <summary>Figures as people read them.</summary>
public static class Units
{
    private static readonly string[] Powers = ["B", "kB", "MB", "GB", "TB", "PB"];

    /// <summary>Powers of 1000, three digits: <c>1.95 GB</c>.</summary>
    public static string Bytes(double bytes)
    {
        var power = 0;
        // 999.5 would be printed as 1000: it belongs to the next unit.
        while (bytes >= 999.5 && power < Powers.Length - 1)
        {
            bytes /= 1000;
            power++;
        }
        var format = power == 0 || bytes >= 99.95 ? "0" : bytes >= 9.995 ? "0.0" : "0.00";
        return string.Create(CultureInfo.InvariantCulture, $"{bytes.ToString(format, CultureInfo.InvariantCulture)} {Powers[power]}");
    }

    /// <summary>The two largest units: <c>12 d 4 h</c>, <c>42 s</c>.</summary>
    public static string Duration(TimeSpan time)
    {
        if (time < TimeSpan.FromMinutes(1))
            return Invariant($"{Math.Max(0, (int)time.TotalSeconds)} s");
        if (time < TimeSpan.FromHours(1))
            return Pair(time.Minutes, "min", time.Seconds, "s");
        return time < TimeSpan.FromDays(1)
            ? Pair(time.Hours, "h", time.Minutes, "min")
            : Pair((int)time.TotalDays, "d", time.Hours, "h");
    }

    public static string Percent(double percent) => Invariant($"{percent:0} %");

    public static string Milliseconds(double ms) => ms < 9.95 ? Invariant($"{ms:0.0} ms") : Invariant($"{ms:0} ms");

    public static string Number(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Local time of the screen; the wire is UTC.</summary>
    public static string Moment(DateTimeOffset moment, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTime(moment, zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Pair(int large, string largeUnit, int small, string smallUnit) =>
        small == 0 ? Invariant($"{large} {largeUnit}") : Invariant($"{large} {largeUnit} {small} {smallUnit}");

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
