using Constella.Core.Cluster;
using Constella.Core.Traffic;

namespace Constella.Tests.Traffic;

/// <summary>Rules T2 and T3: bytes by days, whatever the clocks do.</summary>
public sealed class TrafficLedgerTests
{
    private const string Boot = "8f64c7e8-bcb3-428e-8615-538a9f33e842";
    private const long Minute = 60_000;
    private const long Hour = 60 * Minute;
    private static readonly DateTimeOffset Noon = new(2026, 1, 31, 12, 0, 0, TimeSpan.Zero);
    private static readonly BillingMonth January = BillingMonth.Of(new DateOnly(2026, 1, 31), 1);
    private static readonly BillingMonth February = BillingMonth.Of(new DateOnly(2026, 2, 1), 1);

    private long _mono = 1_000_000;
    private long _bytes = 10_000;
    private string _boot = Boot;
    private DateTimeOffset _wall = Noon;
    private TrafficLedger _ledger;

    public TrafficLedgerTests() => _ledger = TrafficLedger.Begin(Reading(), Now());

    private Now Now() => new(_mono, _wall);

    private UplinkReading Reading() => new(_boot, [new Uplink("eth0", _bytes, 0)]);

    /// <summary>So many bytes move in this time, and are counted at its end.</summary>
    private void Move(long bytes, long ms)
    {
        (_mono, _wall, _bytes) = (_mono + ms, _wall.AddMilliseconds(ms), _bytes + bytes);
        _ledger = _ledger.Count(Reading(), Now());
    }

    private long In(BillingMonth month) => _ledger.In(month).Received;

    [Fact]
    public void T1_What_moved_before_the_first_start_is_not_counted_and_since_when_is_said()
    {
        Assert.Empty(_ledger.Days);
        Move(100, Minute);
        Assert.Equal((100, Noon), (In(January), _ledger.Since));
    }

    [Fact]
    public void T2_A_month_turns_at_midnight_of_UTC()
    {
        Move(100, 12 * Hour - 1);
        Move(7, 1);
        Move(30, Minute);
        Assert.Equal((100, 37), (In(January), In(February)));
    }

    [Fact]
    public void T3_A_clock_that_is_set_back_over_the_turn_of_the_month_moves_no_byte_into_the_month_before()
    {
        Move(100, 12 * Hour + Minute);
        _wall -= TimeSpan.FromMinutes(5);
        Move(10, 1_000);
        _wall -= TimeSpan.FromDays(3);
        Move(1_000, 10 * Minute);
        Assert.Equal(new DateOnly(2026, 2, 1), _ledger.Clock.Day);
        Assert.Equal(1_110, In(February));
    }

    [Fact]
    public void T3_A_clock_that_jumps_ahead_and_back_within_the_hour_changes_nothing()
    {
        _wall = _wall.AddDays(40);
        for (var i = 0; i < 50; i++)
            Move(10, Minute);
        _wall = _wall.AddDays(-40);
        Move(10, Minute);
        Assert.Equal((510, 510), (In(January), _ledger.Days.Sum(day => day.Received)));
        Assert.Null(_ledger.Clock.DoubtSince);
    }

    [Fact]
    public void T3_A_clock_that_stays_is_believed_after_an_hour_and_what_it_counted_ahead_of_time_comes_back_with_it()
    {
        _wall = _wall.AddDays(40);
        for (var i = 0; i < 120; i++)
            Move(10, Minute);
        Assert.Equal(600, In(January));
        _wall = _wall.AddDays(-40);
        for (var i = 0; i < 70; i++)
            Move(10, Minute);
        Assert.Equal(1_900, In(January));
    }

    [Fact]
    public void T3_A_machine_that_boots_in_1970_counts_on_where_it_stood()
    {
        Move(100, Minute);
        (_boot, _mono, _bytes, _wall) = ("another", 5_000, 0, DateTimeOffset.UnixEpoch);
        Move(40, 20_000);
        Assert.Equal(140, In(January));
        // The time service has answered.
        _wall = Noon.AddMinutes(4);
        Move(2, Minute);
        Assert.Equal((142, null), (In(January), _ledger.Clock.DoubtSince));
        Assert.DoesNotContain(_ledger.Days, day => day.Day.Year < 2026);
    }

    [Fact]
    public void T3_A_machine_that_was_off_for_a_month_counts_in_the_month_it_comes_back_in()
    {
        Move(100, Minute);
        (_boot, _mono, _bytes, _wall) = ("another", 5_000, 0, Noon.AddDays(20));
        Move(40, 20_000);
        Assert.Equal((100, 40), (In(January), In(February)));
    }

    [Fact]
    public void T2_Another_reset_day_slices_the_same_days_anew()
    {
        for (var day = 0; day < 40; day++)
            Move(1, 24 * Hour);
        Assert.Equal(28, In(February));
        Assert.Equal(14 + 12, In(BillingMonth.Of(new DateOnly(2026, 2, 20), 15)));
        Assert.Equal(14, In(BillingMonth.Of(new DateOnly(2026, 2, 14), 15)));
    }

    [Fact]
    public void T2_Only_so_many_days_are_remembered_and_the_oldest_goes_first()
    {
        for (var day = 0; day < 500; day++)
            Move(1, 24 * Hour);
        Assert.Equal(Constella.Core.Limits.TrafficDays, _ledger.Days.Length);
        Assert.Equal(DateOnly.FromDateTime(_wall.UtcDateTime), _ledger.Days[^1].Day);
    }
}
