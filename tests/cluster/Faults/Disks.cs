using System.Text.Json.Nodes;

namespace ClusterTrials;

/// <summary>Disks that are full, and nodes that die while they write.</summary>
internal static class Disks
{
    private const int DiskCode = 74;
    private const int Kills = 9;

    public static FaultScenario[] All { get; } =
    [
        new("disk-full", 3, "the Host's disk fills up under its state, for 20 s",
            [new("failover", 10, "s", "W7"), new("ends without a reason", 0, "", "exit code 74 and a line that names the file"),
                new("states lost", 0, "", "S3"), new("Host again", 40, "s", "E3; the supervisor tries again every second, a crowded machine takes ten to end and start a node")], FullAsync)
        {
            Prepare = Mount,
        },
        new("kill-in-write", 3, $"kill -9 of one node after the other, {Kills} times, just when it writes its state",
            [new("silence", 10, "s", "W7"), new("states unreadable", 0, "", "S3"), new("ids changed", 0, "", "S3"),
                new("kills outside a write", Kills - 3, "", "else it tries nothing")], KillInWriteAsync),
    ];

    private static async Task FullAsync(FaultTrial trial)
    {
        var first = trial.First;
        // It ends and starts anew for as long as there is no room: others may find it down more than once.
        for (var i = 0; i < 10; i++)
            trial.ExcuseAll(first);
        trial.ExcuseEnds(first, DiskCode);
        var id = IdIn(first);
        var lost = StandIn.Mono;
        Fill(Path.Combine(first.State, "fill"));
        await trial.AnsweredAsync("failover", lost, remote => remote != first.Address);
        await Task.Delay(TimeSpan.FromSeconds(20));
        File.Delete(Path.Combine(first.State, "fill"));
        var back = StandIn.Mono;
        await trial.AnsweredAsync("Host again", back, remote => remote == first.Address);
        await trial.SettledAsync();
        var reasons = trial.NewLines(first).Count(line => line.Contains("network_state.json cannot be written", StringComparison.Ordinal) || line.Contains("audit.jsonl cannot be written", StringComparison.Ordinal));
        trial.Measure("ends without a reason", Math.Max(first.CrashCodes.Count == 0 ? 1 : 0, first.CrashCodes.Count - reasons));
        trial.Measure("states lost", IdIn(first) == id ? 0 : 1);
    }

    private static async Task KillInWriteAsync(FaultTrial trial)
    {
        int unreadable = 0, changed = 0, outside = 0;
        var since = StandIn.Mono;
        for (var kill = 0; kill < Kills; kill++)
        {
            var victim = trial.Machines[kill % trial.Machines.Count];
            trial.ExcuseAll(victim);
            var id = IdIn(victim);
            if (!await KillAtWriteAsync(victim, trial.Random))
                outside++;
            switch (IdIn(victim))
            {
                case null:
                    unreadable++;
                    break;
                case { } now when now != id:
                    changed++;
                    break;
            }
            await Fleet.BootAsync(victim);
            await Wait.ForAsync("there is a Host again", TimeSpan.FromSeconds(30), async () =>
                (await Task.WhenAll(trial.Machines.Select(Fleet.IsHostAsync))).Contains(true), trial.WhatHappened);
            // Time to be heard again, or the next kill is that of a majority.
            await Task.Delay(TimeSpan.FromSeconds(3));
        }
        await trial.SettledAsync();
        await trial.SilenceAsync("silence", since);
        trial.Measure("states unreadable", unreadable);
        trial.Measure("ids changed", changed);
        trial.Measure("kills outside a write", outside);
    }

    /// <returns>True when a temporary file was left behind: it died between two steps of a write.</returns>
    private static async Task<bool> KillAtWriteAsync(Machine victim, Random random)
    {
        string[] temporary = [victim.StateFile + ".tmp", victim.StateFile + ".bak.tmp"];
        var until = StandIn.Mono + 10_000;
        await Task.Run(() =>
        {
            while (!temporary.Any(File.Exists) && StandIn.Mono < until)
                Thread.SpinWait(20);
            Thread.SpinWait(random.Next(0, 20_000));
            return victim.KillAsync();
        });
        return temporary.Any(File.Exists);
    }

    /// <returns>Null when the state cannot be read.</returns>
    private static string? IdIn(Machine machine)
    {
        try
        {
            return (string?)JsonNode.Parse(File.ReadAllText(machine.StateFile))?["node_id"];
        }
        catch (Exception e) when (e is IOException or System.Text.Json.JsonException)
        {
            return null;
        }
    }

    /// <summary>A disk of its own for the first machine; <c>run</c> takes it away at the end.</summary>
    private static void Mount(Machine machine)
    {
        if (machine.Host != 1)
            return;
        Directory.CreateDirectory(machine.State);
        using var mount = Shell.Start(["mount", "-t", "tmpfs", "-o", "size=8m,mode=700", "constella", machine.State], null);
        mount.WaitForExit();
        if (mount.ExitCode != 0)
            throw new TrialException($"no disk for {machine.Name}: {mount.StandardError.ReadToEnd()}");
    }

    private static void Fill(string file)
    {
        using var stream = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        try
        {
            while (true)
                stream.Write(new byte[4_096]);
        }
        catch (IOException)
        {
            // Full, as it should be.
        }
    }
}
