using Constella.Api.Traffic;
using Constella.Core.Cluster;
using Constella.Core.Traffic;
using Constella.Tests.Api.State;

namespace Constella.Tests.Traffic;

/// <summary>Rule T1 on disk: restarts, kills, reboots, power failures.</summary>
public sealed class TrafficMeterTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    [Fact]
    public void The_first_start_counts_from_now_and_says_so()
    {
        using var machine = new MeterFixture();
        var meter = machine.Start();
        machine.Run(meter, Minute, 6_000);
        var report = meter.Report();
        Assert.Equal((6_000, 0, 6_000), (report.Month.Received, report.Month.Sent, report.Month.Used));
        Assert.Equal(DateTimeOffset.UnixEpoch, report.Since);
        Assert.Empty(report.Before);
    }

    [Fact]
    public void A_process_that_is_killed_between_two_writes_loses_nothing_and_counts_nothing_twice()
    {
        using var machine = new MeterFixture();
        var killed = machine.Start();
        machine.Run(killed, 2 * Minute, 50_000);
        Assert.Equal(50_000, killed.Report().Month.Received);
        // Nothing was written since the start: the next process reads the kernel's counters over the old ones.
        machine.Bytes = (machine.Bytes.Received + 1_000, machine.Bytes.Sent + 30);
        machine.Time.Advance(Minute);
        var report = machine.Start().Report();
        Assert.Equal((51_000, 30), (report.Month.Received, report.Month.Sent));
    }

    [Fact]
    public async Task An_orderly_end_writes_all_and_a_reboot_of_the_machine_goes_on_from_there()
    {
        using var machine = new MeterFixture();
        var meter = machine.Start();
        machine.Run(meter, Minute, 50_000);
        await meter.StopAsync(CancellationToken.None);
        machine.Boot = "boot-2";
        machine.Bytes = (700, 80);
        machine.Time.Advance(Minute);
        Assert.Equal((50_700, 80), (machine.Start().Report().Month.Received, machine.Start().Report().Month.Sent));
    }

    [Fact]
    public void The_file_is_written_once_in_five_minutes_and_once_a_minute_where_much_is_moved()
    {
        using var machine = new MeterFixture();
        var meter = machine.Start();
        Assert.Equal(4, Writes(1_000_000, 20));
        Assert.InRange(Writes(20_000_000_000, 20), 18, 20);

        int Writes(long bytes, int minutes)
        {
            var (writes, last) = (0, File.ReadAllText(machine.Path));
            for (var i = 0; i < minutes * 6; i++)
            {
                machine.Run(meter, TimeSpan.FromSeconds(10), bytes / (minutes * 6));
                var now = File.ReadAllText(machine.Path);
                (writes, last) = (now == last ? writes : writes + 1, now);
            }
            return writes;
        }
    }

    [Fact]
    public void The_cluster_is_told_the_bytes_of_this_month_at_each_turn()
    {
        using var machine = new MeterFixture();
        var meter = machine.Start();
        machine.Run(meter, Minute, 6_000);
        Assert.Equal(7, machine.Posted.Count);
        Assert.Equal(6_000, Assert.IsType<Input.TrafficCounted>(machine.Posted.Last()).Month.Received);
    }

    [Fact]
    public void Where_the_counters_cannot_be_read_the_reason_is_told_and_nothing_is_lost()
    {
        using var machine = new MeterFixture();
        var meter = machine.Start();
        machine.Why = "/proc/net/dev may not be read";
        machine.Run(meter, Minute, 6_000);
        Assert.Equal((machine.Why, 0), (meter.Report().Why, meter.Report().Month.Received));
        machine.Why = null;
        Assert.Equal((null, 6_000), (meter.Report().Why, meter.Report().Month.Received));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"format\":2}")]
    [InlineData("{\"format\":1,\"since\":\"2026-01-01T00:00:00+00:00\",\"clock\":null,\"last\":null}")]
    [InlineData("{\"format\":1,\"since\":\"2026-01-01T00:00:00+00:00\",\"clock\":{\"at\":\"2026-01-01T00:00:00+00:00\",\"mono\":1,\"boot\":null},\"last\":{\"boot\":null,\"uplinks\":[null]}}")]
    [InlineData("{\"format\":1,\"since\":\"2026-01-01T00:00:00+00:00\",\"clock\":{\"at\":\"2026-01-01T00:00:00+00:00\",\"mono\":1,\"boot\":null},\"last\":{\"boot\":null,\"uplinks\":[]},\"days\":[{\"day\":\"2026-01-01\",\"received\":-1,\"sent\":0}]}")]
    public void A_file_that_makes_no_sense_is_put_aside_and_counting_begins_anew(string text)
    {
        using var machine = new MeterFixture();
        File.WriteAllText(machine.Path, text);
        var meter = machine.Start();
        machine.Run(meter, Minute, 6_000);
        Assert.Equal(6_000, meter.Report().Month.Received);
        Assert.Equal(text, File.ReadAllText(machine.Path + ".bad"));
        Assert.Contains(machine.Log.Lines, line => line.Contains("is kept as " + machine.Path + ".bad", StringComparison.Ordinal));
    }

    [Fact]
    public void A_disk_that_takes_nothing_stops_no_counting_and_is_told_once()
    {
        using var machine = new MeterFixture();
        var meter = machine.Start(new CrashDisk { Fault = (1, Failure.Error) });
        machine.Run(meter, 10 * Minute, 6_000);
        Assert.InRange(machine.Log.Lines.Count(line => line.Contains("traffic.json cannot be", StringComparison.Ordinal)), 1, 1);
        Assert.InRange(meter.Report().Month.Received, 5_000, 6_000);
    }

    [Fact]
    public void Whenever_the_power_fails_in_a_write_the_file_is_the_old_one_or_the_new_one()
    {
        var old = TrafficLedger.Begin(new UplinkReading("boot-1", [new Uplink("eth0", 1, 2)]), new Now(0, DateTimeOffset.UnixEpoch));
        var young = old.Count(new UplinkReading("boot-1", [new Uplink("eth0", 1_001, 2)]), new Now(10_000, DateTimeOffset.UnixEpoch.AddSeconds(10)));
        var found = new HashSet<long>();
        foreach (var kind in new[] { Failure.CrashBefore, Failure.CrashAfter })
        {
            for (var call = 1; ; call++)
            {
                var disk = new CrashDisk();
                new TrafficFile("/state", disk).Write(old);
                disk.Fault = (disk.Calls + call, kind);
                var done = Record.Exception(() => new TrafficFile("/state", disk).Write(young)) is null;
                foreach (var world in disk.Worlds())
                    found.Add(Read(world));
                if (done)
                    break;
            }
        }
        Assert.Equal([0, 1_000], found.Order());

        static long Read(Dictionary<string, byte[]> world)
        {
            var disk = new CrashDisk();
            foreach (var (path, bytes) in world)
                disk.Put(path, bytes);
            return new TrafficFile("/state", disk).Read()!.Days.Sum(day => day.Received);
        }
    }
}
