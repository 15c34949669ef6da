using System.Diagnostics;
using System.Globalization;
using Constella.Api.Host;

namespace Constella.Tests.Host;

public sealed class HostMetricsTests : IDisposable
{
    private readonly HostFixture host = new();

    public void Dispose() => host.Dispose();

    [Fact]
    public void Rates_are_over_the_time_since_the_last_turn()
    {
        Counters(busy: 1000, idle: 9000, received: 5000);
        var (metrics, sampler) = Make();
        sampler.Turn();
        host.Time.Advance(TimeSpan.FromSeconds(4));
        Counters(busy: 1300, idle: 9700, received: 9000);
        var stats = metrics.Read();
        Assert.Equal(30.0, stats.CpuPercent.Value);
        Assert.Equal(1.0, stats.Cores.Value);
        var net = Assert.Single(stats.Networks);
        Assert.Equal(("eth0", 9000, 1000.0), (net.Name, net.ReceivedBytes, net.ReceivedPerSecond));
        Assert.Equal(("alpha-01", "00000000000000a1"), (stats.Name, stats.NodeId));
    }

    [Fact]
    public void A_reading_right_after_a_turn_is_compared_with_the_turn_before()
    {
        Counters(busy: 0, idle: 0, received: 0);
        var (metrics, sampler) = Make();
        sampler.Turn();
        host.Time.Advance(TimeSpan.FromSeconds(5));
        Counters(busy: 100, idle: 100, received: 500);
        sampler.Turn();
        var stats = metrics.Read();
        Assert.Equal(50.0, stats.CpuPercent.Value);
        Assert.Equal(100.0, stats.Networks[0].ReceivedPerSecond);
    }

    [Fact]
    public void The_first_reading_says_why_there_is_no_rate_yet()
    {
        Counters(busy: 1000, idle: 9000, received: 5000);
        var stats = Make().Metrics.Read();
        Assert.Null(stats.CpuPercent.Value);
        Assert.Contains("just started", stats.CpuPercent.Why, StringComparison.Ordinal);
        Assert.Null(stats.Networks[0].ReceivedPerSecond);
    }

    [Fact]
    public void An_interface_that_was_made_anew_has_no_rate_rather_than_a_wrong_one()
    {
        Counters(busy: 0, idle: 0, received: 5000);
        var (metrics, sampler) = Make();
        sampler.Turn();
        host.Time.Advance(TimeSpan.FromSeconds(5));
        Counters(busy: 1, idle: 1, received: 10);
        Assert.Null(metrics.Read().Networks[0].ReceivedPerSecond);
    }

    [Fact]
    public void A_machine_without_procfs_tells_reasons_and_no_zeros()
    {
        host.Options = host.Options with { Proc = Path.Combine(host.Folder, "nowhere"), OwnProc = Path.Combine(host.Folder, "nowhere") };
        var stats = Make().Metrics.Read();
        foreach (var reading in new[] { stats.CpuPercent, stats.Cores, stats.Load1, stats.MemoryTotalBytes, stats.SwapUsedBytes, stats.UptimeSeconds })
        {
            Assert.Null(reading.Value);
            Assert.Contains("does not exist", reading.Why, StringComparison.Ordinal);
        }

        Assert.Contains("does not exist", stats.DisksWhy, StringComparison.Ordinal);
        Assert.Contains("does not exist", stats.NetworksWhy, StringComparison.Ordinal);
        Assert.Null(stats.Kernel);
        Assert.Null(stats.BootId);
    }

    [Fact]
    public void The_hosts_disks_system_and_boot_id_are_told()
    {
        host.Write("proc/self/mountinfo", $"27 1 254:1 / {host.Folder} rw - ext4 /dev/vda1 rw\n");
        host.Write("etc/os-release", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n");
        var (metrics, _) = Make();
        var stats = metrics.Read();
        var disk = Assert.Single(stats.Disks);
        Assert.Equal(("/", 1000, 400, 500), (disk.Mount, disk.TotalBytes, disk.UsedBytes, disk.AvailableBytes));
        Assert.Equal("Debian GNU/Linux 12 (bookworm)", stats.Os);
        Assert.Equal("8f64c7e8-bcb3-428e-8615-538a9f33e842", stats.BootId);
        Assert.Equal("8f64c7e8-bcb3-428e-8615-538a9f33e842+27", metrics.Boot);
        Assert.Equal("not today", stats.RebootRefused);
    }

    [Fact]
    public void Figures_of_this_machine_agree_with_df_free_and_uptime()
    {
        host.Options = new HostOptions();
        var stats = Make(new LinuxSystemCalls()).Metrics.Read();

        var memory = Row(Output("free", "-b"), "Mem:");
        Assert.Equal(memory[1], stats.MemoryTotalBytes.Value!.Value);
        Assert.InRange(stats.MemoryUsedBytes.Value!.Value - (memory[1] - memory[6]), -256e6, 256e6);
        Assert.Equal(Row(Output("free", "-b"), "Swap:")[1], stats.SwapTotalBytes.Value!.Value);

        var since = DateTime.Parse(Output("uptime", "-s"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal).ToUniversalTime();
        Assert.InRange((DateTime.UtcNow - since).TotalSeconds - stats.UptimeSeconds.Value!.Value, -5, 5);
        Assert.Equal(double.Parse(Output("nproc", "--all"), CultureInfo.InvariantCulture), stats.Cores.Value!.Value);
        Assert.Equal(Output("uname", "-r").Trim(), stats.Kernel);
        Assert.Equal(Output("uname", "-m").Trim(), stats.Architecture);

        Assert.NotEmpty(stats.Disks);
        foreach (var disk in stats.Disks)
        {
            var df = Output("df", "-B1", "--output=size,used,avail", disk.Mount).Trim().Split('\n')[^1];
            var columns = df.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(c => double.Parse(c, CultureInfo.InvariantCulture)).ToArray();
            Assert.Equal(columns[0], disk.TotalBytes);
            Assert.InRange(disk.UsedBytes - columns[1], -512e6, 512e6);
            Assert.InRange(disk.AvailableBytes - columns[2], -512e6, 512e6);
        }
    }

    private (HostMetrics Metrics, HostSampler Sampler) Make(ISystemCalls? calls = null)
    {
        var sampler = new HostSampler(host.Options, host.Time);
        return (new HostMetrics(host.Options, sampler, calls ?? host.Calls, host.Time, () => host.Cluster, () => "not today"), sampler);
    }

    private void Counters(long busy, long idle, long received)
    {
        host.Write("proc/stat", $"cpu {busy} 0 0 {idle} 0 0 0 0 0 0\ncpu0 {busy} 0 0 {idle} 0 0 0 0 0 0\n");
        host.Write("proc/1/net/dev", $"  lo: 7 1 0 0 0 0 0 0 7 1 0 0 0 0 0 0\neth0: {received} 1 0 0 0 0 0 0 200 1 0 0 0 0 0 0\n");
    }

    private static double[] Row(string text, string label) =>
        [0, .. text.Split('\n').First(l => l.StartsWith(label, StringComparison.Ordinal))[label.Length..]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(c => double.Parse(c, CultureInfo.InvariantCulture))];

    private static string Output(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, Environment = { ["LC_ALL"] = "C" } })!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return text;
    }
}
