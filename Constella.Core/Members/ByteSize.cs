using System.Globalization;

namespace Constella.Core.Members;

/// <summary>A number of bytes as people write it: <c>500MB</c>, <c>1.5GB</c>, <c>20 GB</c>; powers of 1000.</summary>
public static class ByteSize
{
    private static readonly (string Unit, long Bytes)[] s_units = [("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000), ("B", 1)];

    /// <summary>A number below 10^15 with B, kB, MB, GB or TB; or without, which is bytes.</summary>
    public static bool TryParse(string? text, out long bytes)
    {
        bytes = 0;
        if (text is null)
            return false;
        var number = text.Trim();
        var factor = 1L;
        foreach (var (unit, size) in s_units)
        {
            if (!number.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
                continue;
            (number, factor) = (number[..^unit.Length].TrimEnd(), size);
            break;
        }
        if (number.Length is 0 or > 15 || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            return false;
        if (value * factor >= 1_000_000_000_000_000)
            return false;
        bytes = (long)(value * factor);
        return true;
    }
}
