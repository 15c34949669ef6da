using Constella.Api.Telegram;
using Constella.Api.Telegram.Client;
using Constella.Api.Telegram.Screens;
using Constella.Core.Alerts;
using Constella.Core.Members;
using Constella.Core.Wire;
using Constella.Tests.Traffic;
using Microsoft.Extensions.Logging.Abstractions;

namespace Constella.Tests.Telegram;

/// <summary>Traffic and bill in the bot: what is shown, and that a renewal is done once.</summary>
public sealed class TrafficScreenTests
{
    [Theory]
    [InlineData("en", "Traffic and bill", "↓ 300 GB ↑ 500 GB", "████████░░ 800 GB of 1.0 TB (80 %)", "Limit on 13 Mar 2026", "Before: Feb 300 GB", "Price: 4.50 EUR / month", "Paid until 24 Dec 2099 (in ")]
    [InlineData("ru", "Трафик и оплата", "↓ 300 ГБ ↑ 500 ГБ", "████████░░ 800 ГБ из 1.0 ТБ (80 %)", "Лимит 13 мар 2026", "Раньше: фев 300 ГБ", "Цена: 4.50 EUR / месяц", "Оплачено до 24 дек 2099 (через ")]
    public async Task The_screen_shows_the_month_its_forecast_and_the_bill(string language, string button, params string[] parts)
    {
        await using var bot = await BotFixture.CreateAsync();
        bot.Peers.OnTraffic = TrafficSamples.Of;
        Set(bot, (Options.BillPrice, "4.50 EUR"), (Options.BillExpires, "2099-12-24"));
        await bot.OpenAsync(language);
        await bot.PressAsync("echo-02", BotFixture.Echo);
        await bot.PressAsync(button, parts[0]);
        foreach (var part in parts)
            Assert.Contains(part, bot.Living!.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "Traffic this month: 50 GB of 100 GB (50 %)")]
    [InlineData("ru", "Трафик за месяц: 50 ГБ из 100 ГБ (50 %)")]
    public void The_card_has_a_line_of_what_the_node_has_told(string language, string line)
    {
        var view = new FakeCluster(
            BotFixture.Member(BotFixture.Alpha, "alpha-01", self: true),
            BotFixture.Member(BotFixture.Echo, "echo-02") with { Traffic = new MonthBytes(20_000_000_000, 30_000_000_000) }).View;
        view = view with { Settings = view.Settings with { Options = [new Option(Options.TrafficQuota, null, "100GB")] } };
        Assert.Contains(line.Replace("50 GB", "50.0 GB", StringComparison.Ordinal).Replace("50 ГБ", "50.0 ГБ", StringComparison.Ordinal), FleetScreens.Card(view, BotFixture.Echo, Texts.For(language)).Html, StringComparison.Ordinal);
        Assert.DoesNotContain(line[..8], FleetScreens.Card(view, BotFixture.Alpha, Texts.For(language)).Html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_does_not_answer_has_a_bill_all_the_same()
    {
        await using var bot = await BotFixture.CreateAsync();
        Set(bot, (Options.BillExpires, "2099-12-24"));
        await bot.OpenAsync();
        await bot.PressAsync("echo-02", BotFixture.Echo);
        await bot.PressAsync("Traffic and bill", "could not be read: connection refused");
        Assert.Contains("Paid until 24 Dec 2099", bot.Living!.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "Traffic and bill", "✅ Renewed", "Was it renewed until 24 Dec 2100?", "Yes, until 24 Dec 2100", "Paid until 24 Dec 2100", "echo-02: paid until 24 Dec 2100", "This was renewed already.")]
    [InlineData("ru", "Трафик и оплата", "✅ Продлено", "Продлён до 24 дек 2100?", "Да, до 24 дек 2100", "Оплачено до 24 дек 2100", "echo-02: оплачено до 24 дек 2100", "Это уже продлено.")]
    public async Task Renewed_is_pressed_twice_and_done_once(
        string language, string screen, string renewed, string question, string yes, string done, string word, string already)
    {
        await using var bot = await BotFixture.CreateAsync();
        bot.Peers.OnTraffic = TrafficSamples.Of;
        Set(bot, (Options.BillExpires, "2099-12-24"), (Options.BillPeriod, "year"));
        await bot.OpenAsync(language);
        await bot.PressAsync("echo-02", BotFixture.Echo);
        await bot.PressAsync(screen, "2099");
        await bot.PressAsync(renewed, question);
        Assert.Equal("2099-12-24", Expires(bot));
        // Both presses come with one poll, or with two: the second one finds another date than its question had.
        Assert.NotNull(bot.Telegram.PressButton(42, null, null, yes));
        Assert.NotNull(bot.Telegram.PressButton(42, null, null, yes));
        await bot.ShowsAsync(done);
        await BotFixture.UntilAsync(() => Answers(bot).Contains(already));
        Assert.Equal("2100-12-24", Expires(bot));
        Assert.Single(Answers(bot), answer => answer == word);
    }

    [Fact]
    public async Task An_alert_of_a_bill_leads_to_the_screen_with_the_button_that_renews()
    {
        await using var bot = await BotFixture.CreateAsync();
        bot.Peers.OnTraffic = TrafficSamples.Of;
        Set(bot, (Options.BillExpires, "2099-12-24"));
        await bot.OpenAsync();
        using var sending = new AlertSender(bot.Cluster, new TelegramBotClientFactory(new Uri(bot.Server.Url)), TimeProvider.System, NullLogger<AlertSender>.Instance);
        await sending.StartAsync(CancellationToken.None);
        var alert = new Alert { Id = "bill", Kind = AlertKind.Bill, Node = BotFixture.Echo, Since = new DateTimeOffset(2099, 12, 21, 9, 0, 0, TimeSpan.Zero), Detail = "2099-12-24", Stage = 2 };
        bot.Cluster.Change(view => view with { Settings = view.Settings with { Alerts = [alert] } });
        TelegramStandIn.Message? told = null;
        await BotFixture.UntilAsync(() => (told = bot.Telegram.MessagesOf(42).LastOrDefault(each => each.Text.Contains("echo-02 is paid until 24 Dec 2099 (in 3 d)", StringComparison.Ordinal))) is not null);
        Assert.NotNull(bot.Telegram.PressButton(42, told!.Id, null, "Traffic and bill"));
        await BotFixture.UntilAsync(() => bot.Telegram.MessagesOf(42).Any(each => each.Id > told.Id && each.Buttons.Any(button => button.Label == "✅ Renewed")));
        Assert.Contains("is paid until", told.Text, StringComparison.Ordinal);
    }

    private static void Set(BotFixture bot, params (string Key, string Value)[] options) => bot.Cluster.Change(view => view with
    {
        Settings = view.Settings with { Options = [.. options.Select(option => new Option(option.Key, BotFixture.Echo, option.Value))] },
    });

    private static string? Expires(BotFixture bot) => Options.Text(bot.Cluster.View.Settings.Options, Options.BillExpires, BotFixture.Echo);

    private static List<string?> Answers(BotFixture bot) => [.. bot.Telegram.Journal.Of("answer").Select(entry => (string?)entry["text"])];
}
