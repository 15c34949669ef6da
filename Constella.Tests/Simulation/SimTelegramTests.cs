using Constella.Core.Cluster;

namespace Constella.Tests.Simulation;

/// <summary>The stand-in of the simulator against what design and published source say of a Bot API server (rules W).</summary>
public sealed class SimTelegramTests
{
    private readonly EventQueue _queue = new();
    private readonly SimTelegram _telegram;
    private readonly List<long> _confirmed = [];
    private long _now = 10_000;

    public SimTelegramTests()
    {
        _telegram = new SimTelegram(() => _now, (at, action) => _queue.Add(at, EventKind.Action, null, -1, action)) { Confirmed = _confirmed.Add };
    }

    private sealed class Call
    {
        public PollResult? Result { get; set; }
        public IReadOnlyList<long> Ids { get; set; } = [];
        public long At { get; set; }
    }

    private Call Poll(long offset, int timeout, int limit = 100)
    {
        var call = new Call();
        _telegram.GetUpdates(offset, limit, timeout, (result, ids) => (call.Result, call.Ids, call.At) = (result, ids, _now));
        return call;
    }

    private void Run(long ms)
    {
        var until = _now + ms;
        while (_queue.TryTake(until, out var item))
        {
            _now = item.At;
            ((Action)item.Arg!)();
        }
        _now = until;
    }

    [Fact]
    public void The_newer_long_poll_parks_and_ends_the_older_with_409_at_once()
    {
        var older = Poll(0, 3);
        Run(1_000);
        var newer = Poll(0, 3);
        Assert.Equal(PollResult.Conflict, older.Result);
        Assert.Null(newer.Result);
        Run(3_000);
        Assert.Equal(PollResult.Ok, newer.Result);
        Assert.Empty(newer.Ids);
    }

    [Fact]
    public void A_second_409_within_three_seconds_comes_three_seconds_later()
    {
        Poll(0, 10);
        var second = Poll(0, 10);
        Run(1_000);
        Poll(0, 10);
        Assert.Null(second.Result);
        Run(2_999);
        Assert.Null(second.Result);
        Run(1);
        Assert.Equal(PollResult.Conflict, second.Result);
    }

    [Fact]
    public void With_updates_waiting_the_newcomer_is_served_and_nobody_gets_a_409()
    {
        _telegram.Add(7);
        var one = Poll(0, 3);
        var other = Poll(0, 3);
        Assert.Equal([7], one.Ids);
        Assert.Equal([7], other.Ids);
        Assert.Equal(0, _telegram.Conflicts);
    }

    [Fact]
    public void With_timeout_zero_the_newcomer_is_served_and_the_parked_poll_stays()
    {
        var parked = Poll(5, 10);
        var quick = Poll(0, 0);
        Assert.Equal(PollResult.Ok, quick.Result);
        Assert.Null(parked.Result);
    }

    [Fact]
    public void The_same_offset_again_within_three_seconds_parks_three_seconds()
    {
        Assert.Equal(PollResult.Ok, Poll(0, 0).Result);
        var again = Poll(0, 0);
        Assert.Null(again.Result);
        Run(3_000);
        Assert.Equal(PollResult.Ok, again.Result);
        Run(1);
        Assert.Equal(PollResult.Ok, Poll(0, 0).Result);
    }

    [Fact]
    public void Offset_zero_reads_the_head_and_confirms_nothing()
    {
        _telegram.Add(7);
        _telegram.Add(8);
        Assert.Equal([7], Poll(0, 3, limit: 1).Ids);
        Assert.Equal([7, 8], _telegram.Pending);
        Assert.Empty(_confirmed);
    }

    [Fact]
    public void An_offset_above_an_id_confirms_it()
    {
        _telegram.Add(7);
        _telegram.Add(8);
        Assert.Equal([8], Poll(8, 3).Ids);
        Assert.Equal([7], _confirmed);
    }

    [Fact]
    public void A_negative_offset_keeps_only_the_last_ones()
    {
        _telegram.Add(7);
        _telegram.Add(8);
        _telegram.Add(9);
        Assert.Equal([8, 9], Poll(-2, 3).Ids);
        Assert.Equal([7], _confirmed);
    }

    [Fact]
    public void A_new_update_wakes_the_parked_poll()
    {
        var parked = Poll(0, 3);
        Run(500);
        _telegram.Add(7);
        Assert.Equal([7], parked.Ids);
    }

    [Fact]
    public void With_a_webhook_every_poll_ends_with_the_other_409()
    {
        _telegram.SetWebhook();
        Assert.Equal(PollResult.Webhook, Poll(0, 3).Result);
    }
}
