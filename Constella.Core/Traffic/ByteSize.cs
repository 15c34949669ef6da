using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Constella.Core.Traffic;

/// <summary>Amounts of traffic as providers write them: <c>500GB</c> and <c>1.5TB</c> in powers of 1000, <c>2TiB</c> in powers of 1024.</summary>
public static class ByteSize
{
    private const string Prefixes = "MGTP";

    /// <summary>A number with a unit from MB to PB (MiB to PiB), of 1 MB at least and <see cref="Limits.TrafficQuota"/> at most.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out long bytes)
    {
        bytes = 0;
        var digits = text?.TakeWhile(static c => char.IsAsciiDigit(c) || c == '.').Count() ?? 0;
        if (digits is 0 or > 12 || !decimal.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return false;
        var unit = text![digits..].Trim().ToUpperInvariant();
        var power = unit.Length is 2 or 3 ? Prefixes.IndexOf(unit[0], StringComparison.Ordinal) + 2 : 1;
        if (power < 2 || unit[1..] is not ("B" or "IB"))
            return false;
        var exact = Enumerable.Repeat(unit.Length == 3 ? 1024m : 1000m, power).Aggregate(number, static (size, factor) => size * factor);
        if (exact < 1_000_000 || exact > Limits.TrafficQuota)
            return false;
        bytes = (long)exact;
        return true;
    }
}
