using System.Globalization;

namespace Constella.Core.Members;

/// <summary>Hours of the owner's day in which alerts make no sound (rule A6); over midnight where the end is before the beginning.</summary>
public readonly record struct QuietHours(TimeOnly From, TimeOnly To)
{
    /// <param name="local">The owner's time of day.</param>
    public bool Hold(TimeOnly local) => local.IsBetween(From, To);

    /// <summary>From a text such as <c>23:00-07:00</c>.</summary>
    public static bool TryParse(string? text, out QuietHours hours)
    {
        hours = default;
        if (text?.Split('-') is not [var first, var last] || !IsTime(first, out var from) || !IsTime(last, out var to) || from == to)
            return false;
        hours = new QuietHours(from, to);
        return true;
    }

    private static bool IsTime(string text, out TimeOnly time) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
}
