namespace ClusterTrials;

/// <summary>Clocks on the wall that jump, under nodes that run: libfaketime shifts CLOCK_REALTIME and leaves the monotonic ones alone.</summary>
internal static class Clocks
{
    public static FaultScenario[] All { get; } = [Skew("skew-20s", 20), Skew("skew-5m", 300)];

    private static FaultScenario Skew(string name, int seconds) => new(
        name, 5, $"the Host's clock jumps ahead by {seconds} s, another's back by {seconds} s; then the Host is killed",
        [new("silence", 4, "s", "L4: a fresh renewal, X4: the time comes with the refusal"), new("Host moves", 0, "", "H2: timers are monotonic"),
            new("failover", 10, "s", "W7"), new("Host again", 20, "s", "E3")],
        trial => JumpAsync(trial, seconds))
    {
        Prepare = Prepare,
    };

    private static async Task JumpAsync(FaultTrial trial, int seconds)
    {
        var since = StandIn.Mono;
        Set(trial.First, seconds);
        Set(trial.Machines[1], -seconds);
        await Task.Delay(TimeSpan.FromSeconds(20));
        // The log's own times are the proof that the clock of the node is another.
        var off = Stamp(trial.NewLines(trial.First).Last()) - DateTime.UtcNow;
        if (Math.Abs(off.TotalSeconds - seconds) > 22)
            throw new TrialException($"the Host's clock did not jump: its log is off by {off.TotalSeconds:0} s");
        await trial.SilenceAsync("silence", since);
        trial.Measure("Host moves", trial.Moves());
        await Losses.KillAndReturnAsync(trial);
    }

    private static DateTime Stamp(string line) =>
        DateTime.Parse(line[..30], System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AdjustToUniversal);

    private static string ShiftFile(Machine machine) => Path.Combine(machine.Folder, "shift");

    private static void Set(Machine machine, int seconds) => File.WriteAllText(ShiftFile(machine), $"{seconds:+0;-0}\n");

    private static void Prepare(Machine machine)
    {
        Set(machine, 0);
        machine.Environment["LD_PRELOAD"] = Net.Require("CLUSTER_FAKETIME");
        machine.Environment["FAKETIME_TIMESTAMP_FILE"] = ShiftFile(machine);
        machine.Environment["FAKETIME_CACHE_DURATION"] = "1";
        machine.Environment["FAKETIME_DONT_FAKE_MONOTONIC"] = machine.Environment["DONT_FAKE_MONOTONIC"] = "1";
        machine.Environment["NO_FAKE_STAT"] = "1";
    }
}
