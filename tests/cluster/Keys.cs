using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace ClusterTrials;

/// <summary>Secrets rotate under presses, a node that was away is refused and joins again, an evicted node is out for good.</summary>
internal sealed class Keys(Fleet fleet, Report report)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private Machine Away => fleet.Machines[3];

    private Machine Evicted => fleet.Machines[2];

    public static async Task RunAsync(Report report)
    {
        await using var fleet = await Fleet.StartAsync(new FleetOptions(4));
        var keys = new Keys(fleet, report);
        await keys.RotateAsync();
        await keys.RejoinAsync();
        await keys.EvictAsync();
    }

    private async Task RotateAsync()
    {
        Away.Kill();
        await Wait.ForAsync($"{Away.Name} is down for all", s_limit, async () => await HealthOfAsync(fleet.First, Away) == "down");
        var since = new Journal(await fleet.StandIn.JournalAsync(0)).Next;
        var old = CopyState(fleet.Machines[1], "before");
        JsonNode ended;
        double seconds;
        await using (new Presser(fleet.StandIn))
        {
            await Task.Delay(1_000);
            var began = StandIn.Mono;
            ended = JsonNode.Parse(await Fleet.CliAsync(fleet.Machines[1], "keys", "rotate", "--yes", "--json"))!;
            seconds = (StandIn.Mono - began) / 1000;
            await Task.Delay(5_000);
        }
        report.Check((int?)ended["generation"] == 2 && (string?)ended["phase"] == "remove", "keys: rotate ends with a new generation",
            string.Create(CultureInfo.InvariantCulture, $"{seconds:0.00} s"));
        await NoneLostAsync(since);
        var secrets = fleet.Machines.Take(3).Select(SecretOf).Distinct().ToList();
        report.Check(secrets.Count == 1 && secrets[0] != SecretOf(old), "keys: the living share one new secret");
        foreach (var machine in fleet.Machines.Take(3))
        {
            var alive = await Task.WhenAll(fleet.Machines.Take(3).Select(other => HealthOfAsync(machine, other)));
            report.Check(alive.All(health => health == "alive"), $"keys: {machine.Name} hears all the others", string.Join(' ', alive));
            await RefusedAsync("the old secret", old, machine);
        }
    }

    /// <summary>Each press that went out was answered and confirmed.</summary>
    private async Task NoneLostAsync(int since)
    {
        Dictionary<long, Fate> fates = [];
        await Wait.ForAsync("every press is confirmed", s_limit, async () =>
        {
            fates = new Journal(await fleet.StandIn.JournalAsync(since)).Fates();
            return fates.Values.All(fate => fate.Confirmations > 0);
        });
        var presses = fates.Values.Count(fate => fate.IsPress);
        var unanswered = fates.Values.Count(fate => fate.IsPress && fate.Answers == 0);
        report.Check(presses > 20 && unanswered == 0, "keys: no press was lost while the secret changed", $"{presses} presses, {unanswered} without an answer");
    }

    private async Task RejoinAsync()
    {
        await Fleet.BootAsync(Away);
        await Wait.ForAsync($"{Away.Name} knows that it is refused", s_limit, async () => (string?)(await Fleet.HealthAsync(Away))?["status"] == "refused");
        var status = await Shell.RunAsync(Fleet.Cli(Away, "status"), Away.Environment);
        report.Check(status.Code == 1 && status.Text.Contains("refuse this node's key", StringComparison.Ordinal) && status.Text.Contains("--replace", StringComparison.Ordinal),
            "keys: a node that was away is refused, and its status says what to do", $"exit code {status.Code}");
        await Fleet.CliAsync(fleet.First, "evict", Away.Name, "--yes");
        await Away.StopAsync();
        Away.Environment["CONSTELLA_JOIN"] = await fleet.InviteAsync();
        var joined = await Shell.RunAsync(Fleet.Cli(Away, "join", "--replace"), Away.Environment);
        Away.Environment.Remove("CONSTELLA_JOIN");
        report.Check(joined.Code == 0, "keys: it joins again by a link", joined.Code == 0 ? null : joined.Text);
        await Fleet.BootAsync(Away);
        await fleet.SettledAsync(fleet.First, s_limit);
        report.Check(GenerationOf(Away) == 3, "keys: all four are one network again, under generation 3");
    }

    private async Task EvictAsync()
    {
        Evicted.ExpectEnd();
        var told = await Shell.RunAsync(Fleet.Cli(fleet.Machines[1], "evict", Evicted.Name, "--yes"), fleet.Machines[1].Environment);
        report.Check(told.Code == 0 && told.Text.Contains("generation 4", StringComparison.Ordinal) && told.Text.Contains("@BotFather", StringComparison.Ordinal),
            "keys: evict puts a living node out, and tells of the bot token", $"exit code {told.Code}: {told.Text.ReplaceLineEndings(" / ")}");
        await Wait.ForAsync($"{Evicted.Name} ends", s_limit, () => Task.FromResult(Evicted.Pid is null), () => Fleet.Tail(Evicted.Log));
        report.Check(File.Exists(Evicted.StateFile + ".left"), "keys: the evicted node ends by itself");
        var folder = Directory.CreateDirectory(Path.Combine(fleet.Folder, "evicted")).FullName;
        File.Copy(Evicted.StateFile + ".left", Path.Combine(folder, "network_state.json"));
        var rest = fleet.Machines.Where(machine => machine != Evicted).ToList();
        await Wait.ForAsync("the rest has one secret", s_limit, () => Task.FromResult(rest.All(machine => GenerationOf(machine) == 4)));
        foreach (var machine in rest)
            await RefusedAsync("the evicted node's secret", folder, machine);
        var known = Directory.EnumerateFiles(Evicted.Folder, "*", SearchOption.AllDirectories).Select(File.ReadAllText);
        report.Check(known.All(text => !text.Contains(SecretOf(rest[0]), StringComparison.Ordinal)), "keys: the evicted machine does not know the new secret");
    }

    /// <summary>Signed by whoever has this state, a request gets a bare 401: no body, no signature.</summary>
    private async Task RefusedAsync(string what, string stateDir, Machine target)
    {
        var environment = new Dictionary<string, string> { ["CONSTELLA_STATE_DIR"] = stateDir };
        var text = await Shell.DoAsync(Fleet.Cli(target, "sign", "GET", "/peers", "--target", target.Name, "--json"), environment);
        using var http = Net.Http(TimeSpan.FromSeconds(60));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"https://{target.Address}:4747/peers"));
        foreach (var (name, value) in JsonNode.Parse(text)!["headers"]!.AsObject())
            request.Headers.TryAddWithoutValidation(name, (string?)value);
        using var answer = await http.SendAsync(request);
        var body = await answer.Content.ReadAsStringAsync();
        report.Check(answer.StatusCode == HttpStatusCode.Unauthorized && body.Length == 0 && !answer.Headers.Contains("Signature"),
            $"keys: {target.Name} answers {what} with a bare 401", $"{(int)answer.StatusCode} {body}".Trim());
    }

    private static async Task<string?> HealthOfAsync(Machine asked, Machine about)
    {
        var ended = await Shell.RunAsync(Fleet.Cli(asked, "peers", "--json"), asked.Environment);
        return ended.Code != 0 ? null : (string?)JsonNode.Parse(ended.Out)!["peers"]!.AsArray().FirstOrDefault(peer => (string?)peer!["name"] == about.Name)?["health"];
    }

    private string CopyState(Machine machine, string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(fleet.Folder, name)).FullName;
        File.Copy(machine.StateFile, Path.Combine(folder, "network_state.json"));
        return folder;
    }

    private static string SecretOf(Machine machine) => SecretOf(machine.State);

    private static string SecretOf(string stateDir) => (string)Read(stateDir)["network_secret"]!;

    private static int GenerationOf(Machine machine) => Read(machine.State) is var state && state["other_secret"] is null ? (int)state["secret_generation"]! : 0;

    private static JsonNode Read(string stateDir) => JsonNode.Parse(File.ReadAllText(Path.Combine(stateDir, "network_state.json")))!;
}
