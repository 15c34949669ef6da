using System.Text;
using Constella.Api.Peers;
using Constella.Api.Telegram.Screens;
using Constella.Core.Cluster;
using Constella.Core.Stats;

namespace Constella.Tests.Telegram;

/// <summary>Screens with a picture, driven through the stand-in.</summary>
public sealed class ChartScreenTests
{
    [Theory]
    [InlineData("en", "Charts", "echo-02: CPU, 24 h", "mean ", "RAM", "echo-02: RAM, 24 h", "Network", "received: mean ", "30 d", "echo-02: Network, 30 d", "Dark", "Back", "Node ID", "All nodes", "nodes 3")]
    [InlineData("ru", "Графики", "echo-02: CPU, 24 ч", "среднее ", "ОЗУ", "echo-02: ОЗУ, 24 ч", "Сеть", "принято: среднее ", "30 д", "echo-02: Сеть, 30 д", "Тёмный", "Назад", "ID узла", "Все узлы", "узлов 3")]
    public async Task The_owner_switches_metric_period_and_theme_in_one_message(
        string language, string charts, string first, string mean, string ram, string second, string network, string received,
        string month, string third, string dark, string back, string card, string all, string list)
    {
        await using var bot = await OpenAsync(language);
        var message = bot.Living!.Id;
        await bot.PressAsync(charts, first);
        Assert.Contains(mean, bot.Living!.Text, StringComparison.Ordinal);
        await bot.PressAsync(ram, second);
        await bot.PressAsync(network, received);
        await bot.PressAsync(month, third);
        var light = bot.Living!.Photo!.FileId;
        Assert.NotNull(bot.Telegram.PressButton(42, null, null, dark));
        await BotFixture.UntilAsync(() => bot.Living!.Photo!.FileId != light);
        Assert.Contains("#17212b", Encoding.UTF8.GetString(bot.Living!.Photo!.Content), StringComparison.Ordinal);
        await bot.PressAsync(back, card);
        Assert.Equal(1080, bot.Living!.Photo!.Width);
        await bot.PressAsync(all, list);
        Assert.Equal(message, bot.Living!.Id);
        Assert.Single(bot.Telegram.MessagesOf(42), each => each.FromBot);
        // The banner stays: only its caption was edited.
        Assert.Single(BotTests.Calls(bot, "editMessageCaption"));
    }

    [Theory]
    [InlineData("1 h", 10, 360)]
    [InlineData("7 d", 1_800, 336)]
    public async Task The_period_decides_how_far_back_and_how_fine(string period, int step, int count)
    {
        await using var bot = await OpenAsync("en");
        HistoryQuery? asked = null;
        bot.Peers.OnHistory = query => SampleHistory.Of(asked = query);
        await bot.PressAsync("Charts", "CPU, 24 h");
        await bot.PressAsync(period, "CPU, " + period);
        Assert.Equal((BotFixture.Echo, Metric.Cpu, step, (long)step * count), (asked!.Target, asked.Metric, asked.Step, asked.To - asked.From));
    }

    [Fact]
    public async Task A_node_that_cannot_draw_sends_numbers_and_says_what_is_missing()
    {
        await using var bot = await OpenAsync("en");
        bot.Charts.Missing = true;
        await bot.PressAsync("Charts", "No picture: alpha-01 has no librsvg2-bin");
        Assert.Contains("max 97 %", bot.Living!.Text, StringComparison.Ordinal);
        Assert.Null(bot.Living.Photo);
    }

    [Fact]
    public async Task A_dead_node_s_chart_says_that_it_is_of_copies()
    {
        await using var bot = await OpenAsync("en", "fox-03", BotFixture.Fox);
        bot.Peers.OnHistory = query => SampleHistory.Of(query, keepers: [BotFixture.Alpha, BotFixture.Echo]);
        await bot.PressAsync("Charts", "these are the copies that alpha-01, echo-02 kept");
    }

    [Fact]
    public async Task History_that_cannot_be_read_says_why_and_the_buttons_stay()
    {
        await using var bot = await OpenAsync("en");
        bot.Peers.OnHistory = _ => throw new PeerException(503, "no-history", "this node keeps no history");
        await bot.PressAsync("Charts", "could not be read: this node keeps no history");
        bot.Peers.OnHistory = query => SampleHistory.Of(query);
        await bot.PressAsync("7 d", "mean ");
    }

    [Fact]
    public async Task After_a_failover_the_new_Host_goes_on_with_the_photo_it_finds()
    {
        await using var bot = await OpenAsync("en");
        await bot.PressAsync("Charts", "CPU, 24 h");
        var message = bot.Living!.Id;
        await bot.StopAsync(orderly: false);
        var next = bot.Beside(new FakeCluster(
            BotFixture.Member(BotFixture.Alpha, "alpha-01") with { Health = Health.Down },
            BotFixture.Member(BotFixture.Echo, "echo-02", self: true)));
        next.Peers.OnHistory = query => SampleHistory.Of(query);
        next.Cluster.Change(view => view with { Settings = bot.Cluster.View.Settings, Updates = bot.Cluster.View.Updates });
        next.Start();
        await bot.PressAsync("All nodes", "echo-02 — Host");
        await bot.PressAsync("echo-02", BotFixture.Echo);
        await bot.PressAsync("Charts", "CPU, 24 h");
        Assert.Equal(message, bot.Living!.Id);
        await next.StopAsync(orderly: false);
    }

    [Fact]
    public async Task A_new_Host_that_inherits_a_photo_with_a_screen_of_text_leaves_the_message_where_it_is()
    {
        await using var bot = await OpenAsync("en");
        await bot.PressAsync("Charts", "CPU, 24 h");
        await bot.PressAsync("All nodes", "nodes 3");
        var message = bot.Living!.Id;
        await bot.StopAsync(orderly: false);
        var next = bot.Beside(new FakeCluster(BotFixture.Member(BotFixture.Echo, "echo-02", self: true)));
        next.Cluster.Change(view => view with { Settings = bot.Cluster.View.Settings, Updates = bot.Cluster.View.Updates });
        next.Start();
        await bot.ShowsAsync("echo-02 — Host");
        Assert.Equal(message, bot.Living!.Id);
        Assert.Contains(BotTests.Calls(bot, "editMessageText"), call => (int)call["status"]! == 400);
        await next.StopAsync(orderly: false);
    }

    [Fact]
    public async Task A_text_too_long_for_a_caption_is_a_new_message_and_the_old_one_goes()
    {
        await using var bot = await OpenAsync("en");
        bot.Peers.OnStats = _ => ScreenTests.Stats() with
        {
            Disks = [.. Enumerable.Range(0, 8).Select(i => new DiskStats($"/mnt/{new string('x', 50)}{i}", "/dev/sda", "ext4", 100L << 30, 50L << 30, 50L << 30))],
            Networks = [.. Enumerable.Range(0, 8).Select(i => new NetStats($"interface-rather-lo{i}", 1, 1, 12_345_678, 12_345_678))],
        };
        await bot.PressAsync("Charts", "CPU, 24 h");
        var photo = bot.Living!.Id;
        await bot.PressAsync("Back", BotFixture.Echo);
        await bot.PressAsync("Show consumption", "Uptime");
        Assert.NotEqual(photo, bot.Living!.Id);
        await BotFixture.UntilAsync(() => bot.Telegram.MessagesOf(42).Count(each => each.FromBot) == 1);
    }

    [Fact]
    public async Task A_photo_that_the_owner_deleted_is_sent_anew()
    {
        await using var bot = await OpenAsync("en");
        await bot.PressAsync("Charts", "CPU, 24 h");
        bot.Telegram.PressButton(42, null, null, "7 d");
        bot.Telegram.Remove(42, bot.Living!.Id);
        await BotFixture.UntilAsync(() => bot.Living is { Photo: not null, Text: var text } && text.Contains("CPU, 7 d", StringComparison.Ordinal));
        Assert.NotEmpty(BotTests.Calls(bot, "sendPhoto"));
        await BotFixture.UntilAsync(() => bot.Cluster.View.Settings.Message!.MessageId == bot.Living!.Id);
    }

    [Theory]
    [InlineData("c1l", ChartMetric.Cpu, ChartPeriod.Hour, false)]
    [InlineData("nmd", ChartMetric.Network, ChartPeriod.Month, true)]
    [InlineData("zzz", ChartMetric.Cpu, ChartPeriod.Day, false)]
    [InlineData(null, ChartMetric.Cpu, ChartPeriod.Day, false)]
    public void A_chart_s_three_letters_read_back(string? text, object metric, object period, bool dark) =>
        Assert.Equal(new ChartChoice((ChartMetric)metric, (ChartPeriod)period, dark), ChartChoice.Parse(text));

    internal static async Task<BotFixture> OpenAsync(string language, string node = "echo-02", string id = BotFixture.Echo, TimeProvider? time = null)
    {
        var bot = await BotFixture.CreateAsync(time: time);
        bot.Peers.OnHistory = query => SampleHistory.Of(query);
        await bot.OpenAsync(language);
        await bot.PressAsync(node, id);
        return bot;
    }
}
