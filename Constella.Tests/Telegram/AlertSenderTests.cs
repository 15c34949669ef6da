using Constella.Api.Telegram;
using Constella.Api.Telegram.Client;
using Constella.Api.Telegram.Screens;
using Constella.Core.Alerts;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Microsoft.Extensions.Logging.Abstractions;

namespace Constella.Tests.Telegram;

/// <summary>Alerts as the owner sees them, in the stand-in.</summary>
public sealed class AlertSenderTests
{
    private static readonly DateTimeOffset Since = DateTimeOffset.UtcNow.AddMinutes(-2);

    private static Alert Down { get; } = new() { Id = "down", Kind = AlertKind.Down, Node = BotFixture.Fox, Since = Since };

    [Theory]
    [InlineData("en", "fox-03 is down, last heard", "fox-03 is up again after 2 min", "🔕 fox-03 1 h", "Muted: fox-03, for 1 h")]
    [InlineData("ru", "fox-03 недоступен, последний раз слышен", "fox-03 снова в сети через 2 мин", "🔕 fox-03 1 ч", "Без уведомлений: fox-03, 1 ч")]
    public async Task A1_An_alert_and_its_end_are_a_message_each_with_buttons_that_mute(string language, string begun, string ended, string mute, string answer)
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync(language);
        using var sending = Sending(bot, bot.Cluster);
        await sending.StartAsync(CancellationToken.None);

        Raise(bot.Cluster, Down);
        var message = await ToldAsync(bot, begun);
        await BotFixture.UntilAsync(() => bot.Cluster.View.Settings.Alerts[0].Told == AlertTold.Begun);
        Raise(bot.Cluster, Down with { Ended = Since.AddMinutes(2) });
        await ToldAsync(bot, ended);
        await BotFixture.UntilAsync(() => bot.Cluster.View.Settings.Alerts[0].Told == AlertTold.All);
        Assert.Equal(1, bot.Telegram.MessagesOf(42).Count(each => each.Text.Contains(begun, StringComparison.Ordinal)));

        var living = bot.Cluster.View.Settings.Message;
        var press = bot.Telegram.PressButton(42, message.Id, null, mute);
        await BotFixture.UntilAsync(() => Options.Muted(bot.Cluster.View.Settings.Options, BotFixture.Fox, DateTimeOffset.UtcNow));
        Assert.False(Options.Muted(bot.Cluster.View.Settings.Options, BotFixture.Echo, DateTimeOffset.UtcNow));
        Assert.Equal(living, bot.Cluster.View.Settings.Message);
        await BotFixture.UntilAsync(() => bot.Telegram.Journal.Of("answer").Any(entry => (string?)entry["text"] == answer));
        Assert.NotNull(press);
    }

    [Fact]
    public async Task A_press_on_an_alert_opens_the_card_below_it_and_leaves_the_alert()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        using var sending = Sending(bot, bot.Cluster);
        await sending.StartAsync(CancellationToken.None);
        Raise(bot.Cluster, Down);
        var message = await ToldAsync(bot, "fox-03 is down");

        Assert.NotNull(bot.Telegram.PressButton(42, message.Id, null, "📋 fox-03"));
        await BotFixture.UntilAsync(() => bot.Telegram.MessagesOf(42).Any(each => each.Id > message.Id && each.Text.Contains(BotFixture.Fox, StringComparison.Ordinal)));
        Assert.Contains("fox-03 is down", message.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A5_Where_Telegram_does_not_take_the_Hosts_messages_the_next_node_sends_them_once()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        // The Host's own way out is broken; the other node has another.
        using var broken = new TelegramBotClientFactory(new Uri("http://127.0.0.1:9"));
        using var hosts = new AlertSender(bot.Cluster, broken, TimeProvider.System, NullLogger<AlertSender>.Instance);
        var seen = new OtherNode(bot.Cluster);
        using var others = Sending(bot, seen);
        await hosts.StartAsync(CancellationToken.None);
        await others.StartAsync(CancellationToken.None);
        Raise(bot.Cluster, Down);
        var end = DateTime.UtcNow.AddSeconds(60);
        while (bot.Cluster.View.Settings.Alerts[0].Due && DateTime.UtcNow < end)
            await Task.Delay(100);
        Assert.Equal(BotFixture.Echo, bot.Cluster.View.Settings.AlertSender);
        Assert.Single(bot.Telegram.MessagesOf(42), each => each.Text.Contains("fox-03 is down", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A6_In_quiet_hours_an_alert_makes_no_sound()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        bot.Cluster.Change(view => view with
        {
            Settings = view.Settings with { Options = [new Option(Options.AlertQuiet, null, "00:00-23:59"), new Option(Options.TimeZone, null, "+00:00")] },
        });
        using var sending = Sending(bot, bot.Cluster);
        await sending.StartAsync(CancellationToken.None);
        Raise(bot.Cluster, Down);
        Assert.Equal(OwnerClock.IsQuiet(bot.Cluster.View.Settings, DateTimeOffset.UtcNow), (await ToldAsync(bot, "fox-03 is down")).Quiet);
    }

    [Fact]
    public void What_came_and_went_before_it_could_be_told_is_one_line()
    {
        var line = AlertScreens.Line(new FakeCluster(BotFixture.Member(BotFixture.Alpha, "alpha-01", self: true)).View,
            Down with { Node = BotFixture.Alpha, Ended = Since.AddSeconds(90) }, Texts.English);
        Assert.Contains("alpha-01</b> is down", line, StringComparison.Ordinal);
        Assert.Contains("over after 1 min", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_kind_has_its_line_in_both_languages()
    {
        var view = new FakeCluster(BotFixture.Member(BotFixture.Alpha, "alpha-01", self: true)).View;
        foreach (var kind in Enum.GetValues<AlertKind>())
        {
            var alert = new Alert { Id = "x", Kind = kind, Node = BotFixture.Alpha, Since = Since, Detail = "95" };
            Assert.NotEqual(AlertScreens.Line(view, alert, Texts.English), AlertScreens.Line(view, alert, Texts.Russian));
            Assert.DoesNotContain("{", AlertScreens.Line(view, alert, Texts.English), StringComparison.Ordinal);
        }
    }

    private static AlertSender Sending(BotFixture bot, Constella.Api.Cluster.ICluster cluster) =>
        new(cluster, new TelegramBotClientFactory(new Uri(bot.Server.Url)), TimeProvider.System, NullLogger<AlertSender>.Instance);

    private static void Raise(FakeCluster cluster, Alert alert) => cluster.Change(view => view with
    {
        Settings = view.Settings with { Alerts = AlertBook.With(view.Settings.Alerts, [alert], []) },
    });

    private static async Task<TelegramStandIn.Message> ToldAsync(BotFixture bot, string text)
    {
        TelegramStandIn.Message? found = null;
        await BotFixture.UntilAsync(() => (found = bot.Telegram.MessagesOf(42).LastOrDefault(each => each.Text.Contains(text, StringComparison.Ordinal))) is not null, () => text);
        return found!;
    }

    /// <summary>The same network, seen from echo-02, which is not the Host.</summary>
    private sealed class OtherNode(FakeCluster cluster) : Constella.Api.Cluster.ICluster
    {
        public ClusterView View => cluster.View with { NodeId = BotFixture.Echo, IsHost = false, Bot = BotPermit.None };

        public long Mono => cluster.Mono;

        public Task<ClusterView> NextViewAsync(CancellationToken cancellation) => cluster.NextViewAsync(cancellation);

        public void Post(Input input) => cluster.Post(input);

        public Task<Answer> AskAsync(Func<long, Input> input, CancellationToken cancellation) => cluster.AskAsync(input, cancellation);
    }
}
