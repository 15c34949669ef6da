namespace ClusterTrials;

/// <summary>Networks that are there, and bad.</summary>
internal static class BadLinks
{
    public static FaultScenario[] All { get; } =
    [
        new("loss-20", 5, "a fifth of all packets is lost, in both directions, Telegram's too, for 45 s; a reboot is asked for meanwhile",
            [new("silence", 10, "s", "L4: a call that fails ends before the lease"), new("Host moves", 0, "", "H2: six attempts in 6 s"),
                new("reboots lost or doubled", 0, "", "C1")], LossAsync),
        new("delay-150", 5, "150 ms from each node to each other, from their start on; then the Host is killed",
            [new("silence", 4, "s", "H1: an answer takes a third of its second"), new("Host moves", 0, "", "E1"), new("failover", 10, "s", "W7"),
                new("Host again", 20, "s", "E3")], DelayAsync)
        {
            // A frame between two nodes goes through two cables.
            CableDelay = TimeSpan.FromMilliseconds(75),
        },
    ];

    private static async Task LossAsync(FaultTrial trial)
    {
        var since = StandIn.Mono;
        await trial.AroundRebootAsync(trial.Machines[^1], async () =>
        {
            since = StandIn.Mono;
            for (var host = 0; host <= trial.Machines.Count; host++)
                await Net.LossAsync(host, 0.2);
        });
        await Task.Delay(TimeSpan.FromSeconds(45));
        await trial.SilenceAsync("silence", since);
        trial.Measure("Host moves", trial.Moves());
        for (var host = 0; host <= trial.Machines.Count; host++)
            await Net.HealAsync(host);
        await trial.SettledAsync();
    }

    private static async Task DelayAsync(FaultTrial trial)
    {
        var since = StandIn.Mono;
        await Task.Delay(TimeSpan.FromSeconds(20));
        await trial.SilenceAsync("silence", since);
        trial.Measure("Host moves", trial.Moves());
        await Losses.KillAndReturnAsync(trial);
    }
}
