using System.Collections.Immutable;
using System.Text;
using Constella.Api.Telegram.Screens;
using Constella.Core.Audit;

namespace Constella.Tests.Telegram;

/// <summary>Rule U6 in the bot: the latest commands, by their button and by <c>/audit</c>.</summary>
public sealed class AuditScreenTests
{
    private static readonly DateTimeOffset s_at = new(2026, 11, 21, 14, 5, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("en", "Commands", "commanded yet", "@username: reboot echo-02", "put out (no Host)", "All nodes", "nodes 3")]
    [InlineData("ru", "Команды", "Команд ещё не было", "@username: перезагрузка echo-02", "исключён (no Host)", "Все узлы", "узлов 3")]
    public async Task The_owner_reads_who_commanded_what_and_what_came_of_it(string language, string button, string none, string reboot, string evict, string list, string title)
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync(language);
        await bot.PressAsync(button, none);
        bot.Commands.Enqueue(Command(AuditActions.Evict, "0123456789abcdef", AuditStage.Failed, "no Host"));
        bot.Commands.Enqueue(Command(AuditActions.Reboot, BotFixture.Echo, AuditStage.Done) with { By = "@username" });
        await bot.PressAsync("🔄", reboot);
        var lines = bot.Living!.Text.Split('\n');
        Assert.StartsWith("✅", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("❌", lines[3], StringComparison.Ordinal);
        Assert.EndsWith(evict, lines[3], StringComparison.Ordinal);
        await bot.PressAsync(list, title);
        bot.Telegram.Say(BotFixture.Owner with { LanguageCode = language }, "/audit");
        await bot.ShowsAsync(reboot);
    }

    [Fact]
    public void Every_page_fits_into_a_picture_s_caption_whatever_was_commanded()
    {
        var view = new FakeCluster(BotFixture.Member(BotFixture.Alpha, new string('a', 32), self: true), BotFixture.Member(BotFixture.Echo, new string('e', 32))).View;
        string[] actions = ["reboot", "invite", "revoke", "join", "leave", "evict", "rotate", "config"];
        ImmutableArray<AuditedCommand> commands = [.. Enumerable.Range(0, AuditScreen.Told).Select(i =>
            Command(actions[i % actions.Length], i % 2 == 0 ? BotFixture.Echo : new string('i', 200), AuditStage.Failed, new string('r', 200)) with
            {
                By = i % 3 == 0 ? AuditActors.CommandLine : "invite " + new string('0', 64),
                Node = BotFixture.Alpha,
                Detail = new string('<', 200),
            })];
        foreach (var texts in new[] { Texts.English, Texts.Russian })
        {
            var seen = new HashSet<string>();
            for (var page = 0; page < 8; page++)
            {
                var screen = AuditScreen.Of(view, commands, page, texts);
                Assert.InRange(Html.PlainLength(screen.Html.Replace("&lt;", "<i></i>x", StringComparison.Ordinal)), 1, 1024);
                Assert.True(seen.Add(screen.Key.ToString()));
                Assert.Equal(screen.Key, ScreenKey.Parse(screen.Key.ToString()));
                foreach (var button in screen.Keyboard.InlineKeyboard.SelectMany(row => row))
                    Assert.InRange(Encoding.UTF8.GetByteCount(button.CallbackData), 1, 64);
            }
        }
    }

    private static AuditedCommand Command(string action, string? target, AuditStage stage, string? reason = null) =>
        new(action, s_at, BotFixture.Alpha, AuditActors.CommandLine, action, target, null, 3, stage, s_at, reason);
}
