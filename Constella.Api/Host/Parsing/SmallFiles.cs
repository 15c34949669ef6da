using Constella.Core.Stats;

namespace Constella.Api.Host.Parsing;

/// <summary>Files of a line or two.</summary>
public static class SmallFiles
{
    /// <summary><c>/proc/loadavg</c>: one, five and fifteen minutes.</summary>
    public static (Reading One, Reading Five, Reading Fifteen) LoadAverage(string text)
    {
        var fields = Fields.Split(text.TrimEnd('\n'));
        return (At(0), At(1), At(2));

        Reading At(int index) =>
            fields.Length >= 4 && Fields.Number(fields[index]) is { } load ? load : Reading.Unknown("loadavg is not as expected");
    }

    /// <summary><c>/proc/uptime</c>, in seconds.</summary>
    public static Reading Uptime(string text)
    {
        var fields = Fields.Split(text.TrimEnd('\n'));
        return fields.Length == 2 && Fields.Number(fields[0]) is { } seconds ? seconds : Reading.Unknown("uptime is not as expected");
    }

    /// <summary>When a process started, in ticks since the kernel's boot: field 22 of <c>/proc/PID/stat</c>, whose name may hold anything.</summary>
    public static long? StartTicks(string text)
    {
        var fields = Fields.Split(text[(text.LastIndexOf(')') + 1)..].TrimEnd('\n'));
        return fields.Length >= 20
            && long.TryParse(fields[19], System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var ticks)
                ? ticks
                : null;
    }

    /// <summary>The name for people in <c>os-release</c>.</summary>
    public static string? OsName(string text)
    {
        string? name = null, version = null;
        foreach (var line in text.Split('\n'))
        {
            if (Value(line, "PRETTY_NAME=") is { } pretty)
                return pretty;
            name ??= Value(line, "NAME=");
            version ??= Value(line, "VERSION_ID=");
        }

        return name is null || version is null ? name : $"{name} {version}";
    }

    /// <summary>The first line, without control characters; null when nothing is left.</summary>
    public static string? Line(string? text)
    {
        var line = text?.Split('\n')[0].Trim();
        return string.IsNullOrEmpty(line) || line.Any(char.IsControl) ? null : line;
    }

    /// <summary>Effective capabilities in <c>/proc/self/status</c>.</summary>
    public static ulong Capabilities(string text)
    {
        const string key = "CapEff:";
        foreach (var line in text.Split('\n'))
        {
            if (line.StartsWith(key, StringComparison.Ordinal)
                && ulong.TryParse(line.AsSpan(key.Length).Trim(), System.Globalization.NumberStyles.AllowHexSpecifier,
                    System.Globalization.CultureInfo.InvariantCulture, out var bits))
                return bits;
        }

        return 0;
    }

    private static string? Value(string line, string key) =>
        line.StartsWith(key, StringComparison.Ordinal) ? Line(line[key.Length..].Trim().Trim('"', '\'')) : null;
}
