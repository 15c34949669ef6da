using System.Collections.Immutable;
using Constella.Core;
using Constella.Core.Alerts;
using Constella.Core.Cluster;

namespace Constella.Tests.Alerts;

public sealed class AlertJudgeTests
{
    private const string Node = "00000000000000aa";
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly AlertJudge _judge = new();
    private ImmutableArray<Alert> _book = [];
    private long _mono = 1_000_000;

    private static Sign Cpu(Condition condition) => new(AlertKind.Cpu, Node, condition, 30_000, 60_000) { Detail = "97" };

    /// <summary>Once a second, as a node looks.</summary>
    private void Look(Condition condition, int seconds)
    {
        for (; seconds > 0; seconds--)
        {
            _mono += 1_000;
            _book = AlertBook.With(_book, _judge.Look([Cpu(condition)], _book, new Now(_mono, Noon.AddMilliseconds(_mono))), []);
        }
    }

    [Fact]
    public void A3_What_is_bad_for_a_moment_is_no_alert()
    {
        Look(Condition.Bad, 29);
        Look(Condition.Good, 1);
        Look(Condition.Bad, 30);
        Assert.Empty(_book);
        Look(Condition.Bad, 1);
        var alert = Assert.Single(_book);
        Assert.Equal((AlertKind.Cpu, Node, "97", (DateTimeOffset?)null), (alert.Kind, alert.Node, alert.Detail, alert.Ended));
        Assert.Equal(Noon.AddMilliseconds(_mono - 30_000), alert.Since);
    }

    [Fact]
    public void A3_Between_the_two_levels_a_beginning_goes_on_and_nothing_ends()
    {
        Look(Condition.Bad, 1);
        Look(Condition.Between, 29);
        Look(Condition.Bad, 1);
        Assert.Single(_book);
        Look(Condition.Good, 59);
        Look(Condition.Between, 1);
        Look(Condition.Good, 60);
        Assert.Null(Assert.Single(_book).Ended);
        Look(Condition.Good, 1);
        Assert.Equal(Noon.AddMilliseconds(_mono - 60_000), Assert.Single(_book).Ended);
    }

    [Fact]
    public void A3_What_comes_back_within_the_hour_has_to_last_longer()
    {
        Look(Condition.Bad, 31);
        Look(Condition.Good, 61);
        Look(Condition.Bad, 90);
        Assert.Single(_book);
        Look(Condition.Bad, 1);
        Assert.Equal(2, _book.Length);
    }

    [Fact]
    public void L4_What_was_seen_before_a_pause_does_not_count()
    {
        Look(Condition.Bad, 30);
        _judge.Reset();
        Look(Condition.Bad, 30);
        Assert.Empty(_book);
    }

    [Fact]
    public void A4_The_book_keeps_what_goes_on_or_is_to_be_told_and_the_latest_of_the_rest()
    {
        var told = Enumerable.Range(0, 100).Select(i => Alert(i) with { Ended = Noon, Told = AlertTold.All });
        var due = Enumerable.Range(100, 10).Select(Alert);
        var book = AlertBook.With([], [.. told, .. due], []);
        Assert.Equal(10, book.Count(a => a.Due));
        Assert.Equal(Enumerable.Range(100 - Limits.AlertsRecent, Limits.AlertsRecent), book.Where(a => !a.Due).Select(a => int.Parse(a.Id, System.Globalization.CultureInfo.InvariantCulture)));
        book = AlertBook.With(book, [Alert(-1) with { Kind = AlertKind.Host, Ended = Noon, Told = AlertTold.All }, .. Enumerable.Range(200, 50).Select(i => Alert(i) with { Ended = Noon, Told = AlertTold.All })], []);
        Assert.Equal(AlertKind.Host, book[0].Kind);
        Assert.Equal(Limits.Alerts, AlertBook.With([], [.. Enumerable.Range(100, 1_000).Select(Alert)], []).Length);
    }

    [Fact]
    public void A5_What_was_told_stays_told_though_an_older_copy_is_written()
    {
        var book = AlertBook.With([], [Alert(1)], []);
        book = AlertBook.With(book, [], [new AlertReceipt("1", AlertTold.Begun)]);
        book = AlertBook.With(book, [Alert(1) with { Ended = Noon }], []);
        Assert.Equal((AlertTold.Begun, true), (book[0].Told, book[0].Due));
        book = AlertBook.With(book, [], [new AlertReceipt("1", AlertTold.All), new AlertReceipt("unknown", AlertTold.All)]);
        Assert.False(book[0].Due);
    }

    [Fact]
    public void A4_Two_writers_at_once_begin_one_alert()
    {
        var book = AlertBook.With([], [Alert(1)], []);
        book = AlertBook.With(book, [Alert(2)], []);
        Assert.Equal("1", Assert.Single(book).Id);
        Assert.Equal(2, AlertBook.With(book, [Alert(1) with { Ended = Noon }, Alert(2)], []).Length);
    }

    private static Alert Alert(int i) => new()
    {
        Id = i.ToString(System.Globalization.CultureInfo.InvariantCulture),
        Kind = AlertKind.Disk,
        Node = i > 50 ? Node + i : Node,
        Since = Noon.AddMinutes(i),
    };
}
