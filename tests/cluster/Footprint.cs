using System.Text.Json.Nodes;

namespace ClusterTrials;

/// <param name="PressSeconds">The owner presses a button each so many seconds.</param>
/// <param name="Out">A file for the figures, or null: then they are told.</param>
/// <param name="Allocations">Each node is asked what it allocates. A node that is asked has some megabytes more.</param>
internal sealed record FootprintOptions(int Nodes, double Minutes, int WarmUpSeconds, int PressSeconds, string? Out, bool Allocations);

/// <summary>What the nodes of a network cost their machines, from day to day: bot, history and TLS on (to Telegram as well), and an owner who looks in.</summary>
internal static class Footprint
{
    public static async Task RunAsync(FootprintOptions options, Report report)
    {
        await using var fleet = await Fleet.StartAsync(new FleetOptions(options.Nodes) { BotTls = true, Cgroups = Environment.GetEnvironmentVariable("CLUSTER_CGROUP") });
        Report.Note($"footprint: {options.Nodes} nodes are up");
        var groups = fleet.Machines.Select(Group).ToList();
        await PressAsync(fleet, options, Task.Delay(TimeSpan.FromSeconds(options.WarmUpSeconds)));
        var length = TimeSpan.FromMinutes(options.Minutes);
        var allocated = Task.WhenAll(fleet.Machines.Select(machine => options.Allocations ? Allocations.LeastAsync(machine, length) : Task.FromResult<double?>(null)));
        var presses = await PressAsync(fleet, options, Task.WhenAll(Sampler.RunAsync(groups, length), allocated));
        var file = options.Out ?? Path.Combine(fleet.Folder, "footprint.json");
        await File.WriteAllTextAsync(file, new JsonObject
        {
            ["nodes"] = options.Nodes,
            ["minutes"] = options.Minutes,
            ["warm_up_seconds"] = options.WarmUpSeconds,
            ["presses"] = presses,
            ["rows"] = new JsonArray([.. groups.Zip(await allocated, Row)]),
        }.ToJsonString());
        if (options.Out is null)
            FootprintTable.Tell([file], report);
        report.Check(presses >= (options.Minutes * 60 / options.PressSeconds) - 2, $"{options.Nodes} nodes: a press every {options.PressSeconds} s for {options.Minutes} min", $"{presses} presses");
        report.Check(fleet.Machines.All(machine => machine.Crashes == 0), $"{options.Nodes} nodes: none ended by itself");
    }

    private static JsonObject Row(Sampler group, double? allocated)
    {
        var figures = group.Figures();
        figures["allocated_bytes_per_second"] = allocated;
        return figures;
    }

    private static Sampler Group(Machine machine) =>
        new(machine.Name, [machine.Pid ?? throw new TrialException($"{machine.Name} does not run")], machine.Cgroup);

    private static async Task<int> PressAsync(Fleet fleet, FootprintOptions options, Task until)
    {
        var presses = 0;
        while (await Task.WhenAny(until, Task.Delay(options.PressSeconds * 1000)) != until)
        {
            try
            {
                if (await fleet.StandIn.LivingMessageAsync() is { } message && Screens.Harmless(message) is { } button
                    && await fleet.StandIn.PressAsync(message.Id, button.Data) is not null)
                    presses++;
            }
            catch (Exception slow) when (slow is HttpRequestException or OperationCanceledException)
            {
                // The stand-in had no turn on a machine that is overloaded: a press that was not made is not counted.
            }
        }
        await until;
        return presses;
    }
}
