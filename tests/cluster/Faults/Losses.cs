namespace ClusterTrials;

/// <summary>Nodes that stand still or die.</summary>
internal static class Losses
{
    private static readonly Threshold s_failover = new("failover", 10, "s", "W7");

    public static FaultScenario[] All { get; } =
    [
        new("freeze-30s", 5, "SIGSTOP of the Host for 30 s; a reboot is asked for meanwhile",
            [s_failover, new("Host again", 20, "s", "E3"), new("reboots lost or doubled", 0, "", "C1")], FreezeAsync),
        new("dead-3-of-5", 5, "the Host and two more are killed, and never come back",
            [new("failover", 13, "s", "W1: suspect after 4 s, a head that stands for 4.5 s and up to 3 s more, reads 250 ms apart"),
                new("silence after it", 4, "s", "W3: a poll is 3 s")], DeadAsync),
        new("restart-all", 5, "all nodes are killed and started at once",
            [new("bot again", 10, "s", "L6: the old holder at once, else another 6 s later; from the moment when a majority is up")], RestartAllAsync),
    ];

    /// <summary>kill -9 of the Host; another answers; it comes back and takes over.</summary>
    public static async Task KillAndReturnAsync(FaultTrial trial)
    {
        trial.ExcuseAll(trial.First);
        var lost = StandIn.Mono;
        await trial.First.KillAsync();
        await trial.AnsweredAsync("failover", lost, remote => remote != trial.First.Address);
        await Fleet.BootAsync(trial.First);
        var back = StandIn.Mono;
        await trial.AnsweredAsync("Host again", back, remote => remote == trial.First.Address);
        await trial.SettledAsync();
    }

    private static async Task FreezeAsync(FaultTrial trial)
    {
        trial.ExcuseAll(trial.First);
        var lost = 0.0;
        await trial.AroundRebootAsync(trial.Machines[^1], () =>
        {
            lost = StandIn.Mono;
            trial.First.Freeze();
            return Task.CompletedTask;
        });
        await trial.AnsweredAsync("failover", lost, remote => remote != trial.First.Address);
        await Task.Delay(TimeSpan.FromMilliseconds(Math.Max(0, lost + 30_000 - StandIn.Mono)));
        var back = StandIn.Mono;
        trial.First.Thaw();
        await trial.AnsweredAsync("Host again", back, remote => remote == trial.First.Address);
        await trial.SettledAsync();
    }

    private static async Task DeadAsync(FaultTrial trial)
    {
        foreach (var machine in trial.Machines.Take(3))
            trial.ExcuseAll(machine);
        var lost = StandIn.Mono;
        await Task.WhenAll(trial.Machines.Take(3).Select(machine => machine.KillAsync()));
        await trial.AnsweredAsync("failover", lost, remote => trial.Machines.Skip(3).Any(left => left.Address == remote));
        var since = StandIn.Mono;
        await Task.Delay(TimeSpan.FromSeconds(30));
        await trial.SilenceAsync("silence after it", since);
    }

    private static async Task RestartAllAsync(FaultTrial trial)
    {
        await Task.WhenAll(trial.Machines.Select(machine => machine.KillAsync()));
        var boots = trial.Machines.Select(Fleet.BootAsync).ToList();
        var majority = 0.0;
        await foreach (var boot in Task.WhenEach(boots))
        {
            await boot;
            if (boots.Count(each => each.IsCompleted) > boots.Count / 2 && majority == 0)
                majority = StandIn.Mono;
        }
        await trial.AnsweredAsync("bot again", majority, _ => true);
        await trial.SettledAsync();
    }
}
