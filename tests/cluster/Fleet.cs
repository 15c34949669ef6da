using System.Diagnostics;
using System.Text.Json.Nodes;

namespace ClusterTrials;

/// <param name="Token">Of the bot; a canary where secrets are looked for.</param>
internal sealed record FleetOptions(int Nodes, string Token = "123:ABC", string LogLevel = "information")
{
    /// <summary>Last changes to a machine before its first boot.</summary>
    public Action<Machine>? Prepare { get; init; }

    /// <summary>The nodes reach the bot's service over TLS, as they do Telegram.</summary>
    public bool BotTls { get; init; }

    /// <summary>A folder of the kernel's memory controller: each machine gets one in it.</summary>
    public string? Cgroups { get; init; }
}

/// <summary>A network of machines with the published executable on them, and the stand-in for Telegram beside it.</summary>
internal sealed class Fleet : IAsyncDisposable
{
    public const string Owner = "username";
    private const int StandInPort = 8081;
    private const int StandInTlsPort = 8443;
    private static readonly string[] s_names = ["alpha-01", "bravo-02", "charlie-03", "delta-04", "echo-05"];
    private static readonly HttpClient s_http = Net.Http(TimeSpan.FromSeconds(1));

    private readonly Process _standInProcess;

    private Fleet(FleetOptions options, string folder, Process standInProcess)
    {
        Options = options;
        Folder = folder;
        _standInProcess = standInProcess;
        StandIn = new StandIn(StandInUrl);
    }

    public static string Constella { get; } = Net.Require("CLUSTER_CONSTELLA");

    private static string StandInUrl => $"http://{Net.Address(0)}:{StandInPort}";

    public FleetOptions Options { get; }
    public string Folder { get; }
    public StandIn StandIn { get; }
    public List<Machine> Machines { get; } = [];

    /// <summary>The machine with the smallest leader key.</summary>
    public Machine First => Machines[0];

    /// <summary>A network of which all nodes agree, and whose bot knows its owner.</summary>
    public static async Task<Fleet> StartAsync(FleetOptions options)
    {
        var fleet = await StartEmptyAsync(options);
        await fleet.InitAsync();
        while (fleet.Machines.Count < options.Nodes)
            await fleet.JoinAsync();
        await fleet.SettledAsync(fleet.First, TimeSpan.FromSeconds(60));
        return fleet;
    }

    /// <summary>The stand-in alone.</summary>
    public static async Task<Fleet> StartEmptyAsync(FleetOptions options)
    {
        var folder = Directory.CreateDirectory(Path.Combine(Net.Require("CLUSTER_WORK"), Guid.NewGuid().ToString("N")[..8])).FullName;
        string[] tls = options.BotTls ? ["--tls", $"{Net.Address(0)}:{StandInTlsPort}", "--certificate", BotCertificate.Write(folder)] : [];
        var process = Shell.Start(
            [Net.Require("CLUSTER_STANDIN"), "--listen", $"{Net.Address(0)}:{StandInPort}", "--token", options.Token, .. tls], null);
        var fleet = new Fleet(options, folder, process);
        await Wait.ForAsync("the stand-in answers", TimeSpan.FromSeconds(60), fleet.StandIn.AnswersAsync);
        return fleet;
    }

    /// <summary>The first machine makes the network, and the owner says hello to its bot.</summary>
    public async Task InitAsync()
    {
        var machine = Add();
        machine.Environment["CONSTELLA_OWNER"] = "@" + Owner;
        machine.Environment["CONSTELLA_BOT_TOKEN"] = Options.Token;
        await CliAsync(machine, "init");
        await BootAsync(machine);
        await StandIn.SayAsync("/start");
        await Wait.ForAsync("the bot answers /start", TimeSpan.FromSeconds(60), async () => await StandIn.LivingMessageAsync() is not null);
    }

    /// <summary>One more machine, by a join link, as a container does it.</summary>
    public async Task<Machine> JoinAsync()
    {
        var machine = Add();
        machine.Environment["CONSTELLA_JOIN"] = machine.JoinedWith = await InviteAsync();
        await BootAsync(machine);
        machine.Environment.Remove("CONSTELLA_JOIN");
        return machine;
    }

    /// <summary>A node on a machine with a hundred others may not answer at once.</summary>
    public async Task<string> InviteAsync()
    {
        var link = "";
        await Wait.ForAsync("an invite", TimeSpan.FromSeconds(60), async () =>
        {
            var ended = await Shell.RunAsync(Cli(First, "invite", "--ttl", "15m"), First.Environment);
            link = ended.Out.Split('\n')[0].Trim();
            return ended.Code == 0;
        });
        return link;
    }

    /// <summary>The command line of a node, on its machine.</summary>
    public static Task<string> CliAsync(Machine machine, params string[] arguments) =>
        Shell.DoAsync(Cli(machine, arguments), machine.Environment);

    public static string[] Cli(Machine machine, params string[] arguments) => Net.On(machine.Host, [Constella, .. arguments]);

    public Machine Add()
    {
        var host = Machines.Count + 1;
        var name = host <= s_names.Length ? s_names[host - 1] : $"node-{host:00}";
        var machine = new Machine(host, name, Directory.CreateDirectory(Path.Combine(Folder, name)).FullName);
        // As install.sh has it.
        machine.Environment["DOTNET_GCgen0size"] = "0x100000";
        machine.Environment["CONSTELLA_STATE_DIR"] = machine.State;
        machine.Environment["CONSTELLA_SERVER_NAME"] = name;
        machine.Environment["CONSTELLA_PUBLIC_ADDR"] = $"{machine.Address}:4747";
        machine.Environment["CONSTELLA_PRIORITY"] = $"{100 + host}";
        machine.Environment["CONSTELLA_BOT_API_URL"] = Options.BotTls ? $"https://{Net.Address(0)}:{StandInTlsPort}" : StandInUrl;
        if (Options.BotTls)
            machine.Environment["SSL_CERT_FILE"] = BotCertificate.Trusted(Folder);
        machine.Environment["CONSTELLA_LOG_LEVEL"] = Options.LogLevel;
        if (Options.Cgroups is { Length: > 0 } cgroups)
            machine.Cgroup = Directory.CreateDirectory(Path.Combine(cgroups, name)).FullName;
        Machines.Add(machine);
        Options.Prepare?.Invoke(machine);
        return machine;
    }

    public static async Task BootAsync(Machine machine)
    {
        machine.PowerOn();
        await Wait.ForAsync(
            $"{machine.Name} answers", TimeSpan.FromSeconds(60), async () => await HealthAsync(machine) is not null,
            () => Tail(machine.Log));
    }

    /// <summary>What <c>GET /health</c> says; null when nobody answers.</summary>
    public static async Task<JsonObject?> HealthAsync(Machine machine)
    {
        try
        {
            return JsonNode.Parse(await s_http.GetStringAsync(new Uri($"https://{machine.Address}:4747/health")))?.AsObject();
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return null;
        }
    }

    public static async Task<bool> IsHostAsync(Machine machine) => (bool?)(await HealthAsync(machine))?["is_leader"] ?? false;

    /// <summary>Ends when every node says that all are alive and that <paramref name="host"/> is the Host.</summary>
    public async Task SettledAsync(Machine host, TimeSpan limit)
    {
        await Wait.ForAsync($"{host.Name} is the only Host", limit, async () =>
        {
            var hosts = await Task.WhenAll(Machines.Select(IsHostAsync));
            return Machines.Zip(hosts).All(pair => pair.Second == (pair.First == host));
        }, WhatNodesSay);
        foreach (var machine in Machines)
            await Wait.ForAsync($"{machine.Name} hears everybody", limit, () => AgreesAsync(machine, host), WhatNodesSay);
    }

    private string WhatNodesSay() =>
        string.Join('\n', Machines.Select(machine => $"--- {machine.Name}\n{Tail(machine.Log)}"));

    private async Task<bool> AgreesAsync(Machine machine, Machine host)
    {
        var ended = await Shell.RunAsync(Cli(machine, "peers", "--json"), machine.Environment);
        if (ended.Code != 0)
            return false;
        var document = JsonNode.Parse(ended.Out)!;
        var peers = document["peers"]!.AsArray();
        return (bool?)document["quorum"] == true
            && peers.Count == Machines.Count
            && peers.All(peer => (string?)peer!["health"] == "alive")
            && peers.All(peer => ((bool?)peer!["is_host"] == true) == ((string?)peer["name"] == host.Name));
    }

    public static string Tail(string file) =>
        File.Exists(file) ? string.Join('\n', File.ReadLines(file).TakeLast(15)) : "(no log)";

    public ValueTask DisposeAsync()
    {
        foreach (var machine in Machines)
            machine.Dispose();
        if (!_standInProcess.HasExited)
            _standInProcess.Kill();
        _standInProcess.Dispose();
        StandIn.Dispose();
        return ValueTask.CompletedTask;
    }
}
