using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Constella.Core.Joining;

/// <summary>Durations as people write them: <c>90s</c>, <c>15m</c>, <c>2h</c>, <c>1d</c>.</summary>
public static class Duration
{
    /// <summary>A whole number above 0 with its unit: at most 9 digits.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TimeSpan duration)
    {
        duration = default;
        if (text is not { Length: >= 2 and <= 10 } || !text[..^1].All(char.IsAsciiDigit))
            return false;
        var number = long.Parse(text[..^1], CultureInfo.InvariantCulture);
        var seconds = Seconds(text[^1]);
        duration = TimeSpan.FromSeconds(number * seconds);
        return number > 0 && seconds > 0;
    }

    /// <summary>The life of an invite, within <see cref="Limits.InviteMin"/> and <see cref="Limits.InviteMax"/>.</summary>
    /// <param name="problem">A sentence for a person when it is refused.</param>
    public static bool TryParseTtl(string? text, out TimeSpan ttl, [NotNullWhen(false)] out string? problem)
    {
        problem = !TryParse(text, out ttl) ? "A duration is a number with s, m, h or d: 90s, 15m, 2h, 1d."
            : ttl < Limits.InviteMin || ttl > Limits.InviteMax
                ? $"An invite lives {Format(Limits.InviteMin)} to {Format(Limits.InviteMax)}."
                : null;
        return problem is null;
    }

    /// <summary>The shortest form that <see cref="TryParse"/> reads back: whole seconds.</summary>
    public static string Format(TimeSpan duration)
    {
        var seconds = (long)duration.TotalSeconds;
        var unit = "dhm".FirstOrDefault(u => seconds % Seconds(u) == 0 && seconds > 0, 's');
        // 24h reads better than 1d where the limit is meant, and both are the same time.
        unit = unit == 'd' && seconds == 86_400 ? 'h' : unit;
        return string.Create(CultureInfo.InvariantCulture, $"{seconds / Seconds(unit)}{unit}");
    }

    private static int Seconds(char unit) => unit switch { 's' => 1, 'm' => 60, 'h' => 3_600, 'd' => 86_400, _ => 0 };
}
