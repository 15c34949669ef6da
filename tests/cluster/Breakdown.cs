using System.Globalization;

namespace ClusterTrials;

/// <summary>What a failover was made of: moments in milliseconds since the fault (of a planned stop, since the old Host's last answer), each as its own machine saw it.</summary>
/// <param name="Detected">The successor's log: the Host is down. With two nodes, where a witness takes over: its first probe at Telegram (rule W1). Of a planned stop, the old Host's log: the lease is handed over.</param>
/// <param name="Won">The successor's log: it is the Host, or runs the bot as witness.</param>
/// <param name="Polled">Telegram: the successor's first poll after that.</param>
/// <param name="Answered">Telegram: its first answer to a press. The message on the screen changes before that.</param>
internal sealed record Breakdown(double? Detected, double? Won, double? Polled, double Answered)
{
    /// <summary>How a line of a node's log begins.</summary>
    private const string Stamp = "yyyy-MM-dd HH:mm:ss.fff zzz";
    private const int StampLength = 30;

    public static readonly IReadOnlyList<string> Names = ["detection", "grants", "first poll", "first answer"];

    /// <summary>How long each part took, in its order; null where not all moments are known, or their order is another one.</summary>
    public IReadOnlyList<double>? Parts =>
        Detected is { } a && Won is { } b && Polled is { } c && a <= b && b <= c && c <= Answered ? [a, b - a, c - b, Answered - c] : null;

    public static Breakdown? Find(Fleet fleet, Journal journal, Fault fault, double start)
    {
        var host = fleet.First;
        if (journal.PressAnswers.FirstOrDefault(each => each.At > start && each.Remote != host.Address) is not { Remote: { } remote } answer)
            return null;
        var next = fleet.Machines.Single(machine => machine.Address == remote);
        var polls = journal.Polls.Where(poll => poll.Remote == remote && poll.At > start).Select(poll => (double?)poll.At).ToList();
        var won = Logged(journal, next, start, " this node is the Host now", " no quorum: this node runs the bot, Telegram is the witness");
        var detected = fault == Fault.Stop
            ? Logged(journal, host, start, " the lease is handed over")
            : fleet.Machines.Count == 2 ? polls.Min() : Logged(journal, next, start, $" node is down: {host.Name}");
        var polled = polls.Where(poll => poll >= won).Min();
        return new Breakdown(detected - start, won - start, polled - start, answer.At - start);
    }

    /// <summary>When a line with one of these texts was written first after that moment.</summary>
    private static double? Logged(Journal journal, Machine machine, double since, params string[] texts)
    {
        foreach (var line in File.ReadLines(machine.Log))
        {
            if (texts.Any(text => line.Contains(text, StringComparison.Ordinal)) && line.Length > StampLength
                && DateTimeOffset.TryParseExact(line[..StampLength], Stamp, CultureInfo.InvariantCulture, DateTimeStyles.None, out var wall)
                // Written to the millisecond, and cut off there.
                && journal.Mono(wall) > since - 2)
                return journal.Mono(wall);
        }
        return null;
    }
}
