using System.Collections.Immutable;
using Constella.Core.Members;

namespace Constella.Tests.Alerts;

/// <summary>Rule A7.</summary>
public sealed class OptionTests
{
    private const string Node = "00000000000000aa";

    [Fact]
    public void A7_A_nodes_own_value_goes_before_the_networks_and_that_before_the_default()
    {
        ImmutableArray<Option> none = [];
        Assert.Equal(90, Options.Number(none, Options.AlertCpu, Node));
        var network = Options.With(none, [new Option(Options.AlertCpu, null, "80")]);
        Assert.Equal(80, Options.Number(network, Options.AlertCpu, Node));
        var both = Options.With(network, [new Option(Options.AlertCpu, Node, "off")]);
        Assert.Null(Options.Number(both, Options.AlertCpu, Node));
        Assert.Equal(80, Options.Number(both, Options.AlertCpu, "00000000000000bb"));
        Assert.Empty(Options.With(both, [new Option(Options.AlertCpu, Node, ""), new Option(Options.AlertCpu, null, "")]));
    }

    [Theory]
    [InlineData("alert.cpu", "90", true)]
    [InlineData("alert.cpu", "off", true)]
    [InlineData("alert.cpu", "", true)]
    [InlineData("alert.cpu", "0", false)]
    [InlineData("alert.cpu", "101", false)]
    [InlineData("alert.cpu", "ninety", false)]
    [InlineData("alert.down", "9", false)]
    [InlineData("alert.down", "3600", true)]
    [InlineData("alert.quiet", "23:00-07:00", true)]
    [InlineData("alert.quiet", "23:00", false)]
    [InlineData("alert.quiet", "24:00-07:00", false)]
    [InlineData("alert.quiet", "07:00-07:00", false)]
    [InlineData("alert.muted", "2026-11-21T14:05:00Z", true)]
    [InlineData("alert.muted", "1h", false)]
    [InlineData("time-zone", "Europe/Berlin", true)]
    [InlineData("time-zone", "a zone; of none", false)]
    [InlineData("alert.of-nothing", "1", false)]
    public void A7_A_value_is_checked(string key, string value, bool right) => Assert.Equal(right, Options.Wrong(new Option(key, null, value)) is null);

    [Fact]
    public void A7_What_is_for_the_network_has_no_value_for_one_node() => Assert.NotNull(Options.Wrong(new Option(Options.AlertQuiet, Node, "23:00-07:00")));

    [Fact]
    public void A6_A_mute_is_for_its_node_or_for_all_until_its_time()
    {
        var now = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        var one = Options.With([], [new Option(Options.AlertMuted, Node, Options.Time(now.AddHours(1)))]);
        Assert.True(Options.Muted(one, Node, now));
        Assert.False(Options.Muted(one, null, now));
        Assert.False(Options.Muted(one, "00000000000000bb", now));
        Assert.False(Options.Muted(one, Node, now.AddHours(1)));
        var all = Options.With([], [new Option(Options.AlertMuted, null, Options.Time(now.AddHours(1)))]);
        Assert.True(Options.Muted(all, Node, now));
        Assert.True(Options.Muted(all, null, now));
    }

    [Theory]
    [InlineData("23:00-07:00", 23, true)]
    [InlineData("23:00-07:00", 3, true)]
    [InlineData("23:00-07:00", 7, false)]
    [InlineData("13:00-15:00", 14, true)]
    [InlineData("13:00-15:00", 16, false)]
    public void A6_Quiet_hours_may_go_over_midnight(string text, int hour, bool quiet)
    {
        Assert.True(QuietHours.TryParse(text, out var hours));
        Assert.Equal(quiet, hours.Hold(new TimeOnly(hour, 0)));
    }
}
