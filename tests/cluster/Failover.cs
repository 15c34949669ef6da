namespace ClusterTrials;

/// <summary>What is done to the Host.</summary>
internal enum Fault
{
    /// <summary>kill -9.</summary>
    Kill,

    /// <summary>SIGSTOP, and SIGCONT long after the lease has ended.</summary>
    Freeze,

    /// <summary>The cable is pulled.</summary>
    Blackhole,

    /// <summary>SIGTERM: a planned stop.</summary>
    Stop,
}

/// <param name="FreezeSeconds">How long a frozen Host stays so.</param>
/// <param name="Reboots">Whether another node is told to reboot meanwhile.</param>
internal sealed record FailoverOptions(int Nodes, int Trials, Fault? Fault, int Seed, int FreezeSeconds, bool Reboots = true);

/// <summary>What one trial found.</summary>
/// <param name="Gap">Fault to the first answer of the new Host; of a planned stop, the silence between the two.</param>
/// <param name="HandBack">The silence when the returned node took over again.</param>
/// <param name="Executed">How often the target rebooted; null when nobody asked it to.</param>
/// <param name="Parts">What the time until a press was answered was made of; null where none was.</param>
internal sealed record Trial(
    Fault Fault, TimeSpan? Gap, TimeSpan? HandBack, IReadOnlyCollection<Fate> Fates, IReadOnlyList<Turn> Turns, int? Executed,
    IReadOnlyList<string> Violations, Breakdown? Parts);

/// <summary>Loses the Host again and again, under an owner who presses a button every 100 ms, and measures the silence.</summary>
internal sealed class Failover(Fleet fleet, FailoverOptions options)
{
    private readonly Random _random = new(options.Seed);
    private int _tried;

    public static async Task RunAsync(FailoverOptions options, Report report)
    {
        await using var fleet = await Fleet.StartAsync(new FleetOptions(options.Nodes));
        var trials = new FailoverTally(options);
        var failover = new Failover(fleet, options);
        for (var i = 0; i < options.Trials; i++)
        {
            var fault = options.Fault ?? (Fault)((i + options.Seed) % 4);
            trials.Add(await failover.TryAsync(fault));
        }
        trials.Tell(report, fleet.Machines.Sum(machine => machine.Crashes));
    }

    public async Task<Trial> TryAsync(Fault fault)
    {
        var since = new Journal(await fleet.StandIn.JournalAsync(0)).Next;
        var target = fleet.Machines[^1];
        // Not in a planned stop, and of two nodes every other time only: the rebooting one is the new Host itself.
        int? reboots = !options.Reboots || fault == Fault.Stop || (options.Nodes == 2 && _tried % 2 == 0) ? null : target.Reboots;
        _tried++;
        double lost, back;
        await using (var presser = new Presser(fleet.StandIn))
        {
            // Not always at the same moment of a beat (rule H1).
            await Task.Delay(_random.Next(1_000, 3_000));
            lost = reboots is null ? await InjectAsync(fault) : await InjectAroundRebootAsync(fault, presser, target);
            await Task.Delay(Outage(fault));
            back = StandIn.Mono;
            await UndoAsync(fault);
            await fleet.SettledAsync(fleet.First, TimeSpan.FromSeconds(90));
        }
        var journal = await DrainedAsync(since);
        return Judge(journal, fault, lost, back, target.Reboots - reboots);
    }

    /// <summary>Confirms a reboot of another node at some moment around the fault: its effect must happen once, whoever does it.</summary>
    private async Task<double> InjectAroundRebootAsync(Fault fault, Presser presser, Machine target)
    {
        var (message, data) = await presser.AskRebootAsync(target.Name);
        // With two nodes the target is the successor: it must not be away when the Host is lost, or nobody is left.
        var offset = options.Nodes == 2 ? _random.Next(200, 3_000) : _random.Next(-50, 3_000);
        if (offset < 0)
            await PressConfirmAsync(message, data);
        await Task.Delay(Math.Max(0, -offset));
        var lost = await InjectAsync(fault);
        if (offset >= 0)
        {
            await Task.Delay(offset);
            await PressConfirmAsync(message, data);
        }
        presser.Wander();
        return lost;
    }

    private async Task PressConfirmAsync(long message, string data)
    {
        if (await fleet.StandIn.PressAsync(message, data) is null)
            throw new TrialException("the question whether to reboot is gone from the screen");
    }

    private async Task<double> InjectAsync(Fault fault)
    {
        var now = StandIn.Mono;
        switch (fault)
        {
            case Fault.Kill:
                fleet.First.Kill();
                break;
            case Fault.Freeze:
                fleet.First.Freeze();
                break;
            case Fault.Blackhole:
                await Net.CutAsync(fleet.First.Host);
                break;
            default:
                await fleet.First.StopAsync();
                break;
        }
        return now;
    }

    private TimeSpan Outage(Fault fault) => TimeSpan.FromSeconds(fault switch
    {
        Fault.Freeze => options.FreezeSeconds,
        Fault.Stop => 4,
        _ => 14,
    });

    private async Task UndoAsync(Fault fault)
    {
        switch (fault)
        {
            case Fault.Freeze:
                fleet.First.Thaw();
                break;
            case Fault.Blackhole:
                await Net.HealAsync(fleet.First.Host);
                break;
            default:
                fleet.First.PowerOn();
                break;
        }
    }

    /// <summary>The journal when every press has been confirmed, or when that has taken too long.</summary>
    private async Task<Journal> DrainedAsync(int since)
    {
        for (var tries = 0; ; tries++)
        {
            var journal = new Journal(await fleet.StandIn.JournalAsync(since));
            if (tries == 40 || journal.Fates().Values.All(fate => fate.Confirmations > 0))
                return journal;
            await Task.Delay(500);
        }
    }

    private Trial Judge(Journal journal, Fault fault, double lost, double back, int? executed)
    {
        var first = fleet.First.Address;
        var violations = new List<string>();
        var turns = journal.Turns();
        // More turns than one failover has: a third node took over and handed on again, which takes seconds; two at once take turns with every answer.
        if (turns.CountBy(turn => turn.Remote).Any(count => count.Value > (count.Key == first ? 2 : 1))
            && turns.Zip(turns.Skip(1), turns.Skip(2)).FirstOrDefault(t => t.First.Remote == t.Third.Remote && t.Second.Last - t.Second.First < 2_000).Second is { } between)
            violations.Add($"{between.Remote} confirmed for a moment in the middle of another one's turn: two nodes confirmed at once");
        // Who comes back to a living Host has to live for ten seconds before it may take over (rule E3); of two nodes, the
        // one that reboots hands over at once.
        var early = journal.Confirmations.FirstOrDefault(each => each.Remote == first && each.At > back && each.At < back + 5_000).At;
        if (early > 0 && !(options.Nodes == 2 && executed > 0) && Steady(journal, first, back)
            && journal.Confirmations.Any(each => each.Remote != first && each.At > back && each.At < early))
            violations.Add("the returned node confirmed at once");
        var answers = journal.Answers.ToList();
        var start = fault == Fault.Stop ? Latest(answers, remote => remote == first, lost, back) ?? lost : lost;
        var next = Earliest(answers, remote => remote != first, lost);
        var taken = Earliest(answers, remote => remote == first, back);
        var given = taken is { } end ? Latest(answers, remote => remote != first, lost, end) : null;
        // A slow reboot leaves nobody but the Host, who then has nothing to hand over: that silence is not the hand-back's.
        if (executed > 0 && (options.Nodes == 2 || given < back))
            given = null;
        return new Trial(fault, Between(start, next), Between(given, taken), journal.Fates().Values, turns, executed, violations, Breakdown.Find(fleet, journal, fault, start));
    }

    // A slow reboot of the third node takes the majority from the second, and the lease with it: then the first need not wait.
    private static bool Steady(Journal journal, string first, double back)
    {
        var times = journal.Confirmations.Where(each => each.Remote != first && each.At > back - 6_000 && each.At < back).Select(each => each.At).Prepend(back - 6_000).Append(back).ToArray();
        return times.Zip(times.Skip(1)).All(pair => pair.Second - pair.First < 3_000);
    }

    private static double? Earliest(List<(double At, string Remote)> answers, Func<string, bool> by, double since) =>
        answers.Where(each => each.At > since && by(each.Remote)).Select(each => (double?)each.At).Min();

    private static double? Latest(List<(double At, string Remote)> answers, Func<string, bool> by, double since, double until) =>
        answers.Where(each => each.At > since && each.At < until && by(each.Remote)).Select(each => (double?)each.At).Max();

    private static TimeSpan? Between(double? from, double? to) =>
        to - from is { } ms ? TimeSpan.FromMilliseconds(Math.Max(0, ms)) : null;
}
