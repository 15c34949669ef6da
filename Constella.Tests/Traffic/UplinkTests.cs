using Constella.Core.Traffic;

namespace Constella.Tests.Traffic;

/// <summary>Rule T1: what has moved between two readings of counters that restart, wrap and vanish.</summary>
public sealed class UplinkTests
{
    private const string Boot = "8f64c7e8-bcb3-428e-8615-538a9f33e842";
    private const long Word = 1L << 32;

    private static UplinkReading Eth(long received, long sent, string? boot = Boot) => new(boot, [new Uplink("eth0", received, sent)]);

    [Fact]
    public void T1_What_counters_have_grown_by_is_what_moved() => Assert.Equal((500, 70), Eth(1_500, 170).Since(Eth(1_000, 100)));

    [Fact]
    public void T1_After_a_reboot_everything_since_it_has_moved_even_where_it_is_more_than_before() =>
        Assert.Equal((5_000, 4_000), Eth(5_000, 4_000, "another boot").Since(Eth(1_000, 100)));

    [Fact]
    public void T1_An_interface_that_was_made_anew_counts_from_zero_in_both_directions() =>
        Assert.Equal((30, 200), Eth(30, 200).Since(Eth(1_000_000, 100)));

    [Fact]
    public void T1_A_counter_of_32_bits_that_wraps_goes_on()
    {
        Assert.Equal((1_000 + 500, 7), Eth(500, 107).Since(Eth(Word - 1_000, 100)));
        Assert.Equal((7, 1_000 + 500), Eth(107, 500).Since(Eth(100, Word - 1_000)));
    }

    [Fact]
    public void T1_A_counter_that_has_passed_32_bits_does_not_wrap_there() => Assert.Equal((500, 600), Eth(500, 600).Since(Eth(Word + 10, 100)));

    [Fact]
    public void T1_A_small_counter_that_runs_backwards_is_a_new_interface_and_no_wrap() => Assert.Equal((5, 300), Eth(5, 300).Since(Eth(5_000, 100)));

    [Fact]
    public void T1_An_interface_that_comes_up_later_counts_from_its_beginning()
    {
        var both = new UplinkReading(Boot, [new Uplink("eth0", 1_000, 100), new Uplink("eth1", 40, 50)]);
        Assert.Equal((40, 50), both.Since(Eth(1_000, 100)));
    }

    [Fact]
    public void T1_An_interface_that_was_away_for_a_while_is_not_counted_twice()
    {
        var before = Eth(1_000_000, 2_000_000);
        var without = new UplinkReading(Boot, []).After(before);
        var back = Eth(1_000_100, 2_000_200);
        Assert.Equal((100, 200), back.Since(without));
        Assert.Single(back.After(without).Uplinks);
    }

    [Fact]
    public void T1_Counters_that_are_nonsense_overflow_nothing()
    {
        var nonsense = new UplinkReading("another", [new Uplink("eth0", long.MaxValue, long.MaxValue), new Uplink("eth1", long.MaxValue, 1)]);
        var (received, sent) = nonsense.Since(Eth(0, 0));
        Assert.Equal((2 * Constella.Core.Limits.LargestSize, Constella.Core.Limits.LargestSize + 1), (received, sent));
    }

    [Fact]
    public void T1_Without_a_boot_id_only_a_counter_that_runs_backwards_tells_of_a_reboot()
    {
        Assert.Equal((100, 100), Eth(1_100, 200, null).Since(Eth(1_000, 100, null)));
        Assert.Equal((10, 20), Eth(10, 20, null).Since(Eth(1_000, 100, null)));
    }
}
