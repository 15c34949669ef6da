using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Constella.Api.Telegram.Client;

/// <summary>The parts of the Bot API's objects that the bot reads or writes, by the API's own names (snake_case on the wire).</summary>
public sealed record Update(long UpdateId, Message? Message, CallbackQuery? CallbackQuery);

public sealed record User(long Id, bool IsBot, string? FirstName, string? Username, string? LanguageCode);

public sealed record Chat(long Id, string? Type);

public sealed record Message(long MessageId, User? From, Chat Chat, string? Text);

public sealed record CallbackQuery(string Id, User From, Message? Message, string? Data);

public sealed record InlineKeyboardButton(string Text, string CallbackData);

public sealed record InlineKeyboardMarkup(ImmutableArray<ImmutableArray<InlineKeyboardButton>> InlineKeyboard);

public sealed record BotCommand(string Command, string Description);

internal sealed record GetUpdatesRequest(long Offset, int Limit, int Timeout, ImmutableArray<string> AllowedUpdates);

internal sealed record LinkPreviewOptions(bool IsDisabled);

internal sealed record SendMessageRequest(
    long ChatId, string Text, string ParseMode, InlineKeyboardMarkup? ReplyMarkup, LinkPreviewOptions LinkPreviewOptions)
{
    public bool? DisableNotification { get; init; }
}

internal sealed record EditMessageTextRequest(
    long ChatId, long MessageId, string Text, string ParseMode, InlineKeyboardMarkup? ReplyMarkup, LinkPreviewOptions LinkPreviewOptions);

internal sealed record EditMessageCaptionRequest(
    long ChatId, long MessageId, string Caption, string ParseMode, InlineKeyboardMarkup? ReplyMarkup);

/// <param name="Media"><c>attach://</c> and the name of the part that has the file.</param>
internal sealed record InputMediaPhoto(string Type, string Media, string Caption, string ParseMode);

internal sealed record DeleteMessageRequest(long ChatId, long MessageId);

internal sealed record AnswerCallbackQueryRequest(string CallbackQueryId, string? Text);

internal sealed record SetMyCommandsRequest(ImmutableArray<BotCommand> Commands, string? LanguageCode);

internal sealed record DeleteWebhookRequest(bool DropPendingUpdates);

internal sealed record NoArguments;

internal sealed record ResponseParameters(int? RetryAfter);

internal sealed record ApiResponse<T>(bool Ok, T? Result, int? ErrorCode, string? Description, ResponseParameters? Parameters);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(NoArguments))]
[JsonSerializable(typeof(GetUpdatesRequest))]
[JsonSerializable(typeof(SendMessageRequest))]
[JsonSerializable(typeof(EditMessageTextRequest))]
[JsonSerializable(typeof(EditMessageCaptionRequest))]
[JsonSerializable(typeof(InputMediaPhoto))]
[JsonSerializable(typeof(InlineKeyboardMarkup))]
[JsonSerializable(typeof(DeleteMessageRequest))]
[JsonSerializable(typeof(AnswerCallbackQueryRequest))]
[JsonSerializable(typeof(SetMyCommandsRequest))]
[JsonSerializable(typeof(DeleteWebhookRequest))]
[JsonSerializable(typeof(ApiResponse<bool>))]
[JsonSerializable(typeof(ApiResponse<User>))]
[JsonSerializable(typeof(ApiResponse<Message>))]
[JsonSerializable(typeof(ApiResponse<ImmutableArray<Update>>))]
internal sealed partial class BotApiJson : JsonSerializerContext;
