using System.Globalization;
using System.Text.Json.Nodes;

namespace ClusterTrials;

/// <summary>How long a node takes from its start to its first answer over TLS, in milliseconds.</summary>
internal static class StartUp
{
    public static async Task RunAsync(int times, string file, Report report)
    {
        await using var fleet = await Fleet.StartAsync(new FleetOptions(1) { BotTls = true });
        var found = new JsonArray();
        for (var i = 0; i < times; i++)
        {
            await fleet.First.StopAsync();
            fleet.First.PowerOn();
            while (await Fleet.HealthAsync(fleet.First) is null)
                await Task.Delay(2);
            var answered = Uptime();
            found.Add((answered - Begun(fleet.First.Pid!.Value)) * 1000);
            await fleet.SettledAsync(fleet.First, TimeSpan.FromSeconds(60));
        }
        await File.WriteAllTextAsync(file, new JsonObject { ["start_ms"] = found }.ToJsonString());
        report.Check(fleet.First.Crashes == 0, $"start-up: {times} times, and the node ended as it was told to");
    }

    // Both in hundredths of a second: what the kernel knows of a process's start.
    private static double Begun(int pid)
    {
        var stat = File.ReadAllText($"/proc/{pid}/stat");
        return double.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19], CultureInfo.InvariantCulture) / 100;
    }

    private static double Uptime() => double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture);
}
