using System.Globalization;
using System.Text.Json.Nodes;

namespace ClusterTrials;

/// <summary>What can be run, by name.</summary>
internal static class Scenarios
{
    public static Task RunAsync(string[] args, Report report) => args switch
    {
        ["failover", .. var rest] => Failover.RunAsync(FailoverOptionsOf(rest), report),
        ["failover-times", var nodes, var trials, var faults, var ledger] => FailoverTimes.RunAsync(
            int.Parse(nodes, CultureInfo.InvariantCulture), int.Parse(trials, CultureInfo.InvariantCulture), [.. faults.Split(',').Select(FailoverTimes.FaultOf)], ledger, report),
        ["failover-table", .. var files] => FailoverTable.TellAsync(files, report),
        ["join"] => Join.RunAsync(report),
        ["refusals"] => Refusals.RunAsync(report),
        ["reboot"] => Reboot.RunAsync(report),
        ["rolling"] => Rolling.RunAsync(report),
        ["footprint", .. var rest] => Footprint.RunAsync(FootprintOptionsOf(rest), report),
        ["start", var times, var file] => StartUp.RunAsync(int.Parse(times, CultureInfo.InvariantCulture), file, report),
        ["footprint-table", .. var files] => TableAsync(files, report),
        ["sample", "--json", var seconds, .. var groups] => SampleAsync(seconds, groups, json: true),
        ["sample", var seconds, .. var groups] => SampleAsync(seconds, groups, json: false),
        ["keys"] => Keys.RunAsync(report),
        ["flood", .. var rest] => Flood.RunAsync(Number(rest, "--seconds", 30), report),
        ["attack", var kind, var target, var seconds] => AttackAsync(kind, target, seconds),
        ["secrets"] => Secrets.RunAsync(report),
        ["faults", "list", .. var rest] => ListAsync(rest is ["--table"]),
        ["faults", var name, .. var rest] => FaultRounds.RunAsync(name, Number(rest, "--rounds", 1), Number(rest, "--seed", 0), report),
        ["demo"] => DemoAsync(),
        _ => throw new TrialException("no such scenario"),
    };

    private static async Task AttackAsync(string kind, string target, string seconds) =>
        Console.WriteLine(await Attack.RunAsync(kind, System.Net.IPEndPoint.Parse(target), int.Parse(seconds, CultureInfo.InvariantCulture)));

    /// <summary>Three machines that live until this process is ended.</summary>
    private static async Task DemoAsync()
    {
        await using var fleet = await Fleet.StartAsync(new FleetOptions(3));
        Console.WriteLine($"ready {fleet.Folder}");
        await Task.Delay(Timeout.Infinite);
    }

    private static Task ListAsync(bool table)
    {
        FaultRounds.List(table);
        return Task.CompletedTask;
    }

    private static Task TableAsync(string[] files, Report report)
    {
        FootprintTable.Tell(files, report);
        return Task.CompletedTask;
    }

    /// <summary>Of any processes: each group is <c>PID,PID</c>, or <c>NAME=PID,PID</c>.</summary>
    private static async Task SampleAsync(string seconds, string[] groups, bool json)
    {
        var samplers = groups.Select(group => new Sampler(
            group.Split('=')[0], [.. group.Split('=')[^1].Split(',').Select(pid => int.Parse(pid, CultureInfo.InvariantCulture))])).ToList();
        await Sampler.RunAsync(samplers, TimeSpan.FromSeconds(int.Parse(seconds, CultureInfo.InvariantCulture)));
        if (json)
        {
            Console.WriteLine(new JsonArray([.. samplers.Select(sampler => sampler.Figures())]).ToJsonString());
            return;
        }
        FootprintTable.Head("processes");
        foreach (var sampler in samplers)
            FootprintTable.Row((string)sampler.Figures()["name"]!, sampler.Figures());
    }

    private static FootprintOptions FootprintOptionsOf(string[] args) => new(
        Number(args, "--nodes", 4), double.Parse(Text(args, "--minutes") ?? "10", CultureInfo.InvariantCulture),
        Number(args, "--warm-up", 0), Number(args, "--press", 10), Text(args, "--out"), args.Contains("--allocations"));

    private static FailoverOptions FailoverOptionsOf(string[] args)
    {
        var fault = Text(args, "--fault") ?? "mix";
        return new FailoverOptions(
            Number(args, "--nodes", 3), Number(args, "--trials", 3),
            fault == "mix" ? null : Enum.Parse<Fault>(fault, ignoreCase: true),
            Number(args, "--seed", 0), Number(args, "--freeze", 30));
    }

    private static int Number(string[] args, string name, int otherwise) =>
        Text(args, name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static string? Text(string[] args, string name)
    {
        var at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}
