using System.Globalization;
using Constella.Bench;

var days = Number("--days", 30);
var nodes = Number("--nodes", 50);
if (args.Length % 2 != 0 || days is < 1 or > 365 || nodes is < 3 or > 128)
{
    Console.Error.WriteLine("usage: bench/history/run [--days 1..365] [--nodes 3..128]");
    return 2;
}
return Figures.Print(days, nodes) ? 0 : 1;

int Number(string name, int fallback) =>
    Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length
        ? int.TryParse(args[at + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1
        : fallback;
