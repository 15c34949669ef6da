using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace ClusterTrials;

/// <summary>What a node must refuse, over the network, and that nothing of it leaves a trace in its state.</summary>
internal sealed partial class Refusals(Fleet fleet, Report report)
{
    private const string OneHeartbeat = """{"v":1,"from":"half""";
    private static readonly HttpClient s_http = Net.Http(TimeSpan.FromSeconds(60));

    private Machine Target => fleet.First;

    private Machine Peer => fleet.Machines[1];

    public static async Task RunAsync(Report report)
    {
        await using var fleet = await Fleet.StartAsync(new FleetOptions(3));
        var refusals = new Refusals(fleet, report);
        var expired = await Fleet.CliAsync(fleet.First, "invite", "--ttl", "1m");
        var minted = DateTime.UtcNow;
        await refusals.RequestsAsync();
        await refusals.LinksAsync();
        var rest = minted.AddSeconds(61) - DateTime.UtcNow;
        await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero);
        await refusals.LinkAsync("an expired token", expired.Split('\n')[0].Trim(), "delta-04", "expired");
        await refusals.StillServesAsync();
        await refusals.TlsAsync();
    }

    private async Task RequestsAsync()
    {
        await RefusedAsync("an unsigned request", HttpStatusCode.Unauthorized, () => SendAsync(Target, "GET", "/peers", []));
        await RefusedAsync("an unsigned reboot", HttpStatusCode.Unauthorized, () => SendAsync(Target, "POST", "/reboot", [], "{}"u8.ToArray()));

        await RefusedAsync("the same request again", HttpStatusCode.Conflict, async () =>
        {
            var peers = await SignAsync(Peer, Target, "GET", "/peers");
            var first = await SendAsync(Target, "GET", "/peers", peers);
            report.Check(first.Status == HttpStatusCode.OK, "refusals: a signed request is served", $"{(int)first.Status}");
            return await SendAsync(Target, "GET", "/peers", peers);
        });
        await RefusedAsync("a request for another node", HttpStatusCode.MisdirectedRequest,
            async () => await SendAsync(fleet.Machines[2], "GET", "/peers", await SignAsync(Peer, Target, "GET", "/peers")), fleet.Machines[2]);
        await RefusedAsync("a request whose path was changed", HttpStatusCode.Unauthorized,
            async () => await SendAsync(Target, "GET", "/stats", await SignAsync(Peer, Target, "GET", "/peers")));

        var half = Encoding.UTF8.GetBytes(OneHeartbeat);
        var other = Encoding.UTF8.GetBytes(OneHeartbeat.Replace("half", "mine", StringComparison.Ordinal));
        async Task<(HttpStatusCode Status, string Body)> WithBodyAsync(byte[] body) =>
            await SendAsync(Target, "POST", "/heartbeat", await SignAsync(Peer, Target, "POST", "/heartbeat", half), body);
        await RefusedAsync("half-written JSON", HttpStatusCode.BadRequest, () => WithBodyAsync(half));
        await RefusedAsync("a body that was exchanged", HttpStatusCode.Unauthorized, () => WithBodyAsync(other));

        var large = new byte[1024 * 1024];
        Array.Fill(large, (byte)' ');
        await RefusedAsync("a body of 1 MB", HttpStatusCode.RequestEntityTooLarge, () => WithBodyAsync(large));
        await RefusedAsync("an unsigned body of 1 MB to /join", HttpStatusCode.RequestEntityTooLarge, () => SendAsync(Target, "POST", "/join", [], large));

        await ClockAsync();
        await ForeignSecretAsync();
    }

    /// <summary>A clock that is off by five minutes, in a signer that is not ours: bash and openssl.</summary>
    private async Task ClockAsync()
    {
        var folder = Directory.CreateDirectory(Path.Combine(fleet.Folder, "clock")).FullName;
        var date = Path.Combine(folder, "date");
        await File.WriteAllTextAsync(date, "#!/bin/sh\nexec /bin/date -d \"@$(($(/bin/date +%s) - 300))\" \"$@\"\n");
        File.SetUnixFileMode(date, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var nodeId = NodeId(Target);
        var authority = Path.Combine(folder, "ca.pem");
        await File.WriteAllTextAsync(authority, await Fleet.CliAsync(Target, "ca"));
        foreach (var (path, expected) in new[] { ("/usr/bin:/bin", "200"), ($"{folder}:/usr/bin:/bin", "401") })
        {
            var what = expected == "200" ? "bash and openssl sign what a node accepts" : "a clock that is off by 5 minutes";
            var before = await TraceAsync(Target);
            var ended = await Shell.RunAsync(
                [
                    Path.Combine(Net.Require("CLUSTER_ROOT"), "scripts", "constella-curl"), "-i", "--state-dir", Peer.State,
                    "--target", nodeId, "--host", $"{Target.Address}:4747", "--cacert", authority, "GET", "/peers",
                ],
                new Dictionary<string, string> { ["PATH"] = path });
            var status = ended.Out.Split('\n')[0].Trim();
            report.Check(status.Contains($" {expected}", StringComparison.Ordinal), $"refusals: {what}", status.Length > 0 ? status : ended.Text);
            if (expected != "200")
                await UntouchedAsync(Target, before, what);
        }
    }

    private static string NodeId(Machine machine) => (string)JsonNode.Parse(File.ReadAllText(machine.StateFile))!["node_id"]!;

    /// <summary>The same member, with the secret of another network.</summary>
    private async Task ForeignSecretAsync()
    {
        var folder = Directory.CreateDirectory(Path.Combine(fleet.Folder, "foreign")).FullName;
        var state = JsonNode.Parse(await File.ReadAllTextAsync(Peer.StateFile))!;
        state["network_secret"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).Replace('+', '-').Replace('/', '_').TrimEnd('=');
        var file = Path.Combine(folder, "network_state.json");
        await File.WriteAllTextAsync(file, state.ToJsonString());
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await RefusedAsync("a member of a foreign network", HttpStatusCode.Unauthorized,
            async () => await SendAsync(Target, "GET", "/peers", await SignAsync(Peer, Target, "GET", "/peers", stateDir: folder)));
    }

    private async Task LinksAsync()
    {
        var used = fleet.Machines[1].JoinedWith!;
        await LinkAsync("a used token", used, "delta-04", "used");
        var fresh = await fleet.InviteAsync();
        await LinkAsync("a name that is taken", fresh, Peer.Name, "in the network already");
        await LinkAsync("a wrong token", Replace(fresh, "token", WrongToken()), "delta-04", "does not know this link");
        await LinkAsync("a foreign network", Replace(fresh, "net", "0123456789abcdef"), "delta-04", "another network");
    }

    private async Task LinkAsync(string what, string link, string name, string reason)
    {
        var folder = Path.Combine(fleet.Folder, "joiner-" + Guid.NewGuid().ToString("N")[..6]);
        var before = await TraceAsync(Target);
        var ended = await Shell.RunAsync(Net.On(4, Fleet.Constella, "join"), new Dictionary<string, string>
        {
            ["CONSTELLA_STATE_DIR"] = folder,
            ["CONSTELLA_SERVER_NAME"] = name,
            ["CONSTELLA_PUBLIC_ADDR"] = $"{Net.Address(4)}:4747",
            ["CONSTELLA_JOIN"] = link,
        });
        report.Check(ended.Code == 1 && ended.Text.Contains(reason, StringComparison.OrdinalIgnoreCase),
            $"refusals: {what}", $"exit code {ended.Code}: {ended.Text.ReplaceLineEndings(" / ")}");
        report.Check(!File.Exists(Path.Combine(folder, "network_state.json")), $"refusals: {what} leaves the joiner without state");
        await UntouchedAsync(Target, before, what);
    }

    private static string Replace(string link, string key, string value)
    {
        var at = link.IndexOf(key + "=", StringComparison.Ordinal) + key.Length + 1;
        var end = link.IndexOf('&', at);
        return link[..at] + value + (end < 0 ? "" : link[end..]);
    }

    private static string WrongToken() =>
        Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).Replace('+', '-').Replace('/', '_').TrimEnd('=');

    // Signed within: what is looked at before takes longer on a crowded machine than a signature is good for (X1).
    private async Task RefusedAsync(string what, HttpStatusCode status, Func<Task<(HttpStatusCode Status, string Body)>> send, Machine? target = null)
    {
        var before = await TraceAsync(target ?? Target);
        var answer = await send();
        report.Check(answer.Status == status, $"refusals: {what}", $"{(int)answer.Status} {answer.Body}".Trim());
        await UntouchedAsync(target ?? Target, before, what);
    }

    private async Task UntouchedAsync(Machine target, string before, string what)
    {
        var after = await TraceAsync(target);
        report.Check(after == before, $"refusals: {what} changes nothing", after == before ? null : $"{before} became {after}");
    }

    /// <summary>The state file's hash, the members and the invites: all that a refused call could have changed.</summary>
    private static async Task<string> TraceAsync(Machine machine)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(machine.StateFile)))[..16];
        var peers = JsonNode.Parse(await Fleet.CliAsync(machine, "peers", "--json"))!["peers"]!.AsArray()
            .Select(peer => $"{peer!["node_id"]}/{peer["name"]}/{peer["addr"]}/{peer["health"]}");
        var invites = await Fleet.CliAsync(machine, "invite", "list", "--json");
        return string.Create(CultureInfo.InvariantCulture, $"{hash} {string.Join(' ', peers)} {invites.GetHashCode(StringComparison.Ordinal)}");
    }

    private async Task StillServesAsync()
    {
        var headers = await SignAsync(Peer, Target, "GET", "/peers");
        var answer = await SendAsync(Target, "GET", "/peers", headers);
        report.Check(answer.Status == HttpStatusCode.OK, "refusals: after all that, a signed request is served", $"{(int)answer.Status}");
    }

    /// <summary>The headers that <c>constella sign</c> gives a member for a request.</summary>
    private async Task<Dictionary<string, string>> SignAsync(
        Machine signer, Machine target, string method, string path, byte[]? body = null, string? stateDir = null)
    {
        var file = Path.Combine(fleet.Folder, "body");
        await File.WriteAllBytesAsync(file, body ?? []);
        string[] bodyFlags = body is null ? [] : ["--body", file];
        var environment = new Dictionary<string, string>(signer.Environment) { ["CONSTELLA_STATE_DIR"] = stateDir ?? signer.State };
        var text = await Shell.DoAsync(Fleet.Cli(signer, ["sign", method, path, "--target", target.Name, "--json", .. bodyFlags]), environment);
        return JsonNode.Parse(text)!["headers"]!.AsObject().ToDictionary(each => each.Key, each => (string)each.Value!);
    }

    private static async Task<(HttpStatusCode Status, string Body)> SendAsync(
        Machine target, string method, string path, Dictionary<string, string> headers, byte[]? body = null, string scheme = "https")
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"{scheme}://{target.Address}:4747{path}"));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new("application/json");
            // Else the end of the connection meets a client that is still sending, and the answer is lost.
            request.Headers.ExpectContinue = body.Length > 256 * 1024;
        }
        foreach (var (name, value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content?.Headers.TryAddWithoutValidation(name, value);
        }
        using var answer = await s_http.SendAsync(request);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }
}
