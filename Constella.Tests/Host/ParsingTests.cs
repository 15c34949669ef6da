using Constella.Api.Host.Parsing;

namespace Constella.Tests.Host;

public sealed class ParsingTests
{
    private const string Stat = """
        cpu  1000 50 300 8000 400 20 30 100 70 5
        cpu0 500 25 150 4000 200 10 15 50 35 2
        cpu1 500 25 150 4000 200 10 15 50 35 3
        intr 114930548 113199788 3 0 5 263
        ctxt 1990473
        btime 1062191376
        """;

    [Fact]
    public void Guest_time_is_not_counted_twice_and_waiting_for_disks_is_idle()
    {
        var cpu = CpuTimes.Parse(Stat)!.Value;
        Assert.Equal(new CpuTimes(Busy: 1500, Total: 9900, Cores: 2), cpu);
    }

    [Fact]
    public void Percent_is_the_busy_part_of_what_passed()
    {
        var percent = new CpuTimes(1600, 10300, 2).PercentSince(new CpuTimes(1500, 9900, 2));
        Assert.Equal(25.0, percent.Value);
    }

    [Theory]
    [InlineData(1500, 9900, "the same")]
    [InlineData(10, 100, "backwards, as after a restored snapshot")]
    public void Counters_that_do_not_move_forward_are_told_as_unknown(long busy, long total, string because)
    {
        var percent = new CpuTimes(busy, total, 2).PercentSince(new CpuTimes(1500, 9900, 2));
        Assert.True(percent.Value is null && percent.Why is { Length: > 0 }, because);
    }

    [Fact]
    public void A_share_never_leaves_its_bounds_when_iowait_runs_backwards()
    {
        Assert.Equal(100.0, new CpuTimes(1610, 10000, 2).PercentSince(new CpuTimes(1500, 9900, 2)).Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("cpu")]
    [InlineData("cpu 1 2 3")]
    [InlineData("cpu 1 2 x 4 5 6 7 8")]
    [InlineData("cpu -1 2 3 4 5 6 7 8")]
    [InlineData("cpu0 1 2 3 4 5 6 7 8")]
    public void A_stat_without_a_usable_line_gives_nothing(string text) => Assert.Null(CpuTimes.Parse(text));

    [Fact]
    public void Counters_beyond_63_bits_are_cut_and_not_wrapped()
    {
        var cpu = CpuTimes.Parse("cpu 18446744073709551615 18446744073709551615 0 1 0 0 0 0 0 0")!.Value;
        Assert.Equal(long.MaxValue, cpu.Total);
        Assert.Equal(long.MaxValue, cpu.Busy);
    }

    [Fact]
    public void Memory_used_is_what_is_not_available()
    {
        var memory = MemInfo.Parse("""
            MemTotal:        2000000 kB
            MemFree:          100000 kB
            MemAvailable:    1500000 kB
            Buffers:           20000 kB
            Cached:           900000 kB
            SwapTotal:        500000 kB
            SwapFree:         400000 kB
            HugePages_Total:       0
            """);
        Assert.Equal(2_000_000 * 1024.0, memory.Total.Value);
        Assert.Equal(500_000 * 1024.0, memory.Used.Value);
        Assert.Equal(500_000 * 1024.0, memory.SwapTotal.Value);
        Assert.Equal(100_000 * 1024.0, memory.SwapUsed.Value);
    }

    [Fact]
    public void Without_MemAvailable_free_and_cached_memory_count()
    {
        var memory = MemInfo.Parse("MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 50 kB\nCached: 250 kB\n");
        Assert.Equal(600 * 1024.0, memory.Used.Value);
    }

    [Fact]
    public void A_missing_line_is_told_by_name_and_is_not_zero()
    {
        var memory = MemInfo.Parse("MemTotal: 1000 kB\nMemAvai");
        Assert.Null(memory.Used.Value);
        Assert.Equal("meminfo has no MemAvailable", memory.Used.Why);
        Assert.Equal("meminfo has no SwapTotal", memory.SwapTotal.Why);
        Assert.Equal("meminfo has no SwapTotal", memory.SwapUsed.Why);
    }

    [Theory]
    [InlineData("MemTotal: 1000 kB\nMemAvailable: 2000 kB")]
    [InlineData("MemTotal: 1000 kB\nMemAvailable: 20")]
    [InlineData("MemTotal: 1000 kB\nMemAvailable: 20 k")]
    public void A_line_that_is_impossible_or_cut_short_is_unknown(string text) => Assert.Null(MemInfo.Parse(text).Used.Value);

    [Fact]
    public void No_swap_is_zero_and_known()
    {
        var memory = MemInfo.Parse("MemTotal: 1 kB\nSwapTotal: 0 kB\nSwapFree: 0 kB");
        Assert.Equal(0.0, memory.SwapTotal.Value);
        Assert.Equal(0.0, memory.SwapUsed.Value);
    }

    [Fact]
    public void Network_counters_are_read_also_where_no_blank_follows_the_colon()
    {
        var net = NetDev.Parse("""
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
                lo: 1000 10 0 0 0 0 0 0 1000 10 0 0 0 0 0 0
              eth0:18446744073709551615 10 0 0 0 0 0 0 2000 10 0 0 0 0 0 0
            eth0:1: 5 10 0 0 0 0 0 0 6 10 0 0 0 0 0 0
              ens3: 77 1 0
            """);
        Assert.Equal(
            [new("lo", 1000, 1000), new("eth0", long.MaxValue, 2000), new NetCounters("eth0:1", 5, 6)],
            net);
    }

    [Theory]
    [InlineData("eth0", true)]
    [InlineData("enp1s0", true)]
    [InlineData("wg0", true)]
    [InlineData("bond0", true)]
    [InlineData("brave0", true)]
    [InlineData("lo", false)]
    [InlineData("veth12ab", false)]
    [InlineData("docker0", false)]
    [InlineData("br-0a1b2c", false)]
    [InlineData("br0", false)]
    public void Inner_interfaces_are_left_out(string name, bool outer) => Assert.Equal(outer, NetDev.IsOuter(name));

    [Fact]
    public void Load_and_uptime_are_read()
    {
        var (one, five, fifteen) = SmallFiles.LoadAverage("0.52 1.25 12.00 1/234 5678\n");
        Assert.Equal((0.52, 1.25, 12.0), (one.Value, five.Value, fifteen.Value));
        Assert.Equal(350735.47, SmallFiles.Uptime("350735.47 234388.90\n").Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("NaN NaN NaN 1/2 3")]
    [InlineData("-1 -1 -1 1/2 3")]
    [InlineData("0.5")]
    public void A_load_or_uptime_that_is_not_as_expected_is_unknown(string text)
    {
        Assert.Null(SmallFiles.LoadAverage(text).One.Value);
        Assert.Null(SmallFiles.Uptime(text).Value);
    }

    [Theory]
    [InlineData("PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=x", "Debian GNU/Linux 12 (bookworm)")]
    [InlineData("NAME='Alpine Linux'\nVERSION_ID=3.20", "Alpine Linux 3.20")]
    [InlineData("ID=x", null)]
    [InlineData("PRETTY_NAME=\"\"", null)]
    public void The_name_of_the_system_comes_from_os_release(string text, string? name) => Assert.Equal(name, SmallFiles.OsName(text));

    [Fact]
    public void Capabilities_are_the_effective_ones()
    {
        Assert.Equal(0x400020UL, SmallFiles.Capabilities("CapPrm:\t000001ffffffffff\nCapEff:\t0000000000400020\n"));
        Assert.Equal(0UL, SmallFiles.Capabilities("CapEff:\tzz\n"));
    }
}
