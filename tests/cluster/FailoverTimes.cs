using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace ClusterTrials;

/// <summary>Loses the Host of one network again and again, and writes down what each failover was made of: a line of the ledger per trial, so that a long run may be stopped and gone on with.</summary>
internal static class FailoverTimes
{
    public static Fault FaultOf(string name) => name == "planned" ? Fault.Stop : Enum.Parse<Fault>(name, ignoreCase: true);

    public static string NameOf(Fault fault) => fault == Fault.Stop ? "planned" : fault.ToString().ToLowerInvariant();

    /// <param name="trials">Of each fault, those among them that the ledger has already, of the same build.</param>
    public static async Task RunAsync(int nodes, int trials, IReadOnlyList<Fault> faults, string ledger, Report report)
    {
        var build = await BuildAsync();
        var done = File.Exists(ledger) ? Read([ledger]).Where(line => (string?)line["build"] == build).Select(line => (string)line["fault"]!).ToList() : [];
        var left = faults.SelectMany(fault => Enumerable.Range(done.Count(each => each == NameOf(fault)), Math.Max(0, trials - done.Count(each => each == NameOf(fault)))).Select(i => (i, fault)))
            .OrderBy(each => each.i).ToList();
        if (left.Count == 0)
            return;
        await using var fleet = await Fleet.StartAsync(new FleetOptions(nodes));
        var failover = new Failover(fleet, new FailoverOptions(nodes, trials, null, done.Count, 0, Reboots: false));
        foreach (var (_, fault) in left)
        {
            var trial = await failover.TryAsync(fault);
            var line = new JsonObject
            {
                ["build"] = build,
                ["nodes"] = nodes,
                ["fault"] = NameOf(fault),
                ["gap_ms"] = trial.Parts?.Answered,
                ["parts_ms"] = trial.Parts?.Parts is { } parts ? new JsonArray([.. parts.Select(part => (JsonNode)Math.Round(part, 1))]) : null,
                ["hand_back_ms"] = trial.HandBack?.TotalMilliseconds,
                ["violations"] = new JsonArray([.. trial.Violations.Select(each => (JsonNode)each)]),
            };
            await File.AppendAllTextAsync(ledger, line.ToJsonString() + "\n");
            Report.Note($"{nodes} nodes, {line.ToJsonString()}");
        }
        report.Check(fleet.Machines.All(machine => machine.Crashes == 0), $"failover, {nodes} nodes: none ended by itself");
    }

    /// <summary>The beginning of the executable's SHA-256: what else it says of itself is the same for many builds.</summary>
    public static async Task<string> BuildAsync()
    {
        await using var file = File.OpenRead(Fleet.Constella);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file))[..12];
    }

    public static IEnumerable<JsonObject> Read(IEnumerable<string> ledgers) =>
        ledgers.SelectMany(File.ReadLines).Where(line => line.Length > 0).Select(line => JsonNode.Parse(line)!.AsObject());
}
