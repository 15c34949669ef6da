using Constella.Core.Stats;

namespace Constella.Tests.History;

public sealed class HistoryStoreTests : IDisposable
{
    private const int Hour = 3_600;
    private const int Day = 24 * Hour;
    private static readonly long s_start = StoreFixture.Start;

    private readonly StoreFixture _fixture = new();

    public void Dispose() => _fixture.Dispose();

    [Fact]
    public void A_sample_is_in_all_steps_at_once()
    {
        _fixture.Record(s_start, 40);
        foreach (var (from, step) in new[] { (s_start, 10), (s_start, 60), (s_start, 300), (s_start, 3_600) })
        {
            var point = Assert.Single(_fixture.Ask(from, s_start + Hour, step).Points);
            Assert.Equal((s_start, 40.0, 40.0), (point.At, point.Mean, point.Max));
        }
    }

    [Fact]
    public void A_coarser_step_keeps_the_mean_and_the_peak_of_a_finer_one()
    {
        // A spike of one sample in each hour.
        _fixture.RecordFor(s_start, TimeSpan.FromHours(3), at => at % Hour == 1_230 ? 100 : 10);

        foreach (var step in new[] { 60, 300, 3_600, 7_200 })
        {
            var series = _fixture.Ask(s_start, s_start + (3 * Hour), step);
            Assert.Equal(step, series.Step);
            Assert.Equal(100, series.Points.Max(point => point.Max));
            Assert.InRange(series.Points.Average(point => point.Mean), 10.1, 10.6);
        }
    }

    [Fact]
    public void A_gap_is_a_gap()
    {
        _fixture.RecordFor(s_start, TimeSpan.FromMinutes(20), _ => 5);
        _fixture.RecordFor(s_start + 2_400, TimeSpan.FromMinutes(10), _ => 5);

        var points = _fixture.Ask(s_start, s_start + 3_000, 60).Points;

        Assert.Equal(30, points.Length);
        Assert.DoesNotContain(points, point => point.At >= s_start + 1_200 && point.At < s_start + 2_400);
    }

    [Fact]
    public void A_restart_forgets_nothing_that_was_written_and_goes_on_in_the_middle_of_a_step()
    {
        _fixture.RecordFor(s_start, TimeSpan.FromSeconds(150), _ => 10);
        _fixture.Restart();
        _fixture.RecordFor(s_start + 150, TimeSpan.FromSeconds(150), _ => 30);

        var point = Assert.Single(_fixture.Ask(s_start, s_start + 300, 300).Points);
        Assert.Equal(20, point.Mean, 1);
        Assert.Equal(30, _fixture.Ask(s_start, s_start + 300, 10).Points.Length);
    }

    [Fact]
    public void A_killed_process_loses_what_came_after_the_last_write_only()
    {
        _fixture.RecordFor(s_start, TimeSpan.FromMinutes(10), _ => 10);
        _fixture.Store.Flush();
        _fixture.RecordFor(s_start + 600, TimeSpan.FromSeconds(50), _ => 10);
        _fixture.Restart(orderly: false);

        Assert.Equal(10, _fixture.Ask(s_start, s_start + 1_200, 60).Points.Length);
    }

    [Fact]
    public void Each_step_reaches_as_far_back_as_it_should_and_the_file_stops_growing()
    {
        var sizes = new List<long>();
        for (var hour = 0; hour < 32 * 24; hour++)
        {
            _fixture.RecordFor(s_start + (hour * Hour), TimeSpan.FromHours(1), _ => 10);
            _fixture.Store.Flush();
            if (hour % 24 == 0)
                sizes.Add(new FileInfo(_fixture.Database).Length);
        }
        var now = _fixture.Clock.Now;

        Assert.Equal(360, _fixture.Ask(now - Hour, now, 10).Points.Length);
        Assert.Equal(1_440, _fixture.Ask(now - Day, now, 60).Points.Length);
        Assert.Equal(30 * 288, _fixture.Ask(now - (30 * Day), now, 300).Points.Length);
        Assert.Equal(32 * 24, _fixture.Ask(s_start, now, 3_600).Points.Length);
        // The hours of a year come on; all else has reached its end after 30 days.
        Assert.InRange(sizes[^1] - sizes[^2], 0, 8_192);
        Assert.InRange(sizes[^1], 1, 1_000_000);
    }

    [Theory]
    [InlineData(400 * Day)]
    [InlineData(-400 * Day)]
    [InlineData(-1_000_000_000)]
    public void A_clock_that_was_wrong_for_a_while_costs_no_history(long jump)
    {
        _fixture.RecordFor(s_start, TimeSpan.FromHours(26), _ => 10);
        _fixture.Store.Flush();
        for (var wrong = 0; wrong < 3; wrong++)
        {
            _fixture.RecordFor(s_start + jump + (wrong * 9_999_990), TimeSpan.FromMinutes(20), _ => 90);
            _fixture.Store.Flush();
        }
        var back = s_start + (26 * Hour);
        _fixture.RecordFor(back, TimeSpan.FromMinutes(30), _ => 10);
        _fixture.Restart();

        var day = _fixture.Ask(back - Day, back + 1_800, 300);

        Assert.Equal(288 + 6, day.Points.Length);
        Assert.All(day.Points, point => Assert.Equal(10, point.Max));
    }

    [Fact]
    public void A_clock_that_stands_wrong_for_weeks_leaves_room_for_what_comes_after_it()
    {
        // Full of the future: the true present must not be what is thrown away.
        _fixture.RecordFor(s_start + (1_000L * Day), TimeSpan.FromDays(3), _ => 90);
        _fixture.Store.Flush();
        for (var hour = 0; hour < 48; hour++)
        {
            _fixture.RecordFor(s_start + (hour * Hour), TimeSpan.FromHours(1), _ => 10);
            _fixture.Store.Flush();
        }
        var now = _fixture.Clock.Now;

        Assert.Equal(1_440, _fixture.Ask(now - Day, now, 60).Points.Length);
        Assert.Equal(360, _fixture.Ask(now - Hour, now, 10).Points.Length);
    }

    [Fact]
    public void Copies_are_kept_beside_the_own_samples_with_the_zone_of_their_node()
    {
        _fixture.RecordFor(s_start, TimeSpan.FromMinutes(10), _ => 10);
        _fixture.Store.Keep(StoreFixture.Other, "Asia/Tokyo", s_start, [.. StoreFixture.Sample(50, 60), .. StoreFixture.Sample(70, 80)]);
        _fixture.Restart();

        var copy = _fixture.Ask(s_start, s_start + 600, target: StoreFixture.Other);

        Assert.Equal([(s_start, 50.0, 60.0), (s_start + 300, 70.0, 80.0)], copy.Points.Select(point => (point.At, point.Mean, point.Max)));
        Assert.Equal(("Asia/Tokyo", 300), (copy.Zone, copy.Step));
        Assert.Equal([StoreFixture.Self], copy.Keepers.ToArray());
        Assert.Equal("Europe/Berlin", _fixture.Ask(s_start, s_start + 600).Zone);
        Assert.Null(_fixture.Store.Series(new HistoryQuery("cccccccccccccccc", Metric.Cpu, s_start, s_start + 600, null)));
    }

    [Fact]
    public void Copies_of_who_is_no_member_any_more_are_removed()
    {
        _fixture.Store.Keep(StoreFixture.Other, "UTC", s_start, StoreFixture.Sample(50, 60));
        _fixture.Store.Flush();

        _fixture.Store.ForgetAllBut([StoreFixture.Self, StoreFixture.Other]);
        Assert.Single(_fixture.Ask(s_start, s_start + 300, target: StoreFixture.Other).Points);
        _fixture.Store.ForgetAllBut([]);
        _fixture.Restart();

        Assert.Null(_fixture.Store.Series(new HistoryQuery(StoreFixture.Other, Metric.Cpu, s_start, s_start + 300, null)));
        Assert.NotNull(_fixture.Store.Series(new HistoryQuery(StoreFixture.Self, Metric.Cpu, s_start, s_start + 300, null)));
    }

    [Fact]
    public void What_a_keeper_is_given_is_what_was_recorded()
    {
        _fixture.RecordFor(s_start, TimeSpan.FromMinutes(5), _ => 10);
        _fixture.RecordFor(s_start + 600, TimeSpan.FromMinutes(5), _ => 30);

        var samples = _fixture.Store.Samples(s_start, s_start + 900);

        Assert.Equal(3 * PackedSample.Bytes, samples.Length);
        Assert.Equal(10, PackedSample.Read(samples, Metric.Cpu)!.Value.Mean);
        Assert.Null(PackedSample.Read(samples.AsSpan(PackedSample.Bytes), Metric.Cpu));
        Assert.Equal(30, PackedSample.Read(samples.AsSpan(2 * PackedSample.Bytes), Metric.Cpu)!.Value.Mean);
    }
}
