using System.Globalization;
using System.Text.Json.Nodes;

namespace ClusterTrials;

/// <summary>What a node with the bot and three peers costs its machine, while its owner presses a button every 10 s.</summary>
internal static class Footprint
{
    private const double MaxMegabytes = 100;
    private const double MaxCpuPercent = 2;
    private const int Promised = 10;

    public static async Task RunAsync(int minutes, Report report)
    {
        await using var fleet = await Fleet.StartAsync(new FleetOptions(4));
        var length = TimeSpan.FromMinutes(minutes);
        var pids = fleet.Machines.Select(machine => machine.Pid ?? throw new TrialException($"{machine.Name} does not run"));
        var measuring = Shell.DoAsync(
            [Path.Combine(Net.Require("CLUSTER_ROOT"), "bench", "footprint"), "--json", "--seconds", $"{minutes * 60}", .. pids.Select(pid => $"{pid}")],
            limit: length + TimeSpan.FromMinutes(1));
        var presses = await PressAsync(fleet, measuring);
        var figures = JsonNode.Parse(await measuring)!.AsArray();
        for (var i = 0; i < figures.Count; i++)
            Tell(fleet.Machines[i], figures[i]!, isHost: i == 0, minutes, report);
        report.Check(presses >= minutes * 5, $"footprint: a press every 10 s for {minutes} min", $"{presses} presses");
        report.Check(fleet.Machines.All(machine => machine.Crashes == 0), "footprint: no node ended by itself");
    }

    private static async Task<int> PressAsync(Fleet fleet, Task until)
    {
        var presses = 0;
        while (await Task.WhenAny(until, Task.Delay(10_000)) != until)
        {
            if (await fleet.StandIn.LivingMessageAsync() is { } message && Screens.Harmless(message) is { } button
                && await fleet.StandIn.PressAsync(message.Id, button.Data) is not null)
                presses++;
        }
        return presses;
    }

    private static void Tell(Machine machine, JsonNode figures, bool isHost, int minutes, Report report)
    {
        var peak = (double)figures["peak_rss_kb"]! / 1024;
        var cpu = (double)figures["cpu_percent"]!;
        var found = string.Create(CultureInfo.InvariantCulture,
            $"peak {peak:0.0} MB, RSS {(double)figures["rss_kb"]! / 1024:0.0}, private {(double)figures["private_kb"]! / 1024:0.0}, "
            + $"PSS {(double)figures["pss_kb"]! / 1024:0.0}, CPU {cpu:0.00} %");
        var role = isHost ? "the Host with the bot" : "a member";
        report.Check(peak < MaxMegabytes, $"footprint: {machine.Name}, {role}: under 100 MB", found);
        // The first minutes are mostly the runtime's own warming up: what is promised is what a node costs from day to day.
        if (minutes >= Promised)
            report.Check(cpu < MaxCpuPercent, $"footprint: {machine.Name}, {role}: under 2 % of a core", found);
    }
}
