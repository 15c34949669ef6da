using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ClusterTrials;

/// <summary>A node as <c>install.sh</c> leaves it on a host without systemd.</summary>
internal sealed partial class Installed(int host, string name, string folder)
{
    private readonly Dictionary<string, string> _environment = new()
    {
        ["CONSTELLA_BOT_API_URL"] = $"http://{Net.Address(0)}:8081",
        // These nodes share this machine's pid namespace: nothing may reboot it.
        ["CONSTELLA_ALLOW_REBOOT"] = "false",
        ["CONSTELLA_PRIORITY"] = $"{100 + host}",
    };

    public string Name => name;
    public string Address => Net.Address(host);
    private string State => Path.Combine(folder, "state");

    public Task<Ended> InstallAsync(string verb, string? input, params string[] flags)
    {
        string[] place = ["--state-dir", State];
        string[] identity = verb is "init" or "join"
            ? ["--native", "--no-systemd", "--no-packages", "--from", Net.Require("CLUSTER_ARCHIVE"), "--server-name", name, "--public-addr", $"{Address}:4747"]
            : [];
        return Shell.RunAsync(
            Net.On(host, [Path.Combine(Net.Require("CLUSTER_ROOT"), "install.sh"), verb, .. place, .. identity, .. flags]),
            _environment, input, TimeSpan.FromMinutes(2));
    }

    /// <summary>The command line of this node, the way install.sh prints it.</summary>
    public Task<Ended> CommandAsync(params string[] arguments) =>
        Shell.RunAsync(Net.On(host, [Path.Combine(State, "constella"), .. arguments]));

    public async Task KillAsync()
    {
        var pid = (await File.ReadAllTextAsync(Path.Combine(State, "constella.pid"))).Trim();
        await Shell.DoAsync(["kill", "-KILL", pid]);
    }

    /// <summary>Names of the living members, and of the Host, as this node sees them.</summary>
    public async Task<(string Alive, string? Host)> ViewAsync()
    {
        var ended = await CommandAsync("peers", "--json");
        if (ended.Code != 0)
            return (ended.Text, null);
        var peers = JsonNode.Parse(ended.Out)!["peers"]!.AsArray();
        var alive = peers.Where(peer => (string?)peer!["health"] == "alive").Select(peer => (string)peer!["name"]!).Order(StringComparer.Ordinal);
        return (string.Join(' ', alive), (string?)peers.FirstOrDefault(peer => (bool?)peer!["is_host"] == true)?["name"]);
    }

    public static string? LinkIn(string text) => JoinLink().Match(text) is { Success: true } match ? match.Value : null;

    [GeneratedRegex("join://[^\\s']+")]
    private static partial Regex JoinLink();
}

/// <summary>The owner's day on three hosts: install.sh init, join, join; the Host is killed; the bot answers again.</summary>
internal static class Join
{
    private const string Everybody = "alpha-01 bravo-02 charlie-03";

    public static async Task RunAsync(Report report)
    {
        await using var fleet = await Fleet.StartEmptyAsync(new FleetOptions(0));
        var nodes = Everybody.Split(' ')
            .Select((name, i) => new Installed(i + 1, name, Directory.CreateDirectory(Path.Combine(fleet.Folder, name)).FullName))
            .ToList();
        var link = await InitAsync(nodes[0], fleet, report);
        foreach (var node in nodes.Skip(1))
        {
            var joined = await node.InstallAsync("join", link, "--join", "-");
            report.Check(joined.Code == 0, $"join: install.sh join makes {node.Name} a member", joined.Code == 0 ? null : joined.Text);
            link = (await nodes[0].CommandAsync("invite", "--ttl", "15m")).Out.Split('\n')[0].Trim();
        }
        await AgreeAsync(nodes, "alpha-01");
        report.Check(true, "join: all nodes see each other and the same Host", Everybody);
        await fleet.StandIn.SayAsync("/start");
        await Wait.ForAsync("the bot lists all nodes", TimeSpan.FromSeconds(60), async () =>
            await fleet.StandIn.LivingMessageAsync() is { } message && Everybody.Split(' ').All(name => Shows(message, name)));
        report.Check(true, "join: the bot lists all nodes to its owner");
        await LoseHostAsync(fleet, nodes, report);
        foreach (var node in nodes)
            await node.InstallAsync("stop", null);
    }

    private static async Task<string> InitAsync(Installed first, Fleet fleet, Report report)
    {
        var token = Path.Combine(fleet.Folder, "token");
        await File.WriteAllTextAsync(token, fleet.Options.Token + "\n");
        var made = await first.InstallAsync("init", null, "--owner", "@" + Fleet.Owner, "--bot-token-file", token);
        var link = Installed.LinkIn(made.Out);
        report.Check(made.Code == 0 && link is not null, "join: install.sh init ends with a running Host and a link",
            made.Code == 0 ? null : made.Text);
        return link ?? throw new TrialException($"no link in what install.sh printed:\n{made.Text}");
    }

    private static async Task LoseHostAsync(Fleet fleet, List<Installed> nodes, Report report)
    {
        var since = new Journal(await fleet.StandIn.JournalAsync(0)).Next;
        double lost;
        await using (new Presser(fleet.StandIn))
        {
            await Task.Delay(1_000);
            lost = StandIn.Mono;
            await nodes[0].KillAsync();
            await Wait.ForAsync("another node answers the owner", TimeSpan.FromSeconds(30), async () =>
                new Journal(await fleet.StandIn.JournalAsync(since)).Answers.Any(answer => answer.Remote != nodes[0].Address));
        }
        var first = new Journal(await fleet.StandIn.JournalAsync(since)).Answers.First(answer => answer.Remote != nodes[0].Address);
        var gap = (first.At - lost) / 1000;
        report.Check(gap <= 10, "join: kill -9 of the Host, and the bot answers again within 10 s",
            string.Create(CultureInfo.InvariantCulture, $"{gap:0.00} s, from h{Net.HostOf(first.Remote)}"));
        var started = await nodes[0].InstallAsync("start", null);
        report.Check(started.Code == 0, "join: install.sh start brings the lost node back", started.Code == 0 ? null : started.Text);
        await AgreeAsync(nodes, "alpha-01");
        report.Check(true, "join: the returned node leads again");
    }

    private static bool Shows(ChatMessage message, string name) =>
        message.Text.Contains(name, StringComparison.Ordinal) || message.Buttons.Any(button => button.Label.Contains(name, StringComparison.Ordinal));

    private static async Task AgreeAsync(List<Installed> nodes, string host)
    {
        foreach (var node in nodes)
        {
            var seen = "";
            await Wait.ForAsync($"{node.Name} sees everybody, and {host} as Host", TimeSpan.FromSeconds(60), async () =>
            {
                var view = await node.ViewAsync();
                seen = $"{view.Alive}; Host {view.Host}";
                return view == (Everybody, host);
            }, () => seen);
        }
    }
}
