using System.Collections.Immutable;

namespace Constella.Api.Host.Parsing;

/// <summary>What one core has spent in each of <see cref="KernelStat.Modes"/>, in seconds since boot.</summary>
/// <param name="Core">Its number.</param>
public sealed record CoreSeconds(string Core, ImmutableArray<double> Seconds);

/// <summary>Core by core, from <c>/proc/stat</c>.</summary>
/// <param name="BootTime">When the kernel started, in Unix seconds; null where it is not told.</param>
public sealed record KernelStat(ImmutableArray<CoreSeconds> Cores, long? BootTime)
{
    // USER_HZ: 100 on every architecture that .NET runs on.
    private const double TicksPerSecond = 100;

    /// <summary>The columns; guest time, which follows, is part of user already.</summary>
    public static ImmutableArray<string> Modes { get; } = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"];

    public static KernelStat Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var cores = ImmutableArray.CreateBuilder<CoreSeconds>();
        long? boot = null;
        foreach (var line in text.Split('\n'))
        {
            var fields = Fields.Split(line);
            if (fields is ["btime", var at])
                boot = Fields.Counter(at);
            else if (fields.Length > Modes.Length && fields[0] is ['c', 'p', 'u', _, ..] name && name.AsSpan(3).IndexOfAnyExceptInRange('0', '9') < 0)
                Add(cores, name[3..], fields);
        }
        return new KernelStat(cores.ToImmutable(), boot);
    }

    private static void Add(ImmutableArray<CoreSeconds>.Builder cores, string core, string[] fields)
    {
        var seconds = new double[Modes.Length];
        for (var i = 0; i < seconds.Length; i++)
        {
            if (Fields.Counter(fields[i + 1]) is not { } ticks)
                return;
            seconds[i] = ticks / TicksPerSecond;
        }
        cores.Add(new CoreSeconds(core, [.. seconds]));
    }
}
