using System.Net;
using System.Text.Json.Nodes;

namespace ClusterTrials;

/// <summary>Rule X6 over the network: who is not spoken to without TLS, and whose certificate is not believed.</summary>
internal sealed partial class Refusals
{
    private Machine Third => fleet.Machines[2];

    private async Task TlsAsync()
    {
        await RefusedAsync("plain HTTP from another host", HttpStatusCode.UpgradeRequired,
            async () => await SendAsync(Target, "GET", "/peers", await SignAsync(Peer, Target, "GET", "/peers"), scheme: "http"));
        await RefusedAsync("a plain reboot from another host", HttpStatusCode.UpgradeRequired,
            () => SendAsync(Target, "POST", "/reboot", [], "{}"u8.ToArray(), scheme: "http"));
        await CurlAsync();
        report.Check(!Told().Contains("in the place of", StringComparison.Ordinal), "refusals: in health no certificate is refused");
        await ImpostorsAsync();
    }

    /// <summary>A tool that is not ours verifies a node, and the name it must have.</summary>
    private async Task CurlAsync()
    {
        var command = await Fleet.CliAsync(Peer, "sign", "GET", "/peers", "--target", Target.Name, "--curl");
        var ended = await Shell.RunAsync(Net.On(Peer.Host, "sh"), input: command);
        report.Check(ended.Code == 0 && ended.Out.Contains(NodeId(Target), StringComparison.Ordinal),
            "refusals: curl, as `sign --curl` prints it, verifies the node and is served", ended.Code == 0 ? null : ended.Text);
        var wrong = await Shell.RunAsync(Net.On(Peer.Host, "sh"), input: command.Replace($"::{Target.Address}", $"::{Third.Address}", StringComparison.Ordinal));
        report.Check(wrong.Code == 60, "refusals: curl refuses another node in its place", $"exit code {wrong.Code}");
    }

    /// <summary>Who answers at a member's address is not that member: one with its own state, one of another network.</summary>
    private async Task ImpostorsAsync()
    {
        await Peer.StopAsync();
        await Third.StopAsync();
        await InPlaceOfAsync(Peer, Third.State, $"its certificate is for {NodeId(Third)}.constella", "another node at a member's address");
        var foreign = Path.Combine(fleet.Folder, "foreign-network");
        _ = await Shell.DoAsync(Net.On(Third.Host, Fleet.Constella, "init"), Impostor(Third, foreign));
        await InPlaceOfAsync(Third, foreign, "its certificate is not of this network", "a node of another network at a member's address");
    }

    private async Task InPlaceOfAsync(Machine member, string state, string reason, string what)
    {
        using var impostor = Shell.Start(Net.On(member.Host, Fleet.Constella, "run"), Impostor(member, state));
        try
        {
            await Wait.ForAsync($"{Target.Name} says: {reason}", TimeSpan.FromSeconds(60),
                () => Task.FromResult(Told().Contains($"in the place of {NodeId(member)}.constella is not called: {reason}", StringComparison.Ordinal)),
                () => Fleet.Tail(Target.Log));
            report.Check(true, $"refusals: {what} is not spoken to", reason);
            var health = "";
            await Wait.ForAsync($"{member.Name} is down, whoever sits in its place", TimeSpan.FromSeconds(60), async () =>
                (health = await HealthAsync(member)) == "down", () => health);
            report.Check(true, $"refusals: {what} does not count as that member", health);
        }
        finally
        {
            impostor.Kill();
        }
    }

    private async Task<string> HealthAsync(Machine member) =>
        (string)JsonNode.Parse(await Fleet.CliAsync(Target, "peers", "--json"))!["peers"]!.AsArray()
            .Single(peer => (string?)peer!["node_id"] == NodeId(member))!["health"]!;

    private static Dictionary<string, string> Impostor(Machine member, string state) => new(member.Environment)
    {
        ["CONSTELLA_STATE_DIR"] = state,
        ["CONSTELLA_LOG_DIR"] = Path.Combine(member.Folder, "impostor"),
        // It shares this machine's pid namespace: nothing may reboot it.
        ["CONSTELLA_ALLOW_REBOOT"] = "false",
    };

    private string Told() => File.ReadAllText(Target.Log);
}
