using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Constella.Api.Telegram.Client;

/// <summary>Calls with a file in them, as <c>multipart/form-data</c>.</summary>
internal sealed partial class TelegramBotClient
{
    private const string Part = "chart";
    private const string Attached = "attach://" + Part;

    public Task<Message> SendPhotoAsync(
        long chatId, byte[] png, string caption, InlineKeyboardMarkup? replyMarkup, CancellationToken cancellation) =>
        CallAsync(
            "sendPhoto",
            Form(png, replyMarkup, ("chat_id", Number(chatId)), ("photo", Attached), ("caption", caption), ("parse_mode", Html)),
            BotApiJson.Default.ApiResponseMessage,
            cancellation);

    public Task EditMessageMediaAsync(
        long chatId, long messageId, byte[] png, string caption, InlineKeyboardMarkup? replyMarkup, CancellationToken cancellation)
    {
        var media = JsonSerializer.Serialize(new InputMediaPhoto("photo", Attached, caption, Html), BotApiJson.Default.InputMediaPhoto);
        return CallAsync(
            "editMessageMedia",
            Form(png, replyMarkup, ("chat_id", Number(chatId)), ("message_id", Number(messageId)), ("media", media)),
            BotApiJson.Default.ApiResponseMessage,
            cancellation);
    }

    public Task EditMessageCaptionAsync(
        long chatId, long messageId, string caption, InlineKeyboardMarkup? replyMarkup, CancellationToken cancellation) =>
        CallAsync(
            "editMessageCaption",
            new EditMessageCaptionRequest(chatId, messageId, caption, Html, replyMarkup),
            BotApiJson.Default.EditMessageCaptionRequest,
            BotApiJson.Default.ApiResponseMessage,
            cancellation);

    private static MultipartFormDataContent Form(byte[] png, InlineKeyboardMarkup? replyMarkup, params ReadOnlySpan<(string Name, string Value)> fields)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields)
            form.Add(new StringContent(value), name);
        if (replyMarkup is not null)
            form.Add(new StringContent(JsonSerializer.Serialize(replyMarkup, BotApiJson.Default.InlineKeyboardMarkup)), "reply_markup");
        var file = new ByteArrayContent(png);
        file.Headers.ContentType = new MediaTypeHeaderValue("image/png");
        form.Add(file, Part, Part + ".png");
        return form;
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
