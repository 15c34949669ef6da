using Constella.Api.Cli.Terminal;

namespace Constella.Tests.Cli.Terminal;

public class UnitsTests
{
    [Theory]
    [InlineData(0, "0 B")]
    [InlineData(999, "999 B")]
    [InlineData(999.6, "1.00 kB")]
    [InlineData(1_950_000_000, "1.95 GB")]
    [InlineData(12_340_000, "12.3 MB")]
    [InlineData(999_960, "1.00 MB")]
    [InlineData(123_400_000_000_000, "123 TB")]
    public void Bytes_have_three_digits_and_never_a_thousand_of_a_unit(double bytes, string text) => Assert.Equal(text, Units.Bytes(bytes));

    [Theory]
    [InlineData(-3, "0 s")]
    [InlineData(42.9, "42 s")]
    [InlineData(60, "1 min")]
    [InlineData(905, "15 min 5 s")]
    [InlineData(3_725, "1 h 2 min")]
    [InlineData(1_051_200, "12 d 4 h")]
    [InlineData(86_400, "1 d")]
    public void A_duration_is_told_in_its_two_largest_units(double seconds, string text) =>
        Assert.Equal(text, Units.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, "....")]
    [InlineData(50, "##..")]
    [InlineData(100, "####")]
    [InlineData(140, "####")]
    public void A_bar_is_drawn_in_ascii_where_the_terminal_has_nothing_better(double percent, string bar) =>
        Assert.Equal(bar, new Ink(color: false, unicode: false).Bar(percent, 4));
}
