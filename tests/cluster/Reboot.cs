namespace ClusterTrials;

/// <summary>A press in the chat reboots a real machine: Debian, systemd as pid 1, the node installed by <c>install.sh</c>.</summary>
internal static class Reboot
{
    private const int Host = 2;
    private const string Name = "bravo-02";

    public static async Task RunAsync(Report report)
    {
        if ((await MachineAsync("require")) is { Code: not 0 } missing)
        {
            // A machine that cannot be made is no reason to call CI green.
            if (Environment.GetEnvironmentVariable("CI") == "true")
                throw new TrialException(missing.Text);
            Console.WriteLine($"skip reboot: {missing.Text}");
            return;
        }
        await using var fleet = await Fleet.StartAsync(new FleetOptions(1));
        try
        {
            await DoAsync("create");
            await DoAsync("boot");
            await InstallAsync(await fleet.InviteAsync(), report);
            await RebootAsync(fleet, report);
        }
        finally
        {
            await MachineAsync("delete");
        }
    }

    private static async Task InstallAsync(string link, Report report)
    {
        var joined = await Shell.RunAsync(
            Command("run", "env", $"CONSTELLA_BOT_API_URL=http://{Net.Address(0)}:8081", "/opt/src/install.sh", "join",
                "--no-packages", "--from", "/opt/src/release.tar.gz", "--server-name", Name, "--public-addr", $"{Net.Address(Host)}:4747", "--priority", "200", "--join", "-"),
            input: link, limit: TimeSpan.FromMinutes(3));
        report.Check(joined.Code == 0, "reboot: install.sh join, on a machine with systemd", joined.Code == 0 ? null : joined.Text);
        var active = await MachineAsync("run", "systemctl", "is-active", "constella");
        report.Check(active.Out.Trim() == "active", "reboot: the node is a running unit", active.Text);
    }

    private static async Task RebootAsync(Fleet fleet, Report report)
    {
        await fleet.StandIn.SayAsync("/nodes");
        await Wait.ForAsync($"the bot shows {Name}", TimeSpan.FromSeconds(60), async () =>
            await fleet.StandIn.LivingMessageAsync() is { } message && Shows(message, Name));
        var before = await DoAsync("boot-id");
        await using (var presser = new Presser(fleet.StandIn))
        {
            var (message, data) = await presser.AskRebootAsync(Name);
            await fleet.StandIn.PressAsync(message, data);
        }
        var code = await DoAsync("wait-end", "90");
        report.Check(code == "133", "reboot: a press in the chat reboots the machine", $"systemd-nspawn ended with {code}; 133 is a reboot");
        await DoAsync("boot");
        var after = await DoAsync("boot-id");
        report.Check(before.Length > 30 && after.Length > 30 && before != after, "reboot: it has a new boot id", $"{before}, then {after}");
        var said = "";
        await Wait.ForAsync("the message says that it is back", TimeSpan.FromSeconds(60), async () =>
        {
            said = (await fleet.StandIn.LivingMessageAsync())?.Text.ReplaceLineEndings(" / ") ?? "";
            return said.Contains("back after", StringComparison.OrdinalIgnoreCase);
        }, () => said);
        report.Check(true, "reboot: the living message says that it is back", said);
    }

    private static bool Shows(ChatMessage message, string name) =>
        message.Buttons.Any(button => button.Label.Contains(name, StringComparison.Ordinal));

    private static async Task<string> DoAsync(string verb, params string[] arguments) =>
        await Shell.DoAsync(Command(verb, arguments), limit: TimeSpan.FromMinutes(5));

    private static Task<Ended> MachineAsync(string verb, params string[] arguments) =>
        Shell.RunAsync(Command(verb, arguments), limit: TimeSpan.FromMinutes(5));

    private static string[] Command(string verb, params string[] arguments) =>
        [Path.Combine(Net.Require("CLUSTER_HOME"), "systemd-machine"), verb, $"{Host}", .. arguments];
}
