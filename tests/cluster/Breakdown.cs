using System.Globalization;

namespace ClusterTrials;

/// <summary>What a failover was made of: moments in milliseconds since the fault (of a planned stop, since the old Host's last answer), each as its own machine saw it.</summary>
/// <param name="Detected">The successor's log: the Host is down; with two nodes, where a witness takes over, that it does not answer. Of a planned stop, the old Host's log: the lease is handed over.</param>
/// <param name="Won">The successor's log: it is the Host, or runs the bot as witness.</param>
/// <param name="Polled">Telegram: the successor's first poll after that.</param>
/// <param name="Answered">Telegram: its first answer to the owner.</param>
internal sealed record Breakdown(double Detected, double Won, double Polled, double Answered)
{
    /// <summary>How long each part took, in its order.</summary>
    public IReadOnlyList<double> Parts => [Detected, Won - Detected, Polled - Won, Answered - Polled];

    public static readonly IReadOnlyList<string> Names = ["detection", "grants", "first poll", "first answer"];

    public static Breakdown? Find(Fleet fleet, Journal journal, Fault fault, double start)
    {
        var host = fleet.First;
        if (journal.Answers.OrderBy(each => each.At).FirstOrDefault(each => each.At > start && each.Remote != host.Address) is not { Remote: { } remote } answer)
            return null;
        var next = fleet.Machines.Single(machine => machine.Address == remote);
        var won = Logged(journal, next, start, " this node is the Host now", " this node runs the bot, Telegram is the witness", " no quorum: this node runs the bot");
        var detected = fault == Fault.Stop
            ? Logged(journal, host, start, " the lease is handed over")
            : Logged(journal, next, start, fleet.Machines.Count == 2 ? $" node does not answer: {host.Name}" : $" node is down: {host.Name}");
        var polled = journal.Polls.Where(poll => poll.Remote == remote && poll.At >= won - 5).Select(poll => (double?)poll.At).Min();
        return detected is { } a && won is { } b && polled is { } c && a <= b && c <= answer.At ? new Breakdown(a - start, b - start, c - start, answer.At - start) : null;
    }

    /// <summary>When a line with one of these texts was written first after that moment.</summary>
    private static double? Logged(Journal journal, Machine machine, double since, params string[] texts)
    {
        foreach (var line in File.ReadLines(machine.Log))
        {
            if (texts.Any(text => line.Contains(text, StringComparison.Ordinal)) && line.Length > Stamp.Length
                && DateTimeOffset.TryParseExact(line[..Stamp.Length], Stamp, CultureInfo.InvariantCulture, DateTimeStyles.None, out var wall)
                // Written to the millisecond, and cut off there.
                && journal.Mono(wall) > since - 2)
                return journal.Mono(wall);
        }
        return null;
    }

    /// <summary>How a line of a node's log begins.</summary>
    private const string Stamp = "yyyy-MM-dd HH:mm:ss.fff zzz";
}
