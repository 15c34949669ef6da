using System.Globalization;
using System.Text.Json.Nodes;

namespace ClusterTrials;

/// <summary>What an operator does to five nodes while the owner presses a button every 200 ms: nothing of it is seen in the chat.</summary>
internal sealed class Rolling(Fleet fleet, Report report)
{
    private static readonly TimeSpan s_pace = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_gap = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(Report report)
    {
        await using var fleet = await Fleet.StartAsync(new FleetOptions(5));
        var rolling = new Rolling(fleet, report);
        await rolling.RestartAsync();
        await rolling.UpdateAsync();
        await rolling.MoveAsync();
        await rolling.StopAsync();
        report.Check(fleet.Machines.Sum(machine => machine.Crashes) == 0, "rolling: no process ended: each was replaced in place");
    }

    private async Task RestartAsync()
    {
        var before = fleet.Machines.Select(machine => machine.Pid).ToList();
        var document = await PressedAsync("restart", "restart", "--rolling", "--wait", "3s", "--json");
        var nodes = document["nodes"]!.AsArray();
        var order = string.Join(' ', nodes.Select(node => (string?)node!["name"]));
        report.Check(nodes.Count == 5 && (string?)nodes[^1]!["name"] == fleet.First.Name && (bool)nodes[^1]!["was_host"]!, "rolling: restart takes all five, the Host last", order);
        report.Check(before.SequenceEqual(fleet.Machines.Select(machine => machine.Pid)), "rolling: process ids stay");
        report.Check(nodes.All(node => (double)node!["seconds"]! < 10), "rolling: each is back and heard by all within 10 s",
            string.Join(' ', nodes.Select(node => string.Create(CultureInfo.InvariantCulture, $"{(double)node!["seconds"]!:0.0}"))));
    }

    /// <summary>The same bytes as another file: what install.sh puts in place.</summary>
    private async Task UpdateAsync()
    {
        File.Copy(Fleet.Constella, Fleet.Constella + ".new", overwrite: true);
        File.SetLastWriteTimeUtc(Fleet.Constella + ".new", DateTime.UtcNow);
        File.Move(Fleet.Constella + ".new", Fleet.Constella, overwrite: true);
        var document = await PressedAsync("update", "update", "--rolling", "--fast", "--json");
        report.Check(document["nodes"]!.AsArray().Count(node => node!["seconds"] is not null) == 5, "rolling: update takes the five in whose place another program lies");
        var again = JsonNode.Parse(await Fleet.CliAsync(fleet.First, "update", "--rolling", "--fast", "--json"))!;
        report.Check(again["nodes"]!.AsArray().All(node => node!["seconds"] is null), "rolling: a second update finds nothing new and restarts nobody");
        var verify = JsonNode.Parse(await Fleet.CliAsync(fleet.First, "verify", "--json"))!;
        report.Check((bool)verify["alike"]!, "rolling: verify finds the same program on all", (string?)verify["nodes"]![0]!["build"]);
    }

    private async Task MoveAsync()
    {
        var third = fleet.Machines[2];
        var document = await PressedAsync("transfer", third, "transfer", third.Name, "--json");
        report.Check((string?)document["name"] == third.Name && (double)document["seconds"]! < 5, "rolling: transfer moves the bot to a node that is not first in order", $"{document["seconds"]} s");
        await Task.Delay(13_000);
        report.Check(await Fleet.IsHostAsync(third), "rolling: and it stays there, though smaller keys live");
        await Fleet.CliAsync(fleet.First, "pause");
        await Fleet.CliAsync(fleet.First, "drain", third.Name);
        report.Check(await Fleet.IsHostAsync(fleet.First), "rolling: drained, it hands over at once, also while moves are paused");
        await Fleet.CliAsync(fleet.First, "drain", third.Name, "--off");
        await Task.Delay(13_000);
        report.Check(await Fleet.IsHostAsync(fleet.First), "rolling: while moves are paused, the preferred node does not come back");
        await Fleet.CliAsync(fleet.First, "resume");
        await Wait.ForAsync($"{third.Name} is Host", s_limit, () => Fleet.IsHostAsync(third));
        await Fleet.CliAsync(fleet.First, "transfer", "--off");
        await fleet.SettledAsync(fleet.First, s_limit);
        var hosts = JsonNode.Parse(await Fleet.CliAsync(fleet.Machines[4], "history", "--json"))!["hosts"]!.AsArray();
        var causes = string.Join(' ', hosts.Select(host => (string?)host!["why"]));
        report.Check(causes.EndsWith("transfer drain transfer return", StringComparison.Ordinal), "rolling: history tells on another node who was Host, and why", causes);
    }

    /// <summary>A node that does not come back, or is not there, ends it.</summary>
    private async Task StopAsync()
    {
        var fifth = fleet.Machines[4];
        fifth.Freeze();
        await Wait.ForAsync($"{fifth.Name} is not heard", s_limit, async () => (await Shell.RunAsync(Fleet.Cli(fleet.First, "verify"), fleet.First.Environment)).Code == 1);
        var stopped = await Shell.RunAsync(Fleet.Cli(fleet.First, "restart", "--rolling", "--fast"), fleet.First.Environment);
        report.Check(stopped.Code == 1 && stopped.Error.Contains(fifth.Name, StringComparison.Ordinal) && stopped.Error.Contains("stopped after 0 of 5", StringComparison.Ordinal),
            "rolling: it does not begin where a node is not heard, and says which", stopped.Error.Trim().ReplaceLineEndings(" / "));
        fifth.Thaw();
        await fleet.SettledAsync(fleet.First, s_limit);
    }

    private Task<JsonNode> PressedAsync(string what, params string[] verb) => PressedAsync(what, fleet.First, verb);

    /// <summary>Runs a command under presses, to where <paramref name="host"/> is Host, and judges what the owner saw.</summary>
    private async Task<JsonNode> PressedAsync(string what, Machine host, params string[] verb)
    {
        var since = new Journal(await fleet.StandIn.JournalAsync(0)).Next;
        JsonNode document;
        var errors = new List<string>();
        await using (new Presser(fleet.StandIn, s_pace, message => errors.AddRange(message.Text.Contains('⚠') ? [message.Text] : [])))
        {
            await Task.Delay(1_000);
            document = JsonNode.Parse(await Shell.DoAsync(Fleet.Cli(fleet.First, verb), fleet.First.Environment, TimeSpan.FromMinutes(3)))!;
            await fleet.SettledAsync(host, s_limit);
            await Task.Delay(1_000);
        }
        await JudgeAsync(what, since, errors);
        return document;
    }

    private async Task JudgeAsync(string what, int since, List<string> errors)
    {
        Journal journal = new([]);
        await Wait.ForAsync("every press is confirmed", s_limit, async () =>
        {
            journal = new Journal(await fleet.StandIn.JournalAsync(since));
            return journal.Fates().Values.All(fate => fate.Confirmations > 0);
        });
        var presses = journal.Fates().Values.Where(fate => fate.IsPress).ToList();
        report.Check(presses.Count > 10 && presses.All(fate => fate is { Answers: 1, Confirmations: 1 }), $"rolling: {what}: no press is lost, none is handled twice",
            $"{presses.Count} presses, {presses.Count(fate => fate.Answers == 0)} lost, {presses.Count(fate => fate.Answers > 1)} twice");
        report.Check(errors.Count == 0, $"rolling: {what}: no error is shown", errors.FirstOrDefault());
        var gaps = journal.Moves().ToList();
        var sum = TimeSpan.FromMilliseconds(gaps.Sum());
        report.Check(sum < s_gap, $"rolling: {what}: the bot is away for less than a second in all", string.Create(CultureInfo.InvariantCulture,
            $"{gaps.Count} moves, {sum.TotalSeconds:0.00} s in all, with presses 0.2 s apart: {string.Join(' ', gaps.Select(gap => string.Create(CultureInfo.InvariantCulture, $"{gap / 1000:0.00}")))}"));
    }
}
