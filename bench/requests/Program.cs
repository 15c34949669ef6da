using Constella.Bench;

const string Help = """
    What signing costs a node.

      bench/requests/run [signing] [heartbeats] [http]     tables; all three where none is named
      bench/requests/run --counts [--write]                bytes allocated, held against bench/requests/counts.txt

      signing      time and memory of signing and checking one message
      heartbeats   memory for each heartbeat, by the number of members
      http         one node in a process of its own, and its callers: signed calls against the same handlers unsigned

    --rounds N     pairs of rounds in http (20), each of 1 000 calls signed and 1 000 unsigned
    --write        takes the counts of this run as those to be held against

    Exit code 1 where a goal is missed, or a count has risen by more than 15 %.
    """;

var parts = args.Where(word => word is "signing" or "heartbeats" or "http").ToList();
var rounds = 20;
switch (args)
{
    case ["serve", var folder]:
        return await Served.RunAsync(folder);
    case ["--help" or "-h"]:
        Console.WriteLine(Help);
        return 0;
    case ["--counts"]:
        return Counts.Check(await Counts.TakeAsync()) ? 0 : 1;
    case ["--counts", "--write"]:
        Counts.Write(await Counts.TakeAsync());
        return 0;
    case [.. var words, "--rounds", var number] when words.Length == parts.Count && int.TryParse(number, out rounds) && rounds is > 0 and <= 40:
    case [.. var all] when all.Length == parts.Count:
        break;
    default:
        Console.Error.WriteLine(Help);
        return 2;
}
var good = true;
if (parts.Count == 0 || parts.Contains("signing"))
    good &= Signing.Print();
if (parts.Count == 0 || parts.Contains("heartbeats"))
    good &= await Heartbeats.PrintAsync();
if (parts.Count == 0 || parts.Contains("http"))
    good &= Throughput.Print(rounds);
Console.WriteLine(good ? "goals: met" : "goals: MISSED");
return good ? 0 : 1;
