using Constella.Core.Cluster;
using Constella.Core.Wire;
using TelegramStandIn;

namespace Constella.Tests.Telegram;

public sealed class RightTests
{
    [Fact]
    public async Task Updates_are_confirmed_only_after_they_are_committed()
    {
        await using var bot = await BotFixture.CreateAsync();
        var confirmedTooEarly = false;
        bot.Cluster.OnAsk = input => confirmedTooEarly |= input is Input.UpdatesHandled && bot.Telegram.Journal.Of("confirm").Count > 0;
        await bot.OpenAsync();
        await BotFixture.UntilAsync(() => bot.Telegram.Updates.PendingCount == 0);
        Assert.False(confirmedTooEarly);
    }

    [Fact]
    public async Task What_is_not_committed_is_not_confirmed_and_handled_again_later()
    {
        await using var bot = await BotFixture.CreateAsync();
        bot.Cluster.Refuse = Errors.NoHost;
        bot.Telegram.Say(BotFixture.Owner, "/start");
        await BotFixture.UntilAsync(() => bot.Cluster.Asked.OfType<Input.UpdatesHandled>().Count() >= 2);
        Assert.Equal(1, bot.Telegram.Updates.PendingCount);
        bot.Cluster.Refuse = null;
        await bot.ShowsAsync("nodes 3");
        await BotFixture.UntilAsync(() => bot.Telegram.Updates.PendingCount == 0);
    }

    [Fact]
    public async Task Without_the_right_nothing_happens_but_reading()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        await BotFixture.UntilAsync(() => bot.Telegram.Updates.PendingCount == 0);
        bot.Cluster.Allowed = false;
        var before = bot.Telegram.Journal.Of("call").Count;
        var press = bot.Telegram.PressButton(42, null, null, "echo-02")!;
        await BotFixture.UntilAsync(() => bot.Telegram.Updates.All.Single(update => update.Id == press.UpdateId).Served.Count >= 3);
        Assert.Equal(before, bot.Telegram.Journal.Of("call").Count);
        Assert.Equal(1, bot.Telegram.Updates.PendingCount);
        bot.Cluster.Allowed = true;
        await bot.ShowsAsync(BotFixture.Echo);
    }

    [Fact]
    public async Task An_orderly_stop_finishes_and_confirms_the_update_at_hand()
    {
        await using var bot = await BotFixture.CreateAsync();
        using var atWork = new ManualResetEventSlim();
        using var goOn = new ManualResetEventSlim();
        bot.Cluster.OnAsk = input =>
        {
            if (input is not Input.UpdatesHandled)
                return;
            atWork.Set();
            goOn.Wait(TimeSpan.FromSeconds(5));
        };
        bot.Telegram.Say(BotFixture.Owner, "/start");
        Assert.True(await Task.Run(() => atWork.Wait(TimeSpan.FromSeconds(5))));
        bot.Bot.Stop(orderly: true);
        Assert.Empty(bot.Cluster.Posted.OfType<Input.BotStopped>());
        goOn.Set();
        await BotFixture.UntilAsync(() => bot.Cluster.Posted.OfType<Input.BotStopped>().Any());
        Assert.Equal(0, bot.Telegram.Updates.PendingCount);
    }

    [Fact]
    public async Task A_stop_at_once_ends_a_parked_poll_at_once()
    {
        await using var bot = await BotFixture.CreateAsync();
        await BotFixture.UntilAsync(() => bot.Telegram.Updates.Parked);
        var begun = bot.Cluster.Mono;
        await bot.StopAsync(orderly: false);
        Assert.InRange(bot.Cluster.Mono - begun, 0, 2_000);
    }

    [Fact]
    public async Task Stop_without_a_run_and_start_during_a_stop_both_end_well()
    {
        await using var bot = await BotFixture.CreateAsync(start: false);
        await bot.StopAsync(orderly: true);
        bot.Start();
        bot.Bot.Stop(orderly: true);
        bot.Start();
        await bot.OpenAsync();
        await BotFixture.UntilAsync(() => bot.Cluster.Posted.OfType<Input.BotStopped>().Count() == 2);
    }

    [Fact]
    public async Task Without_a_token_it_is_said_once_and_a_token_starts_the_bot()
    {
        await using var bot = await BotFixture.CreateAsync(start: false);
        bot.Cluster.Change(view => view with { Settings = view.Settings with { BotToken = null } });
        bot.Start();
        await BotFixture.UntilAsync(() => !bot.Log.Lines.IsEmpty);
        bot.Cluster.Change(view => view);
        Assert.Single(bot.Log.Lines, line => line.Contains("No bot token", StringComparison.Ordinal));
        bot.Cluster.Change(view => view with { Settings = view.Settings with { BotToken = "123:ABC" } });
        await bot.OpenAsync();
    }

    [Fact]
    public async Task A_probe_reads_the_head_and_confirms_nothing()
    {
        await using var bot = await BotFixture.CreateAsync(start: false);
        var update = bot.Telegram.Say(BotFixture.Owner, "/start");
        bot.Bot.Probe(4);
        await BotFixture.UntilAsync(() => bot.Cluster.Posted.OfType<Input.ProbeEnded>().Any());
        Assert.Equal(new Input.ProbeEnded(PollResult.Ok, update), bot.Cluster.Posted.OfType<Input.ProbeEnded>().Single());
        Assert.Equal(1, bot.Telegram.Updates.PendingCount);
    }

    [Fact]
    public async Task A_probe_that_a_poller_ends_tells_of_a_conflict()
    {
        await using var bot = await BotFixture.CreateAsync(start: false);
        bot.Bot.Probe(4);
        await BotFixture.UntilAsync(() => bot.Telegram.Updates.Parked);
        bot.Start();
        await BotFixture.UntilAsync(() => bot.Cluster.Posted.OfType<Input.ProbeEnded>().Any());
        Assert.Equal(PollResult.Conflict, bot.Cluster.Posted.OfType<Input.ProbeEnded>().Single().Result);
    }

    [Fact]
    public async Task A_webhook_is_deleted_and_nothing_pending_is_dropped()
    {
        await using var bot = await BotFixture.CreateAsync(start: false);
        bot.Telegram.Say(BotFixture.Owner, "/start");
        using var http = new HttpClient();
        await http.GetAsync(new Uri($"{bot.Server.Url}/bot{StandInOptions.ExampleToken}/setWebhook?url=https://example.com/"));
        bot.Start();
        await bot.ShowsAsync("nodes 3");
        Assert.Contains(bot.Cluster.Posted, input => input is Input.PollEnded { Result: PollResult.Webhook });
    }
}
