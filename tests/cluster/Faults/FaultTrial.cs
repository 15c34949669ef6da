using System.Globalization;
using System.Text.Json.Nodes;

namespace ClusterTrials;

/// <summary>One round of one scenario: an owner who presses a button every 100 ms, and everything that is measured meanwhile.</summary>
internal sealed class FaultTrial(Fleet fleet, Random random) : IAsyncDisposable
{
    public const string FalseDowns = "false downs";
    public const string LostPresses = "presses lost";
    public const string Unconfirmed = "updates not confirmed once";
    public const string Ends = "ends by itself";
    public const string BothConfirmed = "two confirmed at once";

    private readonly List<JsonObject> _entries = [];
    private readonly Dictionary<(string Observer, string Subject), int> _excused = [];
    private readonly Dictionary<string, int> _logLines = [];
    private readonly List<(Machine Machine, int Code)> _excusedEnds = [];
    private int _nextEntry;
    private Presser? _presser;

    public Fleet Fleet => fleet;
    public IReadOnlyList<Machine> Machines => fleet.Machines;
    public Machine First => fleet.First;
    public Random Random => random;

    /// <summary>By name, as far as measured.</summary>
    public Dictionary<string, double> Figures { get; } = [];

    public int Duplicates { get; private set; }

    public async Task StartAsync()
    {
        _nextEntry = new Journal(await fleet.StandIn.JournalAsync(0)).Next;
        foreach (var machine in Machines)
            _logLines[machine.Name] = File.ReadLines(machine.Log).Count();
        _presser = new Presser(fleet.StandIn);
        await Task.Delay(2_000);
    }

    public void Measure(string figure, double value) => Figures[figure] = value;

    /// <summary>One report that <paramref name="subject"/> is down is true: this trial makes it so for <paramref name="observer"/>.</summary>
    public void Excuse(Machine observer, Machine subject)
    {
        var pair = (observer.Name, subject.Name);
        _excused[pair] = _excused.GetValueOrDefault(pair) + 1;
    }

    /// <summary>One report by everybody of it, and one by it of everybody: it was away or alone.</summary>
    public void ExcuseAll(Machine subject)
    {
        foreach (var other in Machines.Where(other => other != subject))
        {
            Excuse(other, subject);
            Excuse(subject, other);
        }
    }

    /// <summary>Ends of this machine's node with this code are what the trial asks for.</summary>
    public void ExcuseEnds(Machine machine, int code) => _excusedEnds.Add((machine, code));

    /// <summary>Waits for the first answer to the owner by such a node, and measures when it came.</summary>
    public async Task AnsweredAsync(string figure, double since, Func<string, bool> by)
    {
        double? at = null;
        await Wait.ForAsync($"an answer of the bot after the fault ({figure})", TimeSpan.FromSeconds(90), async () =>
        {
            at = (await JournalAsync()).Answers.Where(each => each.At > since && by(each.Remote)).Select(each => (double?)each.At).FirstOrDefault();
            return at is not null;
        }, WhatHappened);
        Measure(figure, Math.Round((at!.Value - since) / 1000, 2));
    }

    /// <summary>The longest time without an answer to an owner who never stops to press.</summary>
    public async Task SilenceAsync(string figure, double since)
    {
        var until = StandIn.Mono;
        var times = (await JournalAsync()).Answers.Select(each => each.At).Where(at => at > since && at < until).Prepend(since).Append(until).ToList();
        Measure(figure, Math.Round(times.Zip(times.Skip(1), (one, next) => next - one).Max() / 1000, 2));
    }

    /// <summary>How often a node has become Host since the trial began.</summary>
    public int Moves() => Machines.Sum(machine => NewLines(machine).Count(line => line.Contains("this node is the Host now", StringComparison.Ordinal)));

    /// <summary>Walks to the question whether <paramref name="target"/> shall reboot; the owner says yes at some moment around the fault.</summary>
    public async Task AroundRebootAsync(Machine target, Func<Task> fault)
    {
        var (message, data) = await _presser!.AskRebootAsync(target.Name);
        var before = target.Reboots;
        await fault();
        await Task.Delay(random.Next(0, 3_000));
        if (await fleet.StandIn.PressAsync(message, data) is null)
            throw new TrialException("the question whether to reboot is gone from the screen");
        _presser.Wander();
        // It is away for some seconds on a slow machine.
        ExcuseAll(target);
        _rebooted = (target, before);
    }

    private (Machine Target, int Before)? _rebooted;

    /// <summary>Ends when all nodes agree again, the first being the Host.</summary>
    public Task SettledAsync() => fleet.SettledAsync(First, TimeSpan.FromSeconds(90));

    /// <summary>The owner stops; what holds in every scenario is measured.</summary>
    public async Task EndAsync()
    {
        await _presser!.DisposeAsync();
        _presser = null;
        var journal = await DrainedAsync();
        var fates = journal.Fates().Values;
        Measure(LostPresses, fates.Count(fate => fate.IsPress && fate.Answers == 0));
        Measure(Unconfirmed, fates.Count(fate => fate.Confirmations != 1));
        Measure(BothConfirmed, Overlap(journal.Turns()));
        Measure(FalseDowns, CountFalseDowns());
        Measure(Ends, Machines.Sum(machine => machine.CrashCodes.Count(code => !_excusedEnds.Contains((machine, code)))));
        if (_rebooted is { } rebooted)
            Measure("reboots lost or doubled", Math.Abs(rebooted.Target.Reboots - rebooted.Before - 1));
        Duplicates = fates.Count(fate => fate.IsPress && fate.Answers > 1);
    }

    /// <summary>New lines of a machine's log since the trial began.</summary>
    public IEnumerable<string> NewLines(Machine machine) => File.ReadLines(machine.Log).Skip(_logLines[machine.Name]);

    public string WhatHappened() =>
        string.Join('\n', Machines.Select(machine => $"--- {machine.Name}\n{string.Join('\n', NewLines(machine).TakeLast(25))}"));

    public async ValueTask DisposeAsync()
    {
        if (_presser is not null)
            await _presser.DisposeAsync();
    }

    private async Task<Journal> JournalAsync()
    {
        var fresh = await fleet.StandIn.JournalAsync(_nextEntry);
        _entries.AddRange(fresh);
        if (fresh.Count > 0)
            _nextEntry = (int)fresh[^1]["seq"]! + 1;
        return new Journal(_entries);
    }

    private async Task<Journal> DrainedAsync()
    {
        for (var tries = 0; ; tries++)
        {
            var journal = await JournalAsync();
            if (tries == 40 || journal.Fates().Values.All(fate => fate.Confirmations > 0))
                return journal;
            await Task.Delay(500);
        }
    }

    /// <summary>
    /// A, then B, then A again, sooner than any hand-over to and fro could be (rule E3: 10 s), though B had not died: A never stopped.
    /// From B's first confirmation to the last one that was not alone.
    /// </summary>
    private double Overlap(List<Turn> turns)
    {
        const double soonest = 8_000;
        double first = 0, last = 0;
        for (var i = 1; i + 1 < turns.Count; i++)
        {
            if (turns[i - 1].Remote != turns[i + 1].Remote || turns[i + 1].First - turns[i - 1].Last > soonest || Died(turns[i], turns[i + 1].First))
                continue;
            first = first > 0 ? first : turns[i].First;
            last = turns[i + 1].First;
        }
        return Math.Round((last - first) / 1000, 2);
    }

    // Its end is noted a moment after the others may have seen it.
    private bool Died(Turn turn, double before) =>
        Machines.Any(machine => machine.Address == turn.Remote && machine.Ends.Exists(end => end > turn.First && end < before + 500));

    private int CountFalseDowns()
    {
        const string mark = "node is down: ";
        var count = 0;
        foreach (var machine in Machines)
        {
            var downs = NewLines(machine).Where(line => line.Contains(mark, StringComparison.Ordinal))
                .CountBy(line => line[(line.IndexOf(mark, StringComparison.Ordinal) + mark.Length)..].Trim());
            foreach (var (subject, times) in downs)
            {
                var surplus = times - _excused.GetValueOrDefault((machine.Name, subject));
                if (surplus <= 0)
                    continue;
                count += surplus;
                Report.Note(string.Create(CultureInfo.InvariantCulture, $"{machine.Name} said {times} times that {subject} is down: {surplus} too many"));
            }
        }
        return count;
    }
}
