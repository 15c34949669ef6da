using System.Globalization;

namespace Constella.Bench;

/// <summary>The short form: bytes, which are the same on every machine, held against those of a file.</summary>
internal static class Counts
{
    private const double MostRise = 0.15;
    private const int Members = 25;

    private static string Path => System.IO.Path.Combine(AppContext.BaseDirectory, "../../../counts.txt");

    public static async Task<IReadOnlyList<(string Name, double Bytes)>> TakeAsync()
    {
        var messages = new SignedMessages();
        var core = Heartbeats.Core(Members).Core;
        var http = await Heartbeats.HttpAsync(Members);
        return
        [
            ("sign a request", Allocated.PerCall(SignedMessages.Calls, _ => messages.Sign(), messages.Prepare)),
            ("verify a request", Allocated.PerCall(SignedMessages.Calls, messages.Verify, messages.Prepare)),
            ("sign an answer", Allocated.PerCall(SignedMessages.Calls, messages.SignAnswer, messages.Prepare)),
            ("verify an answer", Allocated.PerCall(SignedMessages.Calls, messages.VerifyAnswer, messages.Prepare)),
            ("core: a heartbeat comes in", core.Received),
            ("core: a heartbeat is answered", core.Answered),
            ("core: a heartbeat is sent", core.Sent),
            ("HTTP: a heartbeat comes in", http[0]),
            ("HTTP: a heartbeat goes out and is answered", http[1]),
        ];
    }

    public static void Write(IReadOnlyList<(string Name, double Bytes)> counts)
    {
        File.WriteAllLines(Path, counts.Select(count => Table.Text($"{count.Bytes:0} {count.Name}")));
        Console.WriteLine($"{counts.Count} counts written to bench/requests/counts.txt");
    }

    /// <returns>False where one has risen.</returns>
    public static bool Check(IReadOnlyList<(string Name, double Bytes)> counts)
    {
        var known = File.ReadLines(Path).Select(line => line.Split(' ', 2)).ToDictionary(parts => parts[1], parts => double.Parse(parts[0], CultureInfo.InvariantCulture));
        var risen = 0;
        foreach (var (name, bytes) in counts)
        {
            var before = known.GetValueOrDefault(name);
            var good = bytes <= before * (1 + MostRise);
            risen += good ? 0 : 1;
            Console.WriteLine(Table.Text($"{(good ? "ok" : "not ok")} {name}: {bytes:0} bytes allocated, {before:0} in bench/requests/counts.txt"));
        }
        if (risen > 0)
            Console.WriteLine(Table.Text($"# {risen} of {counts.Count} allocate over {MostRise * 100:0} % more than before. Find out why; where it is worth it: bench/requests/run --counts --write, and say why in the commit"));
        return risen == 0;
    }
}
