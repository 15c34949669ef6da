using System.Globalization;

namespace Constella.Api.Host.Parsing;

/// <summary>What the parsers of procfs have in common: they take any text, and never throw.</summary>
internal static class Fields
{
    private static readonly char[] Blank = [' ', '\t'];

    public static string[] Split(string line) => line.Split(Blank, StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A counter; one that exceeds <see cref="long.MaxValue"/> is cut to it.</summary>
    public static long? Counter(string text) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            ? (long)Math.Min(value, long.MaxValue)
            : null;

    /// <summary>A finite number of zero or more.</summary>
    public static double? Number(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value)
            ? value
            : null;

    /// <summary>The sum, or <see cref="long.MaxValue"/> where it would not fit. Terms are not negative.</summary>
    public static long Add(long a, long b) => a > long.MaxValue - b ? long.MaxValue : a + b;
}
