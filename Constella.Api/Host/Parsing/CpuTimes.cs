using Constella.Core.Stats;

namespace Constella.Api.Host.Parsing;

/// <summary>Ticks of all cores since boot, from <c>/proc/stat</c>.</summary>
public readonly record struct CpuTimes(long Busy, long Total, int Cores)
{
    // user nice system idle iowait irq softirq steal; guest time, which follows, is part of user already.
    private const int Columns = 8;
    private const int Idle = 3;
    private const int IoWait = 4;

    /// <summary>Null when the text has no usable <c>cpu</c> line.</summary>
    public static CpuTimes? Parse(string text)
    {
        long busy = 0, total = 0;
        var found = false;
        var cores = 0;
        foreach (var line in text.Split('\n'))
        {
            if (!line.StartsWith("cpu", StringComparison.Ordinal))
                continue;
            var fields = Fields.Split(line);
            if (fields[0] != "cpu")
            {
                cores += fields[0].Length > 3 && fields[0].AsSpan(3).IndexOfAnyExceptInRange('0', '9') < 0 ? 1 : 0;
                continue;
            }

            if (found || fields.Length <= Idle + 1)
                continue;
            found = Sum(fields, out busy, out total);
        }

        return found ? new CpuTimes(busy, total, cores) : null;
    }

    /// <summary>Percent of all cores together since <paramref name="earlier"/>.</summary>
    public Reading PercentSince(CpuTimes earlier)
    {
        var total = Total - earlier.Total;
        var busy = Busy - earlier.Busy;
        if (total <= 0)
            return Reading.Unknown("the kernel's CPU counters did not move forward");

        // iowait may run backwards by a tick (proc(5)), so a share can leave its bounds by a little.
        return Math.Round(Math.Clamp(100.0 * busy / total, 0, 100), 1);
    }

    private static bool Sum(string[] fields, out long busy, out long total)
    {
        busy = 0;
        total = 0;
        for (var i = 0; i < Columns && i + 1 < fields.Length; i++)
        {
            if (Fields.Counter(fields[i + 1]) is not { } ticks)
                return false;
            total = Fields.Add(total, ticks);
            if (i is not (Idle or IoWait))
                busy = Fields.Add(busy, ticks);
        }

        return true;
    }
}
