using Constella.Core.Speed;

namespace Constella.Tests.Speed;

/// <summary>Rule B3: what counts of the bytes that arrive.</summary>
public sealed class SpeedMeterTests
{
    [Fact]
    public void The_first_second_is_left_out()
    {
        var meter = new SpeedMeter();
        // 100 kB every 100 ms in the first second, ten times that afterwards.
        for (var at = 0L; at <= 4_000; at += 100)
            meter.Add(at < 1_000 ? 100_000 : 1_000_000, 50_000 + at);
        Assert.Equal((30_000_000, 3_000), meter.Read());
        Assert.Equal(80, meter.Mbps!.Value, 6);
        Assert.Equal(1_000_000 + 31_000_000, meter.Total);
    }

    [Fact]
    public void Where_the_bytes_are_used_up_within_it_all_of_it_counts_but_the_first_moment()
    {
        var meter = new SpeedMeter();
        meter.Add(9_000_000, 0);
        meter.Add(1_000_000, 100);
        meter.Add(1_000_000, 200);
        Assert.Equal((2_000_000, 200), meter.Read());
        Assert.Equal(80, meter.Mbps!.Value, 6);
    }

    [Fact]
    public void A_silence_at_the_end_counts_and_the_last_moment_s_does_not()
    {
        var meter = new SpeedMeter();
        for (var at = 0L; at <= 2_000; at += 100)
            meter.Add(1_000_000, at);
        meter.Finish(2_300);
        Assert.Equal((10_000_000, 1_000), meter.Read());
        meter.Finish(6_000);
        Assert.Equal((10_000_000, 5_000), meter.Read());
        var stalled = new SpeedMeter();
        stalled.Add(1_000, 0);
        stalled.Add(1_000, 10);
        stalled.Finish(5_000);
        Assert.Equal((0, 4_000), stalled.Read());
    }

    [Fact]
    public void Before_two_moments_there_is_nothing_to_tell()
    {
        var meter = new SpeedMeter();
        Assert.Null(meter.Mbps);
        meter.Add(1_000, 7);
        Assert.Null(meter.Mbps);
        Assert.Equal((0, 0), meter.Read());
        Assert.Equal(1_000, meter.Total);
    }

    [Fact]
    public async Task Connections_side_by_side_lose_nothing()
    {
        var meter = new SpeedMeter();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var at = 0; at < 10_000; at++)
                meter.Add(3, at);
        })));
        Assert.Equal(120_000, meter.Total);
    }
}
