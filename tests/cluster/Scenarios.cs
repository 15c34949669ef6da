using System.Globalization;

namespace ClusterTrials;

/// <summary>What can be run, by name.</summary>
internal static class Scenarios
{
    public static Task RunAsync(string[] args, Report report) => args switch
    {
        ["failover", .. var rest] => Failover.RunAsync(FailoverOptionsOf(rest), report),
        ["join"] => Join.RunAsync(report),
        ["refusals"] => Refusals.RunAsync(report),
        ["reboot"] => Reboot.RunAsync(report),
        ["rolling"] => Rolling.RunAsync(report),
        ["footprint", .. var rest] => Footprint.RunAsync(Number(rest, "--minutes", 10), report),
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
