using Constella.Core.Stats;

namespace Constella.Api.Host.Parsing;

/// <summary>Bytes, from <c>/proc/meminfo</c>.</summary>
public sealed record MemInfo(Reading Total, Reading Used, Reading SwapTotal, Reading SwapUsed)
{
    public static MemInfo Unknown(string why)
    {
        var unknown = Reading.Unknown(why);
        return new(unknown, unknown, unknown, unknown);
    }

    public static MemInfo Parse(string text)
    {
        var fields = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon <= 0)
                continue;
            var value = Fields.Split(line[(colon + 1)..]);
            // A line cut short has lost its unit, and perhaps digits before it.
            if (value.Length == 2 && value[1] == "kB" && Fields.Counter(value[0]) is { } kilobytes)
                fields[line[..colon]] = kilobytes > long.MaxValue / 1024 ? long.MaxValue : kilobytes * 1024;
        }

        return new(
            Field(fields, "MemTotal"),
            Difference(fields, "MemTotal", Available(fields), "MemAvailable"),
            Field(fields, "SwapTotal"),
            Difference(fields, "SwapTotal", Get(fields, "SwapFree"), "SwapFree"));
    }

    // Kernels before 3.14, and some containers, do not tell MemAvailable: what free(1) did then.
    private static long? Available(Dictionary<string, long> fields)
    {
        if (Get(fields, "MemAvailable") is { } available)
            return available;
        return Get(fields, "MemFree") is { } free && Get(fields, "Cached") is { } cached
            ? Fields.Add(Fields.Add(free, cached), Get(fields, "Buffers") ?? 0)
            : null;
    }

    private static long? Get(Dictionary<string, long> fields, string name) =>
        fields.TryGetValue(name, out var value) ? value : null;

    private static Reading Field(Dictionary<string, long> fields, string name) =>
        Get(fields, name) is { } value ? value : Reading.Unknown($"meminfo has no {name}");

    private static Reading Difference(Dictionary<string, long> fields, string whole, long? part, string partName)
    {
        if (Get(fields, whole) is not { } total)
            return Reading.Unknown($"meminfo has no {whole}");
        if (part is not { } left)
            return Reading.Unknown($"meminfo has no {partName}");
        return left > total ? Reading.Unknown($"meminfo tells more {partName} than {whole}") : total - left;
    }
}
