using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Telegram;

namespace Constella.Tests.Telegram;

public sealed class UpdatePollerTests
{
    private readonly UpdatePoller _poller = new();
    private readonly HashSet<long> _handled = [];

    [Fact]
    public void It_reads_from_the_head_and_never_from_an_offset_of_old()
    {
        Assert.Equal(new PollRequest(0, UpdatePoller.Batch, Timings.PollSeconds, 0), _poller.Next(true));
        Cycle(10, 11);
        Answer(PollResult.Ok);
        Assert.Equal(0, _poller.Next(true).Offset);
    }

    [Fact]
    public void It_confirms_exactly_what_was_handled_and_takes_what_is_new_with_it()
    {
        Assert.Equal([10, 11], Answer(PollResult.Ok, 10, 11));
        Assert.True(_poller.Handling);
        _poller.Handled();
        Assert.True(_poller.Confirming);
        Assert.Equal(12, _poller.Next(true).Offset);
        Assert.Equal([12], Answer(PollResult.Ok, 12));
    }

    [Fact]
    public void While_handlers_work_it_goes_on_reading_without_taking_anything()
    {
        Answer(PollResult.Ok, 10);
        Assert.Equal((0, 1, 0), Shape(_poller.Next(true)));
        Assert.Empty(Answer(PollResult.Ok, 10));
        Assert.True(_poller.Handling);
    }

    [Fact]
    public void Without_the_right_it_reads_the_head_instead_of_confirming()
    {
        Answer(PollResult.Ok, 10);
        _poller.Handled();
        var request = _poller.Next(false);
        Assert.Equal((0, 1, 0), Shape(request));
        Assert.Empty(_poller.Answered(request, PollResult.Ok, [10], _handled.Contains));
        Assert.Equal(11, _poller.Next(true).Offset);
    }

    [Fact]
    public void What_is_remembered_as_handled_is_confirmed_and_not_handled_again()
    {
        _handled.Add(10);
        Assert.Equal([11], Answer(PollResult.Ok, 10, 11));
        _handled.Add(11);
        _poller.Abandoned();
        Assert.Empty(Answer(PollResult.Ok, 10, 11));
        Assert.Equal(12, _poller.Next(true).Offset);
    }

    [Fact]
    public void What_was_abandoned_is_read_again_after_a_while()
    {
        Answer(PollResult.Ok, 10);
        _poller.Abandoned();
        Assert.Equal(0, _poller.Next(true).Offset);
        Assert.InRange(_poller.Next(true).WaitMs, 100, 1_000);
        Assert.Equal([10], Answer(PollResult.Ok, 10));
    }

    [Fact]
    public void A_conflict_is_answered_within_100_ms()
    {
        Answer(PollResult.Conflict);
        Assert.InRange(_poller.Next(true).WaitMs, 0, 100);
    }

    [Fact]
    public void Failures_are_spaced_out_up_to_2_s_and_forgotten_with_an_answer()
    {
        var waits = Enumerable.Range(0, 6).Select(_ =>
        {
            Answer(PollResult.Failed);
            return _poller.Next(true).WaitMs;
        }).ToList();
        Assert.Equal(waits.Order(), waits);
        Assert.Equal(2_000, waits[^1]);
        Answer(PollResult.Ok);
        Assert.Equal(0, _poller.Next(true).WaitMs);
    }

    [Fact]
    public void A_confirmation_that_failed_is_made_again()
    {
        Answer(PollResult.Ok, 10);
        _poller.Handled();
        Answer(PollResult.Failed);
        Assert.Equal(11, _poller.Next(true).Offset);
    }

    private void Cycle(params long[] ids)
    {
        Answer(PollResult.Ok, ids);
        _poller.Handled();
    }

    private long[] Answer(PollResult result, params long[] ids) =>
        [.. _poller.Answered(_poller.Next(true), result, ids, _handled.Contains)];

    private static (long, int, int) Shape(PollRequest request) => (request.Offset, request.Limit, request.TimeoutSeconds);
}
