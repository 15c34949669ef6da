using Constella.Core;
using Constella.Core.Members;
using Constella.Core.Speed;
using Constella.Core.Wire;

namespace Constella.Tests.Speed;

/// <summary>Rules B1 and B4: what a node remembers.</summary>
public sealed class SpeedBookTests
{
    [Fact]
    public void Bytes_are_put_by_before_a_test_and_given_back_after_it()
    {
        var book = new SpeedBook().Take("2026-11", 100);
        Assert.Equal(900, book.Left("2026-11", 1_000));
        book = book.Return(60).Take("2026-11", 10);
        Assert.Equal((50, 950), (book.UsedIn("2026-11"), book.Left("2026-11", 1_000)));
        Assert.Equal(0, book.Left("2026-11", 20));
    }

    [Fact]
    public void A_new_month_begins_anew_and_a_clock_that_was_set_back_opens_no_budget()
    {
        var book = new SpeedBook().Take("2026-11", 100);
        Assert.Equal(1_000, book.Left("2026-12", 1_000));
        Assert.Equal(900, book.Left("2026-10", 1_000));
        Assert.Equal(("2026-11", 105L), (book.Take("2026-10", 5).Month, book.Take("2026-10", 5).Used));
        Assert.Equal(("2027-01", 5L), (book.Take("2027-01", 5).Month, book.Take("2027-01", 5).Used));
    }

    [Fact]
    public void Ids_and_runs_are_remembered_within_bounds_and_what_was_under_way_is_interrupted()
    {
        var book = new SpeedBook();
        for (var i = 0; i < Limits.SpeedIds + 5; i++)
            book = book.Begin(Run(i));
        Assert.Equal((Limits.SpeedIds, Limits.SpeedRuns), (book.Ids.Length, book.Runs.Length));
        Assert.False(book.Knows(Run(4).Id));
        Assert.True(book.Knows(Run(5).Id));
        book = book.With(book.Runs[1] with { Phase = SpeedPhase.Done }).Interrupted("why");
        Assert.Equal(("interrupted", "why"), (book.Runs[0].Error, book.Runs[0].Detail));
        Assert.Equal(SpeedPhase.Done, book.Runs[1].Phase);
    }

    [Theory]
    [InlineData("500MB", 500_000_000)]
    [InlineData("1.5 GB", 1_500_000_000)]
    [InlineData("20gb", 20_000_000_000)]
    [InlineData("2kB", 2_000)]
    [InlineData("2TiB", 2_199_023_255_552)]
    [InlineData("7", 7)]
    [InlineData("0", 0)]
    public void Sizes_are_read_as_people_write_them(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var read));
        Assert.Equal(bytes, read);
    }

    [Theory]
    [InlineData("")]
    [InlineData("GB")]
    [InlineData("-1GB")]
    [InlineData("1e9")]
    [InlineData("1GX")]
    [InlineData("1GBB")]
    [InlineData("999999TB")]
    [InlineData("1,5GB")]
    public void What_is_no_size_is_refused(string text) => Assert.False(ByteSize.TryParse(text, out _));

    [Theory]
    [InlineData(Options.SpeedBytes, "200MB", null)]
    [InlineData(Options.SpeedBytes, "2TB", "no size")]
    [InlineData(Options.SpeedSeconds, "61", "no number")]
    [InlineData(Options.SpeedMonthly, "0", null)]
    [InlineData(Options.SpeedUrls, "https://203.0.113.7/a http://203.0.113.8/b", null)]
    [InlineData(Options.SpeedUrls, "file:///etc/passwd", "no list of http")]
    [InlineData(Options.SpeedUrls, "https://user:secret@203.0.113.7/a", "no list of http")]
    public void Settings_are_checked(string key, string value, string? wrong)
    {
        var said = Options.Wrong(new Option(key, null, value));
        Assert.Equal(wrong is null, said is null);
        Assert.Contains(wrong ?? "", said ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void Defaults_are_valid_settings_themselves()
    {
        foreach (var kind in Options.Known.Where(kind => kind.Default is not null))
            Assert.Null(Options.Wrong(new Option(kind.Key, null, kind.Default!)));
        Assert.Equal(20_000_000_000, Options.Bytes([], Options.SpeedMonthly, "a"));
        Assert.Equal(5_000_000, Options.Bytes([new Option(Options.SpeedMonthly, "a", "5MB")], Options.SpeedMonthly, "a"));
    }

    private static SpeedRun Run(int i) => new()
    {
        Id = i.ToString("x16", System.Globalization.CultureInfo.InvariantCulture),
        With = SpeedRun.Internet,
        Phase = SpeedPhase.Begun,
        Started = DateTimeOffset.UnixEpoch,
        Seconds = 1,
        Bytes = 1,
    };
}
