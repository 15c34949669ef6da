using System.Globalization;
using System.Text.Json.Nodes;
using TelegramStandIn;

namespace Constella.Tests.Telegram.StandIn;

/// <summary>What the published Bot API server does with <c>getUpdates</c>, a sentence a rule.</summary>
public sealed class PollRules : IAsyncDisposable
{
    private const string Other = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
    private const string Hook = "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
    private static readonly User s_user = new(1, "One", "one", "en");

    private readonly ManualTime _time = new();
    private readonly HttpClient _http = new();
    private readonly StandInServer _server;

    public PollRules() => _server = StandInServer.StartAsync(new StandInOptions(), _time).GetAwaiter().GetResult();

    [Fact]
    public async Task The_newer_long_poll_parks_and_ends_the_older_one_with_409_at_once()
    {
        var older = await ParkAsync(0, 5);
        var newer = await ParkAsync(0, 5, after: older);
        Assert.Equal((409, Other), Refusal(await older));
        Assert.False(newer.IsCompleted);
        _time.Advance(5);
        Assert.Empty(Ids(await newer));
    }

    [Fact]
    public async Task A_second_409_within_3_s_is_delayed_by_3_s()
    {
        var first = await ParkAsync(0, 20);
        var second = await ParkAsync(0, 20, after: first);
        await first;
        _time.Advance(1);
        var third = PollAsync(0, 20);
        await BotFixture.UntilAsync(() => Polls() == 3);
        await SettleAsync();
        Assert.False(second.IsCompleted);
        _time.Advance(2.9);
        await SettleAsync();
        Assert.False(second.IsCompleted);
        _time.Advance(0.2);
        Assert.Equal((409, Other), Refusal(await second));
        Assert.False(third.IsCompleted);
    }

    [Fact]
    public async Task With_updates_waiting_the_newcomer_is_served_and_nobody_gets_a_409()
    {
        var parked = await ParkAsync(0, 5);
        var id = _server.Bot.Say(s_user, "a")!.Value;
        Assert.Equal([id], Ids(await parked));
        Assert.Equal([id], Ids(await PollAsync(0, 5)));
        Assert.DoesNotContain(_server.Bot.Journal.Of("poll"), poll => (int)poll["status"]! == 409);
    }

    [Fact]
    public async Task With_timeout_0_the_newcomer_is_served_and_the_parked_one_stays()
    {
        var parked = await ParkAsync(0, 5);
        _time.Advance(3.5);
        Assert.Empty(Ids(await PollAsync(0, 0)));
        Assert.False(parked.IsCompleted);
        Assert.True(_server.Bot.Updates.Parked);
    }

    [Fact]
    public async Task The_same_offset_again_within_3_s_parks_for_3_s_where_its_timeout_is_shorter()
    {
        Assert.Empty(Ids(await PollAsync(7, 0)));
        var again = await ParkAsync(7, 0);
        _time.Advance(2.9);
        await SettleAsync();
        Assert.False(again.IsCompleted);
        _time.Advance(0.2);
        Assert.Empty(Ids(await again));
    }

    [Fact]
    public async Task Another_offset_or_a_later_call_does_not_park()
    {
        Assert.Empty(Ids(await PollAsync(7, 0)));
        Assert.Empty(Ids(await PollAsync(8, 0)));
        _time.Advance(3.1);
        Assert.Empty(Ids(await PollAsync(8, 0)));
    }

    [Fact]
    public async Task Offset_0_reads_the_head_without_confirming()
    {
        var id = _server.Bot.Say(s_user, "a")!.Value;
        Assert.Equal([id], Ids(await PollAsync(0, 5)));
        Assert.Equal([id], Ids(await PollAsync(0, 5)));
        Assert.Empty(_server.Bot.Journal.Of("confirm"));
    }

    [Fact]
    public async Task An_offset_above_an_id_confirms_it()
    {
        var first = _server.Bot.Say(s_user, "a")!.Value;
        var second = _server.Bot.Say(s_user, "b")!.Value;
        Assert.Equal([second], Ids(await PollAsync(first + 1, 5)));
        Assert.NotNull(_server.Bot.Updates.All[0].ConfirmedBy);
        Assert.Null(_server.Bot.Updates.All[1].ConfirmedBy);
    }

    [Fact]
    public async Task A_negative_offset_deletes_all_but_the_last()
    {
        _server.Bot.Say(s_user, "a");
        _server.Bot.Say(s_user, "b");
        var last = _server.Bot.Say(s_user, "c")!.Value;
        Assert.Equal([last], Ids(await PollAsync(-1, 5)));
        Assert.Equal(1, _server.Bot.Updates.PendingCount);
    }

    [Fact]
    public async Task An_offset_far_in_the_future_reads_from_the_head_and_confirms_nothing()
    {
        var id = _server.Bot.Say(s_user, "a")!.Value;
        Assert.Equal([id], Ids(await PollAsync(id + 1_000, 5)));
        Assert.Equal(1, _server.Bot.Updates.PendingCount);
    }

    [Fact]
    public async Task A_limit_is_kept()
    {
        var first = _server.Bot.Say(s_user, "a")!.Value;
        _server.Bot.Say(s_user, "b");
        Assert.Equal([first], Ids(await CallAsync("getUpdates?limit=1")));
    }

    [Fact]
    public async Task Allowed_updates_are_stored_and_others_never_come()
    {
        await CallAsync("getUpdates?allowed_updates=[\"callback_query\"]");
        Assert.Null(_server.Bot.Say(s_user, "a"));
        await CallAsync("getUpdates?offset=1");
        Assert.Null(_server.Bot.Say(s_user, "b"));
        await CallAsync("getUpdates?offset=2&allowed_updates=[\"message\"]");
        Assert.NotNull(_server.Bot.Say(s_user, "c"));
    }

    [Fact]
    public async Task A_webhook_excludes_polling_with_a_text_of_its_own_and_ends_the_parked_poll()
    {
        var parked = await ParkAsync(0, 5);
        await CallAsync("setWebhook?url=https://example.com/");
        Assert.Equal((409, "Conflict: terminated by setWebhook request"), Refusal(await parked));
        _time.Advance(3.1);
        Assert.Equal((409, Hook), Refusal(await PollAsync(0, 5)));
        _server.Bot.Say(s_user, "kept");
        await CallAsync("deleteWebhook");
        Assert.Single(Ids(await PollAsync(0, 5)));
    }

    [Fact]
    public async Task Deleting_a_webhook_drops_what_is_pending_only_when_asked_to()
    {
        _server.Bot.Say(s_user, "a");
        await CallAsync("deleteWebhook?drop_pending_updates=true");
        Assert.Equal(0, _server.Bot.Updates.PendingCount);
    }

    [Fact]
    public async Task Ids_jump_after_an_idle_time_and_an_old_offset_still_reads_what_is_new()
    {
        var before = _server.Bot.Say(s_user, "a")!.Value;
        await PollAsync(before + 1, 0);
        _server.Bot.Updates.Jump(1_000_000);
        var after = _server.Bot.Say(s_user, "b")!.Value;
        Assert.Equal([after], Ids(await PollAsync(before + 1, 5)));
    }

    [Fact]
    public async Task The_report_tells_who_confirmed_in_turns()
    {
        var id = _server.Bot.Say(s_user, "a")!.Value;
        await PollAsync(id + 1, 0);
        var report = JsonNode.Parse(await _http.GetStringAsync(new Uri(_server.Url + "/control/confirmations")))!;
        Assert.Equal("127.0.0.1", (string?)Assert.Single(report["turns"]!.AsArray())!["remote"]);
        var update = JsonNode.Parse(await _http.GetStringAsync(new Uri(_server.Url + "/control/updates")))![0]!;
        Assert.Equal("127.0.0.1", (string?)update["confirmed_by"]);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _server.DisposeAsync();
    }

    private Task<JsonNode> PollAsync(long offset, int timeout) =>
        CallAsync(string.Create(CultureInfo.InvariantCulture, $"getUpdates?offset={offset}&timeout={timeout}"));

    /// <summary>Begins a poll and waits until it is parked, and until the one it ends has ended.</summary>
    private async Task<Poll> ParkAsync(long offset, int timeout, Poll? after = null)
    {
        var number = Polls() + 1;
        var poll = new Poll(PollAsync(offset, timeout));
        await BotFixture.UntilAsync(() => Polls() >= number && _server.Bot.Updates.Parked && after?.IsCompleted != false);
        return poll;
    }

    /// <summary>Gives continuations on other threads the time to do what they must not do.</summary>
    private static Task SettleAsync() => Task.Delay(100);

    private int Polls() => _server.Bot.Journal.Of("poll-start").Count;

    private async Task<JsonNode> CallAsync(string call)
    {
        using var answer = await _http.GetAsync(new Uri($"{_server.Url}/bot{StandInOptions.ExampleToken}/{call}"));
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    private static (int, string) Refusal(JsonNode answer) => ((int)answer["error_code"]!, (string)answer["description"]!);

    private static long[] Ids(JsonNode answer) => [.. answer["result"]!.AsArray().Select(update => (long)update!["update_id"]!)];

    /// <summary>A poll under way, which an async method can hand out without waiting for its end.</summary>
    private sealed class Poll(Task<JsonNode> poll)
    {
        public bool IsCompleted => poll.IsCompleted;

        public System.Runtime.CompilerServices.TaskAwaiter<JsonNode> GetAwaiter() => poll.GetAwaiter();
    }
}
