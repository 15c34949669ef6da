using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Api.Speed;
using Constella.Api.Telegram.Screens;
using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Tests.Telegram;

/// <summary>The speed test in the chat, through the stand-in.</summary>
public sealed class SpeedScreenTests
{
    [Theory]
    [InlineData("en", "Speed test", "Spent this month: 1.5 GB of 20 GB", "fox-03", "may cost up to 1 GB of traffic at either end, and take 20 s", "Yes, measure", "echo-02 ← fox-03: 93.5 Mbit/s", "echo-02 → fox-03: 41.2 Mbit/s", "↓ 93.5 Mbit/s · ↑ 41.2 Mbit/s · round trip 1.2 → 15 / 8.0 ms")]
    [InlineData("ru", "Тест скорости", "Израсходовано за месяц: 1.5 ГБ из 20 ГБ", "fox-03", "стоить до 1 ГБ трафика на каждом из концов и занять 20 с", "Да, измерить", "echo-02 ← fox-03: 93.5 Мбит/с", "echo-02 → fox-03: 41.2 Мбит/с", "↓ 93.5 Мбит/с · ↑ 41.2 Мбит/с · отклик 1.2 → 15 / 8.0 мс")]
    public async Task It_is_asked_for_confirmed_followed_and_told_in_one_message(
        string language, string speed, string spent, string other, string cost, string yes, string down, string up, string result)
    {
        await using var bot = await BotFixture.CreateAsync();
        bot.Cluster.ChangeMember("fox-03", member => member with { Health = Health.Alive });
        var node = new Node();
        bot.Peers.OnSpeed = node.Answer;
        await bot.OpenAsync(language);
        var message = bot.Living!.Id;
        await bot.PressAsync("echo-02", BotFixture.Echo);
        await bot.PressAsync(speed, spent);
        await bot.PressAsync(other, cost);
        Assert.Empty(bot.Peers.SpeedOrders);
        await bot.PressAsync(yes, "fox-03");
        node.Phase = SpeedPhase.Down;
        await bot.ShowsAsync(down);
        node.Phase = SpeedPhase.Up;
        await bot.ShowsAsync(up);
        node.Phase = SpeedPhase.Done;
        await bot.ShowsAsync(result);
        Assert.Equal(message, bot.Living!.Id);
        var order = Assert.Single(bot.Peers.SpeedOrders.DistinctBy(each => each.Id));
        Assert.Equal((BotFixture.Echo, BotFixture.Fox, SpeedDirection.Both), (order.Target, order.With, order.Direction));
        // What is shown at the end is the list again, with the choice of another end.
        Assert.Contains(bot.Living.Buttons, button => button.Label.Contains("🌍", StringComparison.Ordinal));
        Assert.Equal(ScreenKind.Speed, ScreenKey.Parse(bot.Cluster.View.Settings.Message!.Screen).Kind);
    }

    [Fact]
    public async Task The_Host_dies_in_the_middle_and_the_next_one_asks_for_the_same_test()
    {
        await using var bot = await BotFixture.CreateAsync();
        var node = new Node { With = SpeedRun.Internet };
        bot.Peers.OnSpeed = node.Answer;
        await bot.OpenAsync();
        await bot.PressAsync("echo-02", BotFixture.Echo);
        await bot.PressAsync("Speed test", "Spent");
        await bot.PressAsync("Internet", "It may cost up to 1 GB");
        await bot.PressAsync("Yes, measure", "connecting");
        await BotFixture.UntilAsync(() => !bot.Peers.SpeedOrders.IsEmpty);
        await bot.StopAsync(orderly: false);
        var next = bot.Beside(new FakeCluster(
            BotFixture.Member(BotFixture.Alpha, "alpha-01"),
            BotFixture.Member(BotFixture.Echo, "echo-02", self: true),
            BotFixture.Member(BotFixture.Fox, "fox-03") with { Health = Health.Down }));
        next.Peers.OnSpeed = node.Answer;
        next.Cluster.Change(view => view with { Settings = bot.Cluster.View.Settings, Updates = bot.Cluster.View.Updates });
        next.Start();
        node.Phase = SpeedPhase.Down;
        await bot.ShowsAsync("echo-02 ← the internet: 93.5 Mbit/s");
        node.Phase = SpeedPhase.Done;
        await bot.ShowsAsync("↓ 93.5 Mbit/s");
        Assert.Single(bot.Peers.SpeedOrders.Concat(next.Peers.SpeedOrders).Select(order => order.Id).Distinct());
        await next.StopAsync(orderly: false);
    }

    [Fact]
    public async Task A_second_press_on_yes_begins_no_second_test()
    {
        await using var bot = await BotFixture.CreateAsync();
        var node = new Node { With = SpeedRun.Internet };
        bot.Peers.OnSpeed = node.Answer;
        await bot.OpenAsync();
        await bot.PressAsync("echo-02", BotFixture.Echo);
        await bot.PressAsync("Speed test", "Spent");
        await bot.PressAsync("Internet", "It may cost up to 1 GB");
        Assert.NotNull(bot.Telegram.PressButton(42, null, null, "Yes, measure"));
        Assert.NotNull(bot.Telegram.PressButton(42, null, null, "Yes, measure"));
        node.Phase = SpeedPhase.Down;
        await bot.ShowsAsync("93.5 Mbit/s");
        Assert.Single(bot.Peers.SpeedOrders.Select(order => order.Id).Distinct());
    }

    [Theory]
    [InlineData(403, ApiErrors.Refused, "not measured: speed tests are switched off on that machine")]
    [InlineData(409, ApiErrors.Busy, "not measured: another test goes on there")]
    [InlineData(429, ApiErrors.Budget, "not measured: this month's bytes for speed tests are used up")]
    [InlineData(404, null, "not measured: no such path")]
    public async Task A_refusal_is_told(int status, string? code, string expected)
    {
        await using var bot = await BotFixture.CreateAsync();
        var node = new Node();
        bot.Peers.OnSpeed = (target, order) => order is null ? node.Answer(target, order) : throw new PeerException(status, code, "no such path");
        await bot.OpenAsync();
        await bot.PressAsync("echo-02", BotFixture.Echo);
        await bot.PressAsync("Speed test", "Spent");
        await bot.PressAsync("Internet", "It may cost");
        await bot.PressAsync("Yes, measure", expected);
        Assert.NotNull(bot.Telegram.PressButton(42, null, null, "Refresh"));
        await BotFixture.UntilAsync(() => !bot.Living!.Text.Contains("not measured", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_machine_that_forbids_it_offers_nothing_to_press()
    {
        await using var bot = await BotFixture.CreateAsync();
        bot.Peers.OnSpeed = (target, order) => new Node().Answer(target, order) with { Refused = "it is off" };
        await bot.OpenAsync();
        await bot.PressAsync("echo-02", BotFixture.Echo);
        await bot.PressAsync("Speed test", "switched off on that machine");
        Assert.DoesNotContain(bot.Living!.Buttons, button => button.Label.Contains("Internet", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("i", "internet", null)]
    [InlineData("i0123456789abcdef", "internet", "0123456789abcdef")]
    [InlineData("eeeeeeeeeeeeeeee", "eeeeeeeeeeeeeeee", null)]
    [InlineData("eeeeeeeeeeeeeeee0123456789abcdef", "eeeeeeeeeeeeeeee", "0123456789abcdef")]
    public void A_choice_reads_back(string text, string with, string? id)
    {
        Assert.Equal(new SpeedChoice(with, id), SpeedChoice.Parse(text));
        Assert.Equal(text, SpeedChoice.Parse(text).ToString());
        Assert.InRange(new ScreenKey(ScreenKind.SpeedRunning, BotFixture.Echo, text).ToString().Length, 1, 64);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("eeee")]
    [InlineData("ixyz")]
    [InlineData("eeeeeeeeeeeeeeee0123")]
    public void What_is_no_choice_is_none(string? text) => Assert.Null(SpeedChoice.Parse(text));

    /// <summary>Of a node that has measured nothing yet.</summary>
    internal static SpeedState State(string node) => new Node().Answer(node, null);

    /// <summary>A node that measures, as far as a test lets it.</summary>
    private sealed class Node
    {
        private string? _id;

        public string With { get; init; } = BotFixture.Fox;

        public SpeedPhase Phase { get; set; } = SpeedPhase.Begun;

        public SpeedState Answer(string target, SpeedOrder? order)
        {
            _id = order?.Id ?? _id;
            var over = Phase == SpeedPhase.Done;
            var run = new SpeedRun
            {
                Id = _id ?? "",
                With = With,
                Phase = Phase,
                Started = DateTimeOffset.UnixEpoch,
                Seconds = 10,
                Bytes = 1_000_000_000,
                Moved = Phase == SpeedPhase.Begun ? 0 : 120_000_000,
                Mbps = Phase switch { SpeedPhase.Down => 93.5, SpeedPhase.Up => 41.2, _ => null },
                RttMs = 1.2,
                Down = over ? new SpeedFigure(93.5, 1, 1, 15.4, null) : null,
                Up = over && With != SpeedRun.Internet ? new SpeedFigure(41.2, 1, 1, 8, SpeedErrors.Bytes) : null,
            };
            return new SpeedState
            {
                NodeId = target,
                Month = "2026-11",
                Used = 1_500_000_000,
                Monthly = 20_000_000_000,
                Bytes = 1_000_000_000,
                Seconds = 10,
                Runs = _id is null ? [] : [run],
            };
        }
    }
}
