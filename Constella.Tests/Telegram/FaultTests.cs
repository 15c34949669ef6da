using System.Net;
using System.Net.Sockets;
using Constella.Api.Telegram.Client;
using Constella.Core.Cluster;
using TelegramStandIn;

namespace Constella.Tests.Telegram;

public sealed class FaultTests
{
    [Fact]
    public async Task Retry_after_is_obeyed()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        bot.Telegram.Faults.Add(new Fault { Method = "editMessageText", ErrorCode = 429, RetryAfter = 2 });
        await bot.PressAsync("echo-02", BotFixture.Echo);
        var edits = BotTests.Calls(bot, "editMessageText").ToList();
        Assert.Equal(429, (int)edits[^2]["status"]!);
        Assert.InRange((double)edits[^1]["start_ms"]! - (double)edits[^2]["mono_ms"]!, 1_950, 4_000);
        Assert.Equal(0, bot.Telegram.Updates.PendingCount);
    }

    [Theory]
    [InlineData(500, false, false)]
    [InlineData(502, false, false)]
    [InlineData(null, true, false)]
    [InlineData(null, false, true)]
    public async Task A_drawing_that_failed_is_done_again_and_holds_up_no_confirmation(int? code, bool hang, bool lose)
    {
        await using var bot = await BotFixture.CreateAsync(time: TimeProvider.System);
        await bot.OpenAsync();
        bot.Telegram.Faults.Add(new Fault { Method = "editMessageText", ErrorCode = code, Hang = hang, LoseAnswer = lose });
        Assert.NotNull(bot.Telegram.PressButton(42, null, null, "echo-02"));
        var begun = bot.Cluster.Mono;
        await BotFixture.UntilAsync(() => bot.Telegram.Updates.PendingCount == 0);
        Assert.InRange(bot.Cluster.Mono - begun, 0, 1_900);
        await bot.ShowsAsync(BotFixture.Echo);
    }

    [Fact]
    public async Task A_press_whose_answer_was_lost_on_its_way_is_answered_before_it_is_confirmed()
    {
        await using var bot = await BotFixture.CreateAsync(time: TimeProvider.System);
        await bot.OpenAsync();
        bot.Telegram.Faults.Add(new Fault { Method = "answerCallbackQuery", Hang = true });
        await bot.PressAsync("echo-02", BotFixture.Echo);
        await BotFixture.UntilAsync(() => bot.Telegram.Updates.PendingCount == 0);
        Assert.Single(bot.Telegram.Journal.Of("answer"));
    }

    [Fact]
    public async Task A_press_whose_answers_are_lost_is_confirmed_and_answered_all_the_same()
    {
        await using var bot = await BotFixture.CreateAsync(time: TimeProvider.System);
        await bot.OpenAsync();
        for (var lost = 0; lost < 3; lost++)
            bot.Telegram.Faults.Add(new Fault { Method = "answerCallbackQuery", Hang = true });
        Assert.NotNull(bot.Telegram.PressButton(42, null, null, "echo-02"));
        await BotFixture.UntilAsync(() => bot.Telegram.Updates.PendingCount == 0);
        Assert.Empty(bot.Telegram.Journal.Of("answer"));
        await BotFixture.UntilAsync(() => bot.Telegram.Journal.Of("answer").Any());
    }

    [Fact]
    public async Task A_press_too_old_to_be_answered_still_does_what_it_says()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        bot.Telegram.CallbackLifeMs = -1;
        await bot.PressAsync("echo-02", BotFixture.Echo);
    }

    [Fact]
    public async Task A_bot_that_was_blocked_keeps_quiet_until_the_owner_speaks_again()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        bot.Telegram.Block(42, true);
        bot.Cluster.ChangeMember("echo-02", member => member with { Health = Health.Down });
        await BotFixture.UntilAsync(() => bot.Log.Lines.Any(line => line.Contains("keeps quiet", StringComparison.Ordinal)));
        var calls = bot.Telegram.Journal.Of("call").Count;
        bot.Cluster.ChangeMember("echo-02", member => member with { Health = Health.Alive });
        await Task.Delay(2_500);
        Assert.Equal(calls, bot.Telegram.Journal.Of("call").Count);
        bot.Telegram.Block(42, false);
        bot.Telegram.Say(BotFixture.Owner, "/start");
        await bot.ShowsAsync("nodes 3");
    }

    [Theory]
    [InlineData(500)]
    [InlineData(429)]
    public async Task Polls_go_on_after_Telegram_failed(int code)
    {
        await using var bot = await BotFixture.CreateAsync(start: false);
        bot.Telegram.Faults.Add(new Fault { Method = "getUpdates", ErrorCode = code, RetryAfter = code == 429 ? 1 : null, Count = 2 });
        bot.Start();
        await bot.OpenAsync();
        Assert.Equal(2, bot.Cluster.Posted.Count(input => input is Input.PollEnded { Result: PollResult.Failed }));
    }

    [Fact]
    public async Task A_wrong_token_is_said_without_the_token()
    {
        await using var bot = await BotFixture.CreateAsync(start: false);
        bot.Cluster.Change(view => view with { Settings = view.Settings with { BotToken = "666:CANARY" } });
        bot.Start();
        await BotFixture.UntilAsync(() => bot.Log.Lines.Any(line => line.Contains("does not know the bot token", StringComparison.Ordinal)));
        Assert.DoesNotContain(bot.Log.Lines, line => line.Contains("CANARY", StringComparison.Ordinal));
    }

    [Fact]
    public async Task No_exception_ever_has_the_token_in_it()
    {
        const string Token = "666:CANARY";
        await using var server = await StandInServer.StartAsync(new StandInOptions());
        using var live = new TelegramBotClientFactory(new Uri(server.Url));
        using var dead = new TelegramBotClientFactory(new Uri("http://127.0.0.1:9"));
        var failures = new List<Exception>
        {
            await Assert.ThrowsAsync<ApiRequestException>(() => live.Create(Token).GetMeAsync(CancellationToken.None)),
            await Assert.ThrowsAsync<RequestException>(() => dead.Create(Token).GetMeAsync(CancellationToken.None)),
            await Assert.ThrowsAnyAsync<RequestException>(() => live.Create(Token + "/../x?").GetMeAsync(CancellationToken.None)),
        };
        server.Bot.Faults.Add(new Fault { LoseAnswer = true });
        failures.Add(await Assert.ThrowsAsync<RequestException>(() => live.Create(Token).GetMeAsync(CancellationToken.None)));
        using var cancelled = new CancellationTokenSource(50);
        server.Bot.Faults.Add(new Fault { Hang = true });
        failures.Add(await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => live.Create(StandInOptions.ExampleToken).GetMeAsync(cancelled.Token)));
        Assert.All(failures, failure => Assert.DoesNotContain("CANARY", failure.ToString(), StringComparison.Ordinal));
        Assert.All(failures, failure => Assert.DoesNotContain("123:ABC", failure.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_proxy_s_error_page_counts_as_a_failure_of_the_server()
    {
        var url = $"http://127.0.0.1:{FreePort()}/";
        using var listener = new HttpListener();
        listener.Prefixes.Add(url);
        listener.Start();
        var page = Task.Run(async () =>
        {
            var context = await listener.GetContextAsync();
            context.Response.StatusCode = 502;
            await context.Response.OutputStream.WriteAsync("<html>"u8.ToArray());
            context.Response.Close();
        });
        using var clients = new TelegramBotClientFactory(new Uri(url));
        var failure = await Assert.ThrowsAsync<ApiRequestException>(() => clients.Create("123:ABC").GetMeAsync(CancellationToken.None));
        await page;
        Assert.Equal(502, failure.ErrorCode);
        Assert.True(failure.IsTransient);
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
