using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Constella.Api.Telegram;
using Constella.Api.Telegram.Client;
using Constella.Api.Telegram.Screens;
using Constella.Tests.Telegram;
using Microsoft.Extensions.Logging.Abstractions;

namespace Constella.Tests.Fuzz;

/// <summary>What Telegram hands over of a person's presses and words, through the bot's handler to the screen that is drawn.</summary>
internal sealed class CallbackSurface : ISurface
{
    private const string Answer =
        """{"ok":true,"result":[{"update_id":7,"callback_query":{"id":"1","from":{"id":42,"is_bot":false,"first_name":"O","username":"username","language_code":"ru"},"message":{"message_id":5,"chat":{"id":42,"type":"private"}},"data":"DATA"}}]}""";

    /// <summary>A bot has this many cases to go wrong before the next one gets its chance.</summary>
    private const int Life = 500;

    private readonly FakePeers _peers = new() { OnHistory = query => SampleHistory.Of(query) };
    private readonly NoTelegram _telegram = new();
    private FakeCluster _cluster = null!;
    private UpdateHandler _handler = null!;
    private Renderer _renderer = null!;
    private int _left;

    public IReadOnlyList<byte[]> Corpus { get; } =
    [
        .. new[] { "l", "h", "n:" + BotFixture.Echo, "s:" + BotFixture.Echo, "r:" + BotFixture.Fox, "y:" + BotFixture.Echo + ":b00teeeeeeee", "b:" + BotFixture.Echo + ":42", "f:" + BotFixture.Fox + ":t", "l:2", "v:1", "e:" + BotFixture.Echo + ":1", "c:" + BotFixture.Echo + ":nwd", "q:" + BotFixture.Fox, "g:" + BotFixture.Fox + ":fox-03", "d:" + BotFixture.Fox + ":fox-03", "x:" + BotFixture.Fox + ":m", "w:" + BotFixture.Echo + ":1", "a:" + BotFixture.Echo + ":i", "i:" + BotFixture.Echo + ":" + BotFixture.Fox }
            .Select(data => Encoding.UTF8.GetBytes(Answer.Replace("DATA", data, StringComparison.Ordinal))),
        Encoding.UTF8.GetBytes("""{"ok":true,"result":[{"update_id":8,"message":{"message_id":6,"from":{"id":42,"is_bot":false,"username":"username"},"chat":{"id":42,"type":"private"},"text":"/invite 15m"}}]}"""),
    ];

    public bool Try(int sample, byte[] bytes)
    {
        ImmutableArray<Update> updates;
        try
        {
            // As the client reads it: what is not whole is an answer that failed.
            if (JsonSerializer.Deserialize(bytes, BotApiJson.Default.ApiResponseImmutableArrayUpdate) is not { Ok: true, Result: { IsDefault: false } result })
                return false;
            updates = TelegramBotClient.Whole(result);
        }
        catch (JsonException)
        {
            return false;
        }
        if (_left-- <= 0)
            Renew();
        Assert.True(_handler.HandleAsync(updates, CancellationToken.None).GetAwaiter().GetResult());
        if (_cluster.View.Settings.Message is { } message)
            Draw(message.Screen);
        return true;
    }

    public void Renew()
    {
        _left = Life;
        _cluster = new FakeCluster(BotFixture.Member(BotFixture.Alpha, "alpha-01", self: true), BotFixture.Member(BotFixture.Echo, "echo-02"), BotFixture.Member(BotFixture.Fox, "fox-03"));
        var right = new BotRight(_cluster, TimeProvider.System);
        var log = NullLogger.Instance;
        var reboots = new Reboots(_cluster, _peers, right, TimeProvider.System);
        var forgetting = new Forgetting(_cluster, right);
        var speeds = new SpeedTests(_cluster, _peers, right);
        var charting = new Charting(_peers, new FakeRasteriser(), TimeProvider.System);
        _renderer = new Renderer(_cluster, _peers, reboots, charting, forgetting, speeds, TimeProvider.System, _ => []);
        var display = new Display(_cluster, right, new Painter(_telegram, right, _cluster, log), _renderer, reboots, forgetting, speeds, log);
        _handler = new UpdateHandler(_cluster, _telegram, right, display, new OwnerGate(log), new InviteCommand(_cluster), (id, action) => $"{id:x16}{action.Length:x16}", TimeProvider.System);
    }

    public void Dispose()
    {
    }

    private void Draw(string shown)
    {
        // It is replicated, and it is the data of buttons: Telegram takes 64 bytes.
        Assert.InRange(Encoding.UTF8.GetByteCount(shown), 1, 64);
        var screen = _renderer.RenderAsync(ScreenKey.Parse(shown), Texts.Russian, CancellationToken.None).GetAwaiter().GetResult();
        Assert.InRange(screen.Html.Length, 1, 4096);
        foreach (var button in screen.Keyboard.InlineKeyboard.SelectMany(row => row))
            Assert.InRange(Encoding.UTF8.GetByteCount(button.CallbackData), 1, 64);
    }

    /// <summary>Takes everything.</summary>
    private sealed class NoTelegram : ITelegramBotClient
    {
        public Task<User> GetMeAsync(CancellationToken cancellation) => Task.FromResult(new User(1, true, null, null, null));

        public Task<ImmutableArray<Update>> GetUpdatesAsync(long offset, int limit, int timeout, CancellationToken cancellation) =>
            Task.FromResult(ImmutableArray<Update>.Empty);

        public Task<Message> SendMessageAsync(long chatId, string html, InlineKeyboardMarkup? replyMarkup, CancellationToken cancellation) =>
            Task.FromResult(new Message(1, null, new Chat(chatId, "private"), html));

        public Task<Message> SendMessageAsync(long chatId, string html, InlineKeyboardMarkup? replyMarkup, bool quiet, CancellationToken cancellation) =>
            SendMessageAsync(chatId, html, replyMarkup, cancellation);

        public Task EditMessageTextAsync(long chatId, long messageId, string html, InlineKeyboardMarkup? replyMarkup, CancellationToken cancellation) => Task.CompletedTask;

        public Task<Message> SendPhotoAsync(long chatId, byte[] png, string caption, InlineKeyboardMarkup? replyMarkup, CancellationToken cancellation) =>
            Task.FromResult(new Message(1, null, new Chat(chatId, "private"), null));

        public Task EditMessageMediaAsync(long chatId, long messageId, byte[] png, string caption, InlineKeyboardMarkup? replyMarkup, CancellationToken cancellation) =>
            Task.CompletedTask;

        public Task EditMessageCaptionAsync(long chatId, long messageId, string caption, InlineKeyboardMarkup? replyMarkup, CancellationToken cancellation) =>
            Task.CompletedTask;

        public Task DeleteMessageAsync(long chatId, long messageId, CancellationToken cancellation) => Task.CompletedTask;

        public Task AnswerCallbackQueryAsync(string callbackQueryId, string? text, CancellationToken cancellation) => Task.CompletedTask;

        public Task SetMyCommandsAsync(ImmutableArray<BotCommand> commands, string? languageCode, CancellationToken cancellation) => Task.CompletedTask;

        public Task DeleteWebhookAsync(CancellationToken cancellation) => Task.CompletedTask;
    }
}
