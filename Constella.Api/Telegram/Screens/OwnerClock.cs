using System.Globalization;
using Constella.Core.Members;

namespace Constella.Api.Telegram.Screens;

/// <summary>Time as the owner reads it: in the zone of the settings, else in this machine's.</summary>
internal static class OwnerClock
{
    public static TimeZoneInfo Zone(Settings settings)
    {
        if (Options.Text(settings.Options, Options.TimeZone, null) is not { } name)
            return TimeZoneInfo.Local;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone))
            return zone;
        // A machine without the zone's file: an offset needs none.
        return TryOffset(name, out var offset) ? TimeZoneInfo.CreateCustomTimeZone(name, offset, name, name) : TimeZoneInfo.Local;
    }

    /// <summary>Whether a name is a zone of this machine, or an offset such as <c>+02:00</c>.</summary>
    public static bool IsZone(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out _) || TryOffset(name, out _);

    /// <summary>Rule A6: alerts make no sound now.</summary>
    public static bool IsQuiet(Settings settings, DateTimeOffset utc) =>
        QuietHours.TryParse(Options.Text(settings.Options, Options.AlertQuiet, null), out var hours)
        && hours.Hold(TimeOnly.FromDateTime(TimeZoneInfo.ConvertTime(utc, Zone(settings)).DateTime));

    /// <summary>A moment with its zone: <c>21 Nov 14:05 UTC+02:00</c>.</summary>
    public static string Moment(Settings settings, DateTimeOffset utc, Texts texts)
    {
        var local = TimeZoneInfo.ConvertTime(utc, Zone(settings));
        var zone = local.Offset == TimeSpan.Zero ? "UTC" : local.ToString("'UTC'zzz", CultureInfo.InvariantCulture);
        return $"{local.Day} {texts.Months[local.Month - 1]} {local.ToString("HH:mm", CultureInfo.InvariantCulture)} {zone}";
    }

    private static bool TryOffset(string name, out TimeSpan offset)
    {
        offset = default;
        if (name is not ['+' or '-', .. var hours] || !TimeSpan.TryParseExact(hours, @"hh\:mm", CultureInfo.InvariantCulture, out var size) || size > TimeSpan.FromHours(14))
            return false;
        offset = name[0] == '-' ? -size : size;
        return true;
    }
}
