using Constella.Core.Cluster;
using TelegramStandIn;

namespace Constella.Tests.Telegram;

public sealed class BotTests
{
    [Theory]
    [InlineData("en", "nodes 3, online 2", "alpha-01 — Host", "Show consumption", "RAM: 512 MiB of 1.0 GiB (50 %)", "Reboot the server", "Reboot echo-02?")]
    [InlineData("ru", "узлов 3, в сети 2", "alpha-01 — Хост", "Показать потребление", "Память: 512 МиБ из 1.0 ГиБ (50 %)", "Перезагрузить сервер", "Перезагрузить echo-02?")]
    public async Task The_owner_walks_through_the_screens_of_one_living_message(
        string language, string list, string host, string consumption, string memory, string reboot, string question)
    {
        await using var bot = await BotFixture.CreateAsync();
        bot.Peers.OnStats = _ => ScreenTests.Stats();
        await bot.OpenAsync(language);
        Assert.Contains(list, bot.Living!.Text, StringComparison.Ordinal);
        Assert.Contains(host, bot.Living.Text, StringComparison.Ordinal);
        var message = bot.Living.Id;
        await bot.PressAsync("echo-02", BotFixture.Echo);
        await bot.PressAsync(consumption, memory);
        await bot.PressAsync("⬅️", BotFixture.Echo);
        await bot.PressAsync(reboot, question);
        Assert.Equal(message, bot.Living!.Id);
        Assert.Single(bot.Telegram.MessagesOf(42), each => each.FromBot);
        Assert.Equal(language, bot.Cluster.View.Settings.OwnerLanguage);
    }

    [Fact]
    public async Task First_contact_by_username_binds_the_numeric_id_and_a_later_namesake_gets_silence()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        Assert.Equal(42, bot.Cluster.View.Settings.OwnerId);
        var stranger = bot.Telegram.Say(new User(43, "Thief", "username", "en"), "/start");
        await BotFixture.UntilAsync(() => bot.Cluster.View.Updates.Contains(stranger!.Value));
        Assert.DoesNotContain(bot.Telegram.MessagesOf(43), message => message.FromBot);
        Assert.Contains(bot.Log.Lines, line => line.Contains("stranger (Telegram id 43)", StringComparison.Ordinal));
    }

    [Fact]
    public async Task S5_Another_owner_is_bound_by_first_contact_and_the_one_before_gets_silence()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        var told = bot.Telegram.MessagesOf(42).Count(message => message.FromBot);
        bot.Cluster.Change(view => view with { Settings = view.Settings with { OwnerUsername = "somebody", OwnerId = null, Message = null } });
        var before = bot.Telegram.Say(BotFixture.Owner, "/start");
        await BotFixture.UntilAsync(() => bot.Cluster.View.Updates.Contains(before!.Value));
        Assert.Null(bot.Cluster.View.Settings.OwnerId);
        bot.Telegram.Say(new User(77, "New", "Somebody", "en"), "/start");
        await BotFixture.UntilAsync(() => bot.Telegram.MessagesOf(77).Any(message => message.FromBot));
        Assert.Equal(77, bot.Cluster.View.Settings.OwnerId);
        Assert.Equal(told, bot.Telegram.MessagesOf(42).Count(message => message.FromBot));
    }

    [Fact]
    public async Task Without_an_owner_nobody_is_answered_and_the_log_says_how_to_set_one()
    {
        await using var bot = await BotFixture.CreateAsync(start: false);
        bot.Cluster.Change(view => view with { Settings = view.Settings with { OwnerUsername = null } });
        bot.Start();
        var update = bot.Telegram.Say(BotFixture.Owner, "/start");
        await BotFixture.UntilAsync(() => bot.Cluster.View.Updates.Contains(update!.Value));
        Assert.DoesNotContain(bot.Telegram.MessagesOf(42), message => message.FromBot);
        Assert.Contains(bot.Log.Lines, line => line.Contains("constella owner set", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stranger_s_press_is_not_answered()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        bot.Cluster.Change(view => view with { Settings = view.Settings with { OwnerId = 7 } });
        var press = bot.Telegram.PressButton(42, null, null, "echo-02");
        await BotFixture.UntilAsync(() => bot.Cluster.View.Updates.Contains(press!.UpdateId!.Value));
        Assert.Empty(bot.Telegram.Journal.Of("answer"));
    }

    [Fact]
    public async Task Every_press_is_answered_once()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        var presses = Enumerable.Range(0, 20).Select(_ => bot.Telegram.PressButton(42, null, null, "Refresh")!.UpdateId).ToList();
        await BotFixture.UntilAsync(() => presses.TrueForAll(id => bot.Cluster.View.Updates.Contains(id!.Value)));
        var answers = bot.Telegram.Journal.Of("answer").Select(entry => (long?)entry["update_id"]).Order();
        Assert.Equal(presses.Order(), answers);
    }

    [Fact]
    public async Task Edits_of_the_living_message_are_a_second_apart()
    {
        await using var bot = await BotFixture.CreateAsync();
        bot.Peers.OnStats = _ => ScreenTests.Stats();
        await bot.OpenAsync();
        foreach (var label in new[] { "echo-02", "Show consumption", "Back", "All nodes" })
        {
            Assert.NotNull(bot.Telegram.PressButton(42, null, null, label));
            await BotFixture.UntilAsync(() => bot.Telegram.Updates.PendingCount == 0);
            await BotFixture.UntilAsync(() => bot.Living!.Buttons.All(button => !button.Label.Contains(label, StringComparison.Ordinal)));
        }
        var edits = Calls(bot, "editMessageText").Select(call => (double)call["mono_ms"]!).ToList();
        Assert.True(edits.Count >= 4);
        Assert.All(edits.Zip(edits.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, 900, double.MaxValue));
    }

    [Fact]
    public async Task A_new_Host_draws_the_message_it_inherits_so_that_the_owner_sees_who_is_Host()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        await bot.StopAsync(orderly: true);
        var next = bot.Beside(new FakeCluster(
            BotFixture.Member(BotFixture.Alpha, "alpha-01") with { Health = Health.Down },
            BotFixture.Member(BotFixture.Echo, "echo-02", self: true)));
        next.Cluster.Change(view => view with { Settings = bot.Cluster.View.Settings, Updates = bot.Cluster.View.Updates });
        next.Start();
        await bot.ShowsAsync("echo-02 — Host");
        Assert.Single(bot.Telegram.MessagesOf(42), message => message.FromBot);
        await next.StopAsync(orderly: false);
    }

    [Fact]
    public async Task The_list_follows_the_health_of_the_members()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        bot.Cluster.ChangeMember("echo-02", member => member with { Health = Health.Down });
        await bot.ShowsAsync("echo-02 (offline)");
    }

    [Fact]
    public async Task Start_moves_the_living_message_to_the_end_of_the_chat()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        var first = bot.Living!.Id;
        bot.Telegram.Say(BotFixture.Owner, "/nodes");
        await BotFixture.UntilAsync(() => bot.Living!.Id > first && bot.Telegram.MessagesOf(42).Count(each => each.FromBot) == 1);
        await BotFixture.UntilAsync(() => bot.Cluster.View.Settings.Message!.MessageId == bot.Living!.Id);
    }

    [Fact]
    public async Task A_message_that_the_owner_deleted_is_sent_anew_and_its_id_is_replicated()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        var first = bot.Living!.Id;
        bot.Telegram.Remove(42, first);
        bot.Cluster.ChangeMember("echo-02", member => member with { Health = Health.Down });
        await BotFixture.UntilAsync(() => bot.Living is { } living && living.Id != first);
        await BotFixture.UntilAsync(() => bot.Cluster.View.Settings.Message!.MessageId == bot.Living!.Id);
    }

    [Fact]
    public async Task Consumption_that_cannot_be_read_says_why()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        await bot.PressAsync("echo-02", BotFixture.Echo);
        await bot.PressAsync("Show consumption", "could not be read: connection refused");
    }

    [Fact]
    public async Task Invite_mints_a_link_that_joins_here()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        bot.Telegram.Say(BotFixture.Owner, "/invite 2h");
        await BotFixture.UntilAsync(() => bot.Telegram.MessagesOf(42).Any(each => each.Text.Contains("join://", StringComparison.Ordinal)));
        var text = bot.Telegram.MessagesOf(42).Last(each => each.FromBot).Text;
        Assert.Contains("Valid 2h", text, StringComparison.Ordinal);
        var start = text.IndexOf("join://", StringComparison.Ordinal);
        Assert.True(Core.Joining.JoinLink.TryParse(text[start..text.IndexOf('\n', start)], out var link, out var problem), problem);
        var minted = Assert.Single(bot.Cluster.Asked.OfType<Input.InviteRequested>());
        Assert.Equal(Core.Joining.JoinExchange.Derive(link.TokenBytes), (minted.InviteId, minted.Key));
        Assert.Equal(TimeSpan.FromHours(2), minted.Ttl);
        Assert.DoesNotContain(bot.Log.Lines, line => line.Contains(link.Token, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/invite 25h", "From 1m to 24h")]
    [InlineData("/invite soon", "From 1m to 24h")]
    public async Task A_life_that_is_no_life_for_a_link_is_explained(string command, string expected)
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        bot.Telegram.Say(BotFixture.Owner, command);
        await BotFixture.UntilAsync(() => bot.Telegram.MessagesOf(42).Any(each => each.Text.Contains(expected, StringComparison.Ordinal)));
        Assert.Empty(bot.Cluster.Asked.OfType<Input.InviteRequested>());
    }

    [Fact]
    public async Task Help_is_a_screen_too()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        bot.Telegram.Say(BotFixture.Owner, "what can you do");
        await bot.ShowsAsync("/invite 15m");
    }

    [Fact]
    public async Task A_notice_for_the_owner_is_told_once_an_hour()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        bot.Bot.Tell(new Notice(NoticeKind.StrangerPolls));
        bot.Bot.Tell(new Notice(NoticeKind.StrangerPolls));
        bot.Bot.Tell(new Notice(NoticeKind.Cloned, BotFixture.Echo, "echo-02"));
        await BotFixture.UntilAsync(() => bot.Telegram.MessagesOf(42).Any(each => each.Text.Contains("echo-02 runs twice", StringComparison.Ordinal)));
        Assert.Single(bot.Telegram.MessagesOf(42), each => each.Text.Contains("Somebody else polls", StringComparison.Ordinal));
    }

    internal static IEnumerable<System.Text.Json.Nodes.JsonObject> Calls(BotFixture bot, string method) =>
        bot.Telegram.Journal.Of("call").Where(call => (string?)call["method"] == method);
}
