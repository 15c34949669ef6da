using System.Collections.Immutable;

namespace Constella.Api.Telegram.Client;

/// <summary>
/// The Bot API by its own names, shaped like the Telegram.Bot library. Every method throws <see cref="ApiRequestException"/> when
/// Telegram refuses and <see cref="RequestException"/> when it does not answer; neither ever has the bot token in its text.
/// </summary>
public interface ITelegramBotClient
{
    Task<User> GetMeAsync(CancellationToken cancellation);

    /// <param name="offset">0 reads the head without confirming; above an id, it confirms that id.</param>
    /// <param name="timeout">Seconds of long polling.</param>
    Task<ImmutableArray<Update>> GetUpdatesAsync(long offset, int limit, int timeout, CancellationToken cancellation);

    /// <param name="html">With the tags of the Bot API's HTML mode; everything else escaped.</param>
    Task<Message> SendMessageAsync(long chatId, string html, InlineKeyboardMarkup? replyMarkup, CancellationToken cancellation);

    /// <param name="quiet">It makes no sound on the owner's devices.</param>
    Task<Message> SendMessageAsync(long chatId, string html, InlineKeyboardMarkup? replyMarkup, bool quiet, CancellationToken cancellation);

    Task EditMessageTextAsync(long chatId, long messageId, string html, InlineKeyboardMarkup? replyMarkup, CancellationToken cancellation);

    /// <param name="png">The picture.</param>
    /// <param name="caption">As a text, but of 1024 characters at most.</param>
    Task<Message> SendPhotoAsync(
        long chatId, byte[] png, string caption, InlineKeyboardMarkup? replyMarkup, CancellationToken cancellation);

    /// <summary>Gives a message another picture; also one to a text, which is a photo from then on and cannot be a text again.</summary>
    Task EditMessageMediaAsync(
        long chatId, long messageId, byte[] png, string caption, InlineKeyboardMarkup? replyMarkup, CancellationToken cancellation);

    /// <summary>Leaves the picture as it is.</summary>
    Task EditMessageCaptionAsync(
        long chatId, long messageId, string caption, InlineKeyboardMarkup? replyMarkup, CancellationToken cancellation);

    Task DeleteMessageAsync(long chatId, long messageId, CancellationToken cancellation);

    Task AnswerCallbackQueryAsync(string callbackQueryId, string? text, CancellationToken cancellation);

    /// <param name="languageCode">Null: for all languages that have none of their own.</param>
    Task SetMyCommandsAsync(ImmutableArray<BotCommand> commands, string? languageCode, CancellationToken cancellation);

    /// <summary>Deletes the webhook and keeps what is pending (rule W4).</summary>
    Task DeleteWebhookAsync(CancellationToken cancellation);
}

/// <summary>Gives the client for a token.</summary>
public interface ITelegramBotClientFactory
{
    ITelegramBotClient Create(string token);
}
