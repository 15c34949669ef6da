using System.Globalization;
using Constella.Tests.Simulation;

namespace Constella.Bench;

/// <summary>What the command line asks for.</summary>
internal sealed record Arguments(int From, int To, int Workers, WorldOptions Options, bool Trace, string? Ledger)
{
    public const string Usage =
        """
        usage: bench/simulate [--seeds A..B] [--nodes N] [--hours H] [--workers N] [--ledger FILE]
               bench/simulate --seeds N --trace [--nodes N] [--hours H]

          --seeds A..B   which seeds, 1..1000 when left out; one number is one seed
          --nodes N      all seeds begin with N nodes, 1 to 9; else 1, 2, 3, 5 or 7 by the seed
          --hours H      simulated hours a seed, the last minute without faults; 1/6 when left out
          --workers N    threads; as many as there are cores when left out
          --trace        all that happens in this seed
          --ledger FILE  continues what FILE says was run, by whole thousands of seeds
        """;

    private const double LongestHours = 1_000;

    /// <returns>Null when something in it makes no sense.</returns>
    public static Arguments? Parse(string[] args)
    {
        var parsed = new Arguments(1, 1_000, Environment.ProcessorCount, new WorldOptions(), false, null);
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--trace")
                parsed = parsed with { Trace = true };
            else if (i + 1 < args.Length && Apply(parsed, args[i], args[++i]) is { } next)
                parsed = next;
            else
                return null;
        }
        return parsed.Trace && (parsed.From != parsed.To || parsed.Ledger is not null) ? null : parsed;
    }

    private static Arguments? Apply(Arguments to, string name, string value) => name switch
    {
        "--seeds" => Seeds(to, value.Split("..")),
        "--nodes" when Number(value) is >= 1 and <= 9 and var nodes => to with { Options = to.Options with { Nodes = nodes } },
        "--workers" when Number(value) is >= 1 and <= 1_024 and var workers => to with { Workers = workers },
        "--hours" when Hours(value) is { } ms => to with { Options = to.Options with { DurationMs = ms } },
        "--ledger" when value.Length > 0 => to with { Ledger = value },
        _ => null,
    };

    private static Arguments? Seeds(Arguments to, string[] ends) =>
        ends.Length <= 2 && Number(ends[0]) is { } first && Number(ends[^1]) is { } last && first <= last && first > 0 && last <= 2_000_000_000
            ? to with { From = first, To = last }
            : null;

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    // Faults and workload are planned around a minute of quiet at the end: less than five minutes holds too little of either.
    private static long? Hours(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var hours) && hours is >= 0.08 and <= LongestHours
            ? (long)(hours * 3_600_000)
            : null;
}
