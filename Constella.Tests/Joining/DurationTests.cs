using Constella.Core.Joining;
using FsCheck;
using FsCheck.Fluent;

namespace Constella.Tests.Joining;

public sealed class DurationTests
{
    [Theory]
    [InlineData("90s", 90)]
    [InlineData("15m", 900)]
    [InlineData("2h", 7_200)]
    [InlineData("1d", 86_400)]
    [InlineData("007m", 420)]
    public void Durations_are_read(string text, int seconds)
    {
        Assert.True(Duration.TryParse(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("15")]
    [InlineData("0m")]
    [InlineData("-1m")]
    [InlineData("1.5h")]
    [InlineData("15M")]
    [InlineData("15 m")]
    [InlineData("1w")]
    [InlineData("99999999999d")]
    public void What_is_no_duration_is_refused(string? text) => Assert.False(Duration.TryParse(text, out _));

    [Fact]
    public void Whole_seconds_survive_being_printed_and_read() =>
        Prop.ForAll(Gen.Choose(1, 10_000_000).ToArbitrary(), seconds =>
            Duration.TryParse(Duration.Format(TimeSpan.FromSeconds(seconds)), out var read) && read.TotalSeconds == seconds).QuickCheckThrowOnFailure();
}
