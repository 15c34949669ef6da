namespace ClusterTrials;

/// <summary>Networks that fall apart, in every direction.</summary>
internal static class Partitions
{
    private static readonly Threshold s_failover = new("failover", 10, "s", "W7");
    private static readonly Threshold s_heal = new("Host again", 20, "s", "E3: 10 s of life, two beats, a hand-over");
    private static readonly Threshold s_reboots = new("reboots lost or doubled", 0, "", "C1");

    public static FaultScenario[] All { get; } =
    [
        new("partition-2-3", 5, "the Host and one more are cut off from the other three; all reach Telegram", [s_failover, s_heal], SplitAsync)
        {
            Overlap = 8,
        },
        new("partition-1-1", 2, "two nodes, cut off from each other; both reach Telegram",
            [new("silence", 10, "s", "W7"), s_heal], OneOneAsync)
        {
            Overlap = 8,
        },
        new("partition-one-way", 5, "nobody hears the Host any more, which hears everybody; a reboot is asked for meanwhile",
            [s_failover, s_heal, s_reboots], OneWayAsync)
        {
            Overlap = 8,
        },
        new("partition-one-link", 3, "one member hears nothing from the Host; the third node hears both",
            [new("silence", 4, "s", "L3: a majority is left"), new("Host moves", 0, "", "E1")], OneLinkAsync),
        new("black-hole", 5, "packets of a member vanish (no refusal) for 20 s, then those of the Host too",
            [new("silence", 4, "s", "H1: calls do not wait for each other"), new("Host moves", 0, "", "E1"), s_failover,
                new("Host again", 25, "s", "E2, E3: Telegram was away from it too")], BlackHoleAsync),
    ];

    private static async Task SplitAsync(FaultTrial trial)
    {
        Machine[] few = [.. trial.Machines.Take(2)], many = [.. trial.Machines.Skip(2)];
        foreach (var (one, other) in few.SelectMany(one => many.Select(other => (one, other))))
        {
            trial.Excuse(one, other);
            trial.Excuse(other, one);
        }
        var lost = StandIn.Mono;
        await Task.WhenAll(trial.Machines.Select(each =>
            Net.DeafenAsync(each.Host, (few.Contains(each) ? many : few).Select(other => other.Host))));
        await trial.AnsweredAsync("failover", lost, remote => many.Any(each => each.Address == remote));
        await Task.Delay(TimeSpan.FromSeconds(15));
        await HealAsync(trial);
    }

    private static async Task OneOneAsync(FaultTrial trial)
    {
        trial.ExcuseAll(trial.First);
        var lost = StandIn.Mono;
        await Net.IsolateAsync(trial.First.Host, trial.Machines[1].Host);
        await Task.Delay(TimeSpan.FromSeconds(30));
        await HealAsync(trial);
        await trial.SilenceAsync("silence", lost);
    }

    private static async Task OneWayAsync(FaultTrial trial)
    {
        trial.ExcuseAll(trial.First);
        var lost = 0.0;
        await trial.AroundRebootAsync(trial.Machines[^1], async () =>
        {
            lost = StandIn.Mono;
            foreach (var other in trial.Machines.Skip(1))
                await Net.DropAsync(trial.First.Host, other.Host);
        });
        await trial.AnsweredAsync("failover", lost, remote => remote != trial.First.Address);
        await Task.Delay(TimeSpan.FromSeconds(15));
        await HealAsync(trial);
    }

    private static async Task OneLinkAsync(FaultTrial trial)
    {
        var (first, other) = (trial.First, trial.Machines[1]);
        trial.Excuse(first, other);
        trial.Excuse(other, first);
        var lost = StandIn.Mono;
        await Net.DropAsync(first.Host, other.Host);
        await Task.Delay(TimeSpan.FromSeconds(25));
        await Net.HealAsync(other.Host);
        await trial.SettledAsync();
        await trial.SilenceAsync("silence", lost);
        trial.Measure("Host moves", trial.Moves());
    }

    private static async Task BlackHoleAsync(FaultTrial trial)
    {
        var member = trial.Machines[^1];
        trial.ExcuseAll(member);
        trial.ExcuseAll(trial.First);
        var since = StandIn.Mono;
        await Net.CutAsync(member.Host);
        await Task.Delay(TimeSpan.FromSeconds(20));
        await trial.SilenceAsync("silence", since);
        trial.Measure("Host moves", trial.Moves());
        var lost = StandIn.Mono;
        await Net.CutAsync(trial.First.Host);
        await trial.AnsweredAsync("failover", lost, remote => remote != trial.First.Address);
        await Task.Delay(TimeSpan.FromSeconds(10));
        await HealAsync(trial);
    }

    private static async Task HealAsync(FaultTrial trial)
    {
        var back = StandIn.Mono;
        foreach (var machine in trial.Machines)
            await Net.HealAsync(machine.Host);
        await trial.AnsweredAsync("Host again", back, remote => remote == trial.First.Address);
        await trial.SettledAsync();
    }
}
