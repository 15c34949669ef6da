using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Constella.Core.Members;

/// <summary>Numbers of bytes as people write them: <c>500MB</c>, <c>1.5 TB</c> in powers of 1000, <c>2TiB</c> in powers of 1024.</summary>
public static class ByteSize
{
    private const string Prefixes = "KMGTP";

    /// <summary>A number with B, kB to PB, or KiB to PiB; or without, which is bytes. <see cref="Limits.LargestSize"/> at most.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out long bytes)
    {
        bytes = 0;
        var digits = text?.TakeWhile(static c => char.IsAsciiDigit(c) || c == '.').Count() ?? 0;
        if (digits is 0 or > 16 || !decimal.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            return false;
        var unit = text![digits..].Trim().ToUpperInvariant();
        if (unit is not ("" or "B"))
        {
            var power = Prefixes.IndexOf(unit[0], StringComparison.Ordinal) + 1;
            if (power == 0 || unit[1..] is not ("B" or "IB"))
                return false;
            number = Enumerable.Repeat(unit.Length == 3 ? 1024m : 1000m, power).Aggregate(number, static (size, factor) => size * factor);
        }
        if (number > Limits.LargestSize)
            return false;
        bytes = (long)number;
        return true;
    }
}
