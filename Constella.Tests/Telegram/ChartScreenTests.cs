using System.Text;
using Constella.Api.Peers;
using Constella.Api.Telegram.Screens;
using Constella.Core.Cluster;
using Constella.Core.Stats;
using TelegramStandIn;

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
    [InlineData("editMessageMedia", 429, false, false)]
    [InlineData("editMessageMedia", 500, false, false)]
    [InlineData("editMessageMedia", 502, false, false)]
    [InlineData("editMessageMedia", null, true, false)]
    [InlineData("editMessageMedia", null, false, true)]
    public async Task A_picture_that_failed_on_its_way_is_sent_again_and_holds_up_no_confirmation(string method, int? code, bool hang, bool lose)
    {
        await using var bot = await OpenAsync("en");
        bot.Telegram.Faults.Add(new Fault { Method = method, ErrorCode = code, RetryAfter = code == 429 ? 1 : null, Hang = hang, LoseAnswer = lose });
        Assert.NotNull(bot.Telegram.PressButton(42, null, null, "Charts"));
        var begun = bot.Cluster.Mono;
        await BotFixture.UntilAsync(() => bot.Telegram.Updates.PendingCount == 0);
        Assert.InRange(bot.Cluster.Mono - begun, 0, 2_500);
        await bot.ShowsAsync("CPU, 24 h");
        await BotFixture.UntilAsync(() => bot.Living!.Photo is not null);
    }

    [Theory]
    [InlineData(429, null)]
    [InlineData(500, null)]
    [InlineData(400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same")]
    public async Task A_caption_s_edit_that_failed_is_made_again_unless_it_says_so_already(int code, string? description)
    {
        await using var bot = await OpenAsync("en");
        await bot.PressAsync("Charts", "CPU, 24 h");
        await bot.PressAsync("Back", BotFixture.Echo);
        bot.Telegram.Faults.Add(new Fault { Method = "editMessageCaption", ErrorCode = code, RetryAfter = code == 429 ? 1 : null, Description = description });
        Assert.NotNull(bot.Telegram.PressButton(42, null, null, "All nodes"));
        if (description is null)
            await bot.ShowsAsync("nodes 3");
        await BotFixture.UntilAsync(() => BotTests.Calls(bot, "editMessageCaption").Count() == (description is null ? 2 : 1));
    }

    [Theory]
    [InlineData(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")]
    [InlineData(413, "Request Entity Too Large")]
    public async Task A_picture_that_Telegram_does_not_take_leaves_the_numbers(int code, string description)
    {
        await using var bot = await OpenAsync("en");
        bot.Telegram.Faults.Add(new Fault { Method = "editMessageMedia", ErrorCode = code, Description = description });
        await bot.PressAsync("Charts", "CPU, 24 h");
        Assert.Null(bot.Living!.Photo);
        Assert.Contains(bot.Log.Lines, line => line.Contains(description, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_calls_a_message_neither_text_nor_photo_is_not_asked_for_ever()
    {
        await using var bot = await OpenAsync("en");
        await bot.PressAsync("Charts", "CPU, 24 h");
        await bot.PressAsync("Back", BotFixture.Echo);
        var texts = BotTests.Calls(bot, "editMessageText").Count();
        bot.Telegram.Faults.Add(new Fault { Method = "editMessageCaption", ErrorCode = 400, Count = 50, Description = "Bad Request: there is no caption in the message to edit" });
        bot.Telegram.Faults.Add(new Fault { Method = "editMessageMedia", ErrorCode = 400, Count = 50, Description = "Bad Request: there is no caption in the message to edit" });
        bot.Telegram.Faults.Add(new Fault { Method = "editMessageText", ErrorCode = 400, Count = 50, Description = "Bad Request: there is no text in the message to edit" });
        Assert.NotNull(bot.Telegram.PressButton(42, null, null, "All nodes"));
        await BotFixture.UntilAsync(() => bot.Log.Lines.Any(line => line.Contains("there is no text", StringComparison.Ordinal)));
        Assert.Equal(texts + 1, BotTests.Calls(bot, "editMessageText").Count());
    }

    [Fact]
    public async Task A_bot_that_is_blocked_meanwhile_sends_no_more_pictures()
    {
        await using var bot = await OpenAsync("en");
        Assert.NotNull(bot.Telegram.PressButton(42, null, null, "Charts"));
        bot.Telegram.Block(42, true);
        await BotFixture.UntilAsync(() => bot.Log.Lines.Any(line => line.Contains("keeps quiet", StringComparison.Ordinal)));
        Assert.All(BotTests.Calls(bot, "editMessageMedia"), call => Assert.Equal(403, (int)call["status"]!));
        Assert.InRange(BotTests.Calls(bot, "editMessageMedia").Count(), 0, 1);
    }

    [Theory]
    [InlineData("c1l", ChartMetric.Cpu, ChartPeriod.Hour, false)]
    [InlineData("nmd", ChartMetric.Network, ChartPeriod.Month, true)]
    [InlineData("zzz", ChartMetric.Cpu, ChartPeriod.Day, false)]
    [InlineData(null, ChartMetric.Cpu, ChartPeriod.Day, false)]
    public void A_chart_s_three_letters_read_back(string? text, object metric, object period, bool dark) =>
        Assert.Equal(new ChartChoice((ChartMetric)metric, (ChartPeriod)period, dark), ChartChoice.Parse(text));

    private static async Task<BotFixture> OpenAsync(string language, string node = "echo-02", string id = BotFixture.Echo)
    {
        var bot = await BotFixture.CreateAsync();
        bot.Peers.OnHistory = query => SampleHistory.Of(query);
        await bot.OpenAsync(language);
        await bot.PressAsync(node, id);
        return bot;
    }
}
