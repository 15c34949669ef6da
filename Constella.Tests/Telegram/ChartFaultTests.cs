using TelegramStandIn;

namespace Constella.Tests.Telegram;

/// <summary>Screens with a picture, where Telegram does not take it, or says so too late. A class of its own: it waits beside the others.</summary>
public sealed class ChartFaultTests
{
    [Theory]
    [InlineData("editMessageMedia", 429, false, false)]
    [InlineData("editMessageMedia", 500, false, false)]
    [InlineData("editMessageMedia", 502, false, false)]
    [InlineData("editMessageMedia", null, true, false)]
    [InlineData("editMessageMedia", null, false, true)]
    public async Task A_picture_that_failed_on_its_way_is_sent_again_and_holds_up_no_confirmation(string method, int? code, bool hang, bool lose)
    {
        await using var bot = await ChartScreenTests.OpenAsync("en", time: TimeProvider.System);
        bot.Telegram.Faults.Add(new Fault { Method = method, ErrorCode = code, RetryAfter = code == 429 ? 1 : null, Hang = hang, LoseAnswer = lose });
        Assert.NotNull(bot.Telegram.PressButton(42, null, null, "Charts"));
        var begun = bot.Cluster.Mono;
        await BotFixture.UntilAsync(() => bot.Telegram.Updates.PendingCount == 0);
        Assert.InRange(bot.Cluster.Mono - begun, 0, 3_900);
        await bot.ShowsAsync("CPU, 24 h");
        await BotFixture.UntilAsync(() => bot.Living!.Photo is not null);
    }

    [Theory]
    [InlineData(429, null)]
    [InlineData(500, null)]
    [InlineData(400, "Bad Request: message is not modified: specified new message content and reply markup are exactly the same")]
    public async Task A_caption_s_edit_that_failed_is_made_again_unless_it_says_so_already(int code, string? description)
    {
        await using var bot = await ChartScreenTests.OpenAsync("en");
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
        await using var bot = await ChartScreenTests.OpenAsync("en");
        bot.Telegram.Faults.Add(new Fault { Method = "editMessageMedia", ErrorCode = code, Description = description });
        await bot.PressAsync("Charts", "CPU, 24 h");
        Assert.Null(bot.Living!.Photo);
        Assert.Contains(bot.Log.Lines, line => line.Contains(description, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_calls_a_message_neither_text_nor_photo_is_not_asked_for_ever()
    {
        await using var bot = await ChartScreenTests.OpenAsync("en");
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
        await using var bot = await ChartScreenTests.OpenAsync("en");
        Assert.NotNull(bot.Telegram.PressButton(42, null, null, "Charts"));
        bot.Telegram.Block(42, true);
        await BotFixture.UntilAsync(() => bot.Log.Lines.Any(line => line.Contains("keeps quiet", StringComparison.Ordinal)));
        Assert.All(BotTests.Calls(bot, "editMessageMedia"), call => Assert.Equal(403, (int)call["status"]!));
        Assert.InRange(BotTests.Calls(bot, "editMessageMedia").Count(), 0, 1);
    }
}
