using System.Globalization;

namespace Constella.Bench;

/// <summary>What the command line asks for.</summary>
/// <param name="Model">Nodes of the model; null: the real node is measured.</param>
/// <param name="Micros">What the model takes a heartbeat to cost, at one end.</param>
internal sealed record Arguments(string Program, IReadOnlyList<int> Others, TimeSpan Warm, TimeSpan Time, int? Model, int Micros)
{
    public const string Usage =
        """
        usage: bench/scale [--peers "4 9 24 49 99"] [--seconds 1..3600] [--warm 0..600] [--program FILE]
               bench/scale --model [2..10000] [--micros 1..100000]

          --peers    how many others, one measurement each
          --seconds  how long each is measured (60), --warm after how long (30)
          --program  another program than the release that is built here
          --model    a model of so many nodes (1000); --micros: CPU of a heartbeat as the other form prints it
        """;

    /// <returns>Null when something in it makes no sense.</returns>
    public static Arguments? Parse(string[] args)
    {
        var parsed = new Arguments("", [4, 9, 24, 49, 99], TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60), null, Constella.Bench.Model.UsualMicros);
        for (var i = 0; i < args.Length; i++)
        {
            if (args[i] == "--model" && (i + 1 == args.Length || args[i + 1].StartsWith('-')))
                parsed = parsed with { Model = 1_000 };
            else if (i + 1 < args.Length && Apply(parsed, args[i], args[++i]) is { } next)
                parsed = next;
            else
                return null;
        }
        return parsed.Model is null && parsed.Program.Length == 0 ? null : parsed;
    }

    private static Arguments? Apply(Arguments to, string name, string value) => name switch
    {
        "--program" => to with { Program = value },
        "--peers" when value.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => Number(text)).ToArray() is { Length: > 0 } others && others.All(number => number is >= 1 and <= 127) =>
            to with { Others = others },
        "--seconds" when Number(value) is >= 1 and <= 3_600 and var seconds => to with { Time = TimeSpan.FromSeconds(seconds) },
        "--warm" when Number(value) is >= 0 and <= 600 and var seconds => to with { Warm = TimeSpan.FromSeconds(seconds) },
        "--micros" when Number(value) is >= 1 and <= 100_000 and var micros => to with { Micros = micros },
        "--model" when Number(value) is >= 2 and <= 10_000 and var nodes => to with { Model = nodes },
        _ => null,
    };

    private static int Number(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;
}
