using System.Globalization;
using System.Text.Json.Nodes;

namespace ClusterTrials;

/// <summary>Three nodes keep their beat while strangers take what they can get: from a machine of their own and from loopback.</summary>
internal static class Flood
{
    private const int Attacker = 4;
    private const double MaxMegabytes = 150;

    /// <summary>A beat is lost after this.</summary>
    private const double MaxRttMs = 1_000;

    private static readonly string[] s_kinds = ["hold", "headers", "bodies", "joins"];

    public static async Task RunAsync(int seconds, Report report)
    {
        await using var fleet = await Fleet.StartAsync(new FleetOptions(3));
        // The runtime's own warming up is not what is measured.
        var calm = await MeasureAsync(fleet, Task.Delay(TimeSpan.FromSeconds(8)));
        Report.Note($"flood: before, {calm}");
        var logs = fleet.Machines.ToDictionary(machine => machine, machine => File.ReadLines(machine.Log).Count());

        // The Host is the one whose beat all depend on; its own machine joins in over loopback.
        var attacks = s_kinds.Select(kind => AttackAsync(Attacker, kind, fleet.First.Address, seconds))
            .Append(AttackAsync(fleet.First.Host, "hold", "127.0.0.1", seconds)).ToList();
        var storm = await MeasureAsync(fleet, Task.WhenAll(attacks));
        foreach (var attack in attacks)
            Report.Note($"flood: {await attack}");

        var downs = fleet.Machines.SelectMany(machine => File.ReadLines(machine.Log).Skip(logs[machine])
            .Where(line => line.Contains("node is down", StringComparison.Ordinal) || line.Contains("is the Host no more", StringComparison.Ordinal))
            .Select(line => $"{machine.Name}: {line}")).ToList();
        report.Check(downs.Count == 0, $"flood: no false down in {seconds} s of it", string.Join("; ", downs));
        report.Check(storm.Rtt.Percentile(0.99).TotalMilliseconds < MaxRttMs, "flood: heartbeats keep their beat", $"{storm}; before: {calm}");
        report.Check(storm.PeakMegabytes < MaxMegabytes, $"flood: a node stays under {MaxMegabytes:0} MB", string.Create(CultureInfo.InvariantCulture, $"{storm.PeakMegabytes:0.0} MB"));
        report.Check(fleet.Machines.All(machine => machine.Crashes == 0), "flood: no node ended by itself");
        await fleet.SettledAsync(fleet.First, TimeSpan.FromSeconds(60));
        report.Check(true, "flood: afterwards all nodes answer and agree");
    }

    private static async Task<string> AttackAsync(int host, string kind, string address, int seconds) =>
        (await Shell.DoAsync(
            Net.On(host, Environment.ProcessPath!, "attack", kind, $"{address}:4747", $"{seconds}"),
            limit: TimeSpan.FromSeconds(seconds + 60))).Trim() + $" at {address}";

    /// <summary>What two nodes say of their round trips to all, and what all of them weigh, until <paramref name="until"/> ends.</summary>
    private static async Task<Weather> MeasureAsync(Fleet fleet, Task until)
    {
        var weather = new Weather();
        while (!until.IsCompleted)
        {
            foreach (var machine in fleet.Machines.Skip(1))
                await ReadAsync(machine, weather);
            foreach (var machine in fleet.Machines)
                weather.Weigh(machine.Pid);
            await Task.WhenAny(until, Task.Delay(500));
        }
        await until;
        return weather;
    }

    private static async Task ReadAsync(Machine machine, Weather weather)
    {
        var ended = await Shell.RunAsync(Fleet.Cli(machine, "peers", "--json"), machine.Environment);
        if (ended.Code != 0)
            throw new TrialException($"{machine.Name} does not answer its own command line: {ended.Text}");
        foreach (var peer in JsonNode.Parse(ended.Out)!["peers"]!.AsArray())
        {
            if ((double?)peer!["rtt_ms"] is { } rtt)
                weather.Rtt.Add(TimeSpan.FromMilliseconds(rtt));
        }
    }

    private sealed class Weather
    {
        public Gaps Rtt { get; } = new();

        public double PeakMegabytes { get; private set; }

        public void Weigh(int? pid)
        {
            var line = pid is null ? null : File.ReadLines($"/proc/{pid}/status").FirstOrDefault(each => each.StartsWith("VmRSS:", StringComparison.Ordinal));
            var kilobytes = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1];
            if (kilobytes is not null)
                PeakMegabytes = Math.Max(PeakMegabytes, double.Parse(kilobytes, CultureInfo.InvariantCulture) / 1024);
        }

        public override string ToString() => string.Create(CultureInfo.InvariantCulture,
            $"round trips p50 {Rtt.Percentile(0.5).TotalMilliseconds:0.0} ms, p99 {Rtt.Percentile(0.99).TotalMilliseconds:0.0} ms, n={Rtt.Count}, peak {PeakMegabytes:0.0} MB");
    }
}
