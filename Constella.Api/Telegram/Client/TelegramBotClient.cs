using System.Collections.Immutable;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Constella.Api.Telegram.Client;

/// <summary>
/// The client over HTTP. The token is part of every address, so nothing here logs and no exception of the transport gets out.
/// </summary>
internal sealed partial class TelegramBotClient(HttpClient http, Uri baseUrl, string token) : ITelegramBotClient
{
    private const string Html = "HTML";
    private const int AnswerBytes = 4 * 1024 * 1024;
    private static readonly LinkPreviewOptions s_noPreview = new(true);
    private static readonly ImmutableArray<string> s_allowedUpdates = ["message", "callback_query"];

    public Task<User> GetMeAsync(CancellationToken cancellation) =>
        CallAsync("getMe", new NoArguments(), BotApiJson.Default.NoArguments, BotApiJson.Default.ApiResponseUser, cancellation);

    public async Task<ImmutableArray<Update>> GetUpdatesAsync(long offset, int limit, int timeout, CancellationToken cancellation) =>
        Whole(await CallAsync(
            "getUpdates",
            new GetUpdatesRequest(offset, limit, timeout, s_allowedUpdates),
            BotApiJson.Default.GetUpdatesRequest,
            BotApiJson.Default.ApiResponseImmutableArrayUpdate,
            cancellation));

    /// <summary>Without the holes that a list may have, whatever its type says.</summary>
    internal static ImmutableArray<Update> Whole(ImmutableArray<Update> updates) => [.. updates.Where(update => update is not null)];

    public Task<Message> SendMessageAsync(long chatId, string html, InlineKeyboardMarkup? replyMarkup, CancellationToken cancellation) =>
        SendMessageAsync(chatId, html, replyMarkup, quiet: false, cancellation);

    public Task<Message> SendMessageAsync(long chatId, string html, InlineKeyboardMarkup? replyMarkup, bool quiet, CancellationToken cancellation) =>
        CallAsync(
            "sendMessage",
            new SendMessageRequest(chatId, html, Html, replyMarkup, s_noPreview) { DisableNotification = quiet ? true : null },
            BotApiJson.Default.SendMessageRequest,
            BotApiJson.Default.ApiResponseMessage,
            cancellation);

    public Task EditMessageTextAsync(
        long chatId, long messageId, string html, InlineKeyboardMarkup? replyMarkup, CancellationToken cancellation) =>
        CallAsync(
            "editMessageText",
            new EditMessageTextRequest(chatId, messageId, html, Html, replyMarkup, s_noPreview),
            BotApiJson.Default.EditMessageTextRequest,
            BotApiJson.Default.ApiResponseMessage,
            cancellation);

    public Task DeleteMessageAsync(long chatId, long messageId, CancellationToken cancellation) =>
        CallAsync(
            "deleteMessage",
            new DeleteMessageRequest(chatId, messageId),
            BotApiJson.Default.DeleteMessageRequest,
            BotApiJson.Default.ApiResponseBoolean,
            cancellation);

    public Task AnswerCallbackQueryAsync(string callbackQueryId, string? text, CancellationToken cancellation) =>
        CallAsync(
            "answerCallbackQuery",
            new AnswerCallbackQueryRequest(callbackQueryId, text),
            BotApiJson.Default.AnswerCallbackQueryRequest,
            BotApiJson.Default.ApiResponseBoolean,
            cancellation);

    public Task SetMyCommandsAsync(ImmutableArray<BotCommand> commands, string? languageCode, CancellationToken cancellation) =>
        CallAsync(
            "setMyCommands",
            new SetMyCommandsRequest(commands, languageCode),
            BotApiJson.Default.SetMyCommandsRequest,
            BotApiJson.Default.ApiResponseBoolean,
            cancellation);

    public Task DeleteWebhookAsync(CancellationToken cancellation) =>
        CallAsync(
            "deleteWebhook",
            new DeleteWebhookRequest(DropPendingUpdates: false),
            BotApiJson.Default.DeleteWebhookRequest,
            BotApiJson.Default.ApiResponseBoolean,
            cancellation);

    public override string ToString() => nameof(TelegramBotClient);

    private Task<TResult> CallAsync<TRequest, TResult>(
        string method,
        TRequest request,
        JsonTypeInfo<TRequest> requestType,
        JsonTypeInfo<ApiResponse<TResult>> responseType,
        CancellationToken cancellation)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request, requestType));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return CallAsync(method, content, responseType, cancellation);
    }

    /// <param name="content">Given away: closed with the call.</param>
    private async Task<TResult> CallAsync<TResult>(
        string method, HttpContent content, JsonTypeInfo<ApiResponse<TResult>> responseType, CancellationToken cancellation)
    {
        HttpStatusCode status = 0;
        using var given = content;
        try
        {
            using var message = new HttpRequestMessage(HttpMethod.Post, new Uri($"{baseUrl.AbsoluteUri}bot{token}/{method}"));
            message.Content = content;
            using var answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellation);
            status = answer.StatusCode;
            if (answer.Content.Headers.ContentLength > AnswerBytes)
                throw new RequestException($"{method}: the answer is too large.");
            await using var body = await answer.Content.ReadAsStreamAsync(cancellation);
            var response = await JsonSerializer.DeserializeAsync(body, responseType, cancellation);
            if (response is { Ok: true, Result: { } result })
                return result;
            throw new ApiRequestException(
                response?.ErrorCode ?? (int)status, Scrub(response?.Description ?? "no description"), response?.Parameters?.RetryAfter);
        }
        catch (JsonException)
        {
            // A proxy's error page, most likely; its status says what it means.
            throw (int)status >= 500
                ? new ApiRequestException((int)status, "not an answer of the Bot API", null)
                : new RequestException($"{method}: not an answer of the Bot API (status {(int)status}).");
        }
        catch (HttpRequestException failed)
        {
            throw new RequestException($"{method}: no answer from the Bot API ({failed.HttpRequestError}).");
        }
        catch (IOException)
        {
            throw new RequestException($"{method}: the connection to the Bot API broke.");
        }
        catch (UriFormatException)
        {
            throw new RequestException("The bot token cannot be part of an address: is it damaged?");
        }
    }

    private string Scrub(string text) => text.Replace(token, "…", StringComparison.Ordinal);
}

/// <summary>One small pool of connections for all tokens.</summary>
internal sealed class TelegramBotClientFactory : ITelegramBotClientFactory, IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = 8,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(60),
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),
        ConnectTimeout = TimeSpan.FromSeconds(2),
        UseCookies = false,
        ActivityHeadersPropagator = null,
    })
    {
        // Each call has a limit of its own.
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private readonly Uri _baseUrl;

    /// <param name="baseUrl">CONSTELLA_BOT_API_URL.</param>
    public TelegramBotClientFactory(Uri baseUrl) =>
        _baseUrl = new Uri(baseUrl.AbsoluteUri.TrimEnd('/') + "/");

    public ITelegramBotClient Create(string token) => new TelegramBotClient(_http, _baseUrl, token);

    public void Dispose() => _http.Dispose();
}
