using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Traffic;

namespace Constella.Tests.Traffic;

/// <summary>Rules T2, T4 and T5: months, quotas, forecasts, bills.</summary>
public sealed class TrafficPlanTests
{
    private const string Node = "00000000000000aa";
    private const long Gigabyte = 1_000_000_000;

    [Theory]
    [InlineData("2026-02-10", 1, "2026-02-01", "2026-03-01")]
    [InlineData("2026-02-10", 10, "2026-02-10", "2026-03-10")]
    [InlineData("2026-02-10", 11, "2026-01-11", "2026-02-11")]
    [InlineData("2026-02-27", 31, "2026-01-31", "2026-02-28")]
    [InlineData("2026-02-28", 31, "2026-02-28", "2026-03-31")]
    [InlineData("2026-03-30", 31, "2026-02-28", "2026-03-31")]
    [InlineData("2028-02-29", 30, "2028-02-29", "2028-03-30")]
    [InlineData("2026-01-01", 31, "2025-12-31", "2026-01-31")]
    public void T2_A_month_begins_on_its_day_or_the_last_one_of_a_shorter_month(string day, int reset, string from, string until)
    {
        var month = BillingMonth.Of(Day(day), reset);
        Assert.Equal((Day(from), Day(until)), (month.From, month.Until));
        Assert.Equal(month.From, month.Before(reset).Until);
    }

    [Fact]
    public void T2_Every_day_lies_in_one_month()
    {
        for (var reset = 1; reset <= 31; reset++)
        {
            var month = BillingMonth.Of(Day("2027-01-01"), reset);
            for (var day = Day("2027-01-01"); day < Day("2029-01-01"); day = day.AddDays(1))
            {
                var now = BillingMonth.Of(day, reset);
                Assert.True(day >= now.From && day < now.Until && (now == month || now.From == month.Until), $"{day} with {reset}");
                month = now;
            }
        }
    }

    [Theory]
    [InlineData("1TB", 1_000_000_000_000)]
    [InlineData("500GB", 500_000_000_000)]
    [InlineData("2TiB", 2_199_023_255_552)]
    [InlineData("1.5 tb", 1_500_000_000_000)]
    [InlineData("512MiB", 536_870_912)]
    [InlineData("8PB", 8_000_000_000_000_000)]
    public void A7_A_quota_is_understood_in_both_families_of_units(string text, long bytes)
    {
        Assert.Equal(bytes, TrafficPlan.QuotaOf(text));
    }

    [Theory]
    [InlineData("traffic.quota", "1TB", true)]
    [InlineData("traffic.quota", "off", true)]
    [InlineData("traffic.quota", "1000", false)]
    [InlineData("traffic.quota", "TB", false)]
    [InlineData("traffic.quota", "-1TB", false)]
    [InlineData("traffic.quota", "1e3GB", false)]
    [InlineData("traffic.quota", "1.2.3TB", false)]
    [InlineData("traffic.quota", "0.1MB", false)]
    [InlineData("traffic.quota", "9000PB", false)]
    [InlineData("traffic.quota", "999999999999PiB", false)]
    [InlineData("traffic.quota", "1TX", false)]
    [InlineData("traffic.quota", "1TBB", false)]
    [InlineData("traffic.reset_day", "31", true)]
    [InlineData("traffic.reset_day", "0", false)]
    [InlineData("traffic.reset_day", "32", false)]
    [InlineData("traffic.count", "out", true)]
    [InlineData("traffic.count", "in", false)]
    [InlineData("bill.price", "4.50 EUR", true)]
    [InlineData("bill.price", "a price of far more than thirty-two characters", false)]
    [InlineData("bill.price", "4\n5", false)]
    [InlineData("bill.expires", "2026-12-24", true)]
    [InlineData("bill.expires", "24.12.2026", false)]
    [InlineData("bill.expires", "2026-02-30", false)]
    [InlineData("bill.expires", "9999-12-31", false)]
    [InlineData("bill.period", "quarter", true)]
    [InlineData("bill.period", "6m", true)]
    [InlineData("bill.period", "30d", true)]
    [InlineData("bill.period", "0m", false)]
    [InlineData("bill.period", "fortnight", false)]
    public void A7_A_value_is_checked(string key, string value, bool right) => Assert.Equal(right, Options.Wrong(new Option(key, Node, value)) is null);

    [Theory]
    [InlineData("sum", 800, 80)]
    [InlineData("out", 500, 50)]
    [InlineData("max", 500, 50)]
    public void T2_What_counts_is_the_providers_choice(string count, long used, int percent)
    {
        var plan = Plan(("traffic.quota", "1TB"), ("traffic.count", count));
        Assert.Equal((used * Gigabyte, percent), (plan.Used((300 * Gigabyte, 500 * Gigabyte)), plan.Percent((300 * Gigabyte, 500 * Gigabyte))));
    }

    [Fact]
    public void T2_Almost_a_percent_is_none_and_beyond_the_quota_it_goes_on()
    {
        var plan = Plan(("traffic.quota", "1TB"));
        Assert.Equal(79, plan.Percent((799 * Gigabyte, Gigabyte - 1)));
        Assert.Equal(250, plan.Percent((2_500 * Gigabyte, 0)));
        Assert.Null(Plan().Percent((1, 1)));
        Assert.Null(Plan(("traffic.quota", "off")).Quota);
    }

    [Fact]
    public void T4_The_forecast_goes_on_at_the_rate_of_this_month_and_names_the_day_of_the_limit()
    {
        var ledger = Ledger("2026-03-01", days: 10, 50 * Gigabyte);
        var forecast = TrafficForecast.Of(ledger, Plan(("traffic.quota", "1TB")), At("2026-03-11"));
        Assert.Equal((1_550 * Gigabyte, Day("2026-03-21")), (forecast.Bytes, forecast.LimitOn));
        Assert.Null(TrafficForecast.Of(ledger, Plan(("traffic.quota", "2TB")), At("2026-03-11")).LimitOn);
        Assert.Null(TrafficForecast.Of(ledger, Plan(("traffic.quota", "400GB")), At("2026-03-11")).LimitOn);
    }

    [Fact]
    public void T4_Within_a_day_and_without_a_month_before_nothing_is_foretold() =>
        Assert.Equal(TrafficForecast.Unknown, TrafficForecast.Of(Ledger("2026-03-01", 1, Gigabyte), Plan(("traffic.quota", "1TB")), At("2026-03-01").AddHours(23)));

    [Fact]
    public void T4_In_the_first_week_the_month_before_has_its_say()
    {
        // 31 days of 31 GB, and then a first day of ten times as much.
        var ledger = Ledger("2026-01-01", 31, 31 * Gigabyte) with { };
        ledger = ledger with { Days = ledger.Days.Add(new DayBytes(Day("2026-02-01"), 310 * Gigabyte, 0)) };
        var forecast = TrafficForecast.Of(ledger, Plan(), At("2026-02-02"));
        var rate = ((1 / 7.0) * 310) + ((6 / 7.0) * 31);
        Assert.Equal(310 + (27 * rate), forecast.Bytes!.Value / (double)Gigabyte, 0.001);
        // At the very turn of the month only the last one is known.
        Assert.Equal(28 * 31 * Gigabyte, TrafficForecast.Of(Ledger("2026-01-01", 31, 31 * Gigabyte), Plan(), At("2026-02-01")).Bytes);
    }

    [Fact]
    public void T4_Of_a_month_that_was_counted_from_its_middle_only_those_days_make_the_rate() =>
        Assert.Equal(100 * Gigabyte + (10 * 10 * Gigabyte), TrafficForecast.Of(Ledger("2026-03-12", 10, 10 * Gigabyte), Plan(), At("2026-03-22")).Bytes);

    [Theory]
    [InlineData("month", "2026-01-31", "2026-02-28")]
    [InlineData("year", "2028-02-29", "2029-02-28")]
    [InlineData("quarter", "2026-11-24", "2027-02-24")]
    [InlineData("6m", "2026-11-24", "2027-05-24")]
    [InlineData("30d", "2026-11-24", "2026-12-24")]
    public void T5_A_renewal_adds_the_period(string period, string expires, string renewed) =>
        Assert.Equal(Day(renewed), Bill.Of([new Option("bill.expires", Node, expires), new Option("bill.period", null, period)], Node).Renewed);

    [Theory]
    [InlineData("2026-12-09T10:00:00Z", 0)]
    [InlineData("2026-12-10T08:59:00Z", 0)]
    [InlineData("2026-12-10T09:00:00Z", 1)]
    [InlineData("2026-12-21T09:00:00Z", 2)]
    [InlineData("2026-12-23T09:00:00Z", 3)]
    [InlineData("2026-12-24T09:00:00Z", 4)]
    [InlineData("2027-03-01T00:00:00Z", 4)]
    public void T5_Reminders_come_14_3_and_1_days_before_and_on_the_day_in_the_morning(string now, int stage) =>
        Assert.Equal(stage, new Bill(null, Day("2026-12-24"), "month").Stage(Options.Time(now)!.Value));

    private static TrafficLedger Ledger(string from, int days, long bytesADay) => TrafficLedger.Begin(new UplinkReading(null, []), new Now(0, At(from))) with
    {
        Days = [.. Enumerable.Range(0, days).Select(i => new DayBytes(Day(from).AddDays(i), bytesADay / 2, bytesADay / 2))],
    };

    private static TrafficPlan Plan(params (string Key, string Value)[] options) =>
        TrafficPlan.Of([.. options.Select(option => new Option(option.Key, null, option.Value))], Node);

    private static DateOnly Day(string text) => Bill.Date(text)!.Value;

    private static DateTimeOffset At(string day) => new(Day(day), TimeOnly.MinValue, TimeSpan.Zero);
}
