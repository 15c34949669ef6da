using System.Text.Json.Nodes;

namespace TelegramStandIn;

/// <summary>One bot: its chats, its pending updates, its journal. What a person does is in <c>BotApi.People.cs</c>.</summary>
public sealed partial class BotApi : IDisposable
{
    private const long BotId = 123;

    private readonly StandInOptions _options;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<long, PrivateChat> _chats = [];
    private readonly Dictionary<string, (long UpdateId, double At)> _callbacks = [];
    private long _nextMessage = 1;
    private long _nextCallback = 4_000_000_000_000_000_001;
    private JsonArray _commands = [];

    public BotApi(StandInOptions options, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(time);
        (_options, _time) = (options, time);
        Journal = new Journal(time);
        Updates = new UpdateQueue(time, Journal);
    }

    public Journal Journal { get; }
    public Faults Faults { get; } = new();
    public UpdateQueue Updates { get; }

    /// <summary>How long a press may be answered, in milliseconds.</summary>
    public double CallbackLifeMs { get; set; } = 60_000;

    internal bool IsToken(string token) => token == _options.Token;

    public void Dispose() => Updates.Dispose();

    /// <returns>The call's <c>result</c>.</returns>
    internal async Task<JsonNode> CallAsync(string method, Query query, string remote, CancellationToken aborted)
    {
        if (method.Equals("getUpdates", StringComparison.OrdinalIgnoreCase))
            return await Updates.GetAsync(query, remote, aborted);
        lock (_lock)
        {
            return method.ToLowerInvariant() switch
            {
                "getme" => Bot(),
                "sendmessage" => SendMessage(query),
                "sendphoto" => SendPhoto(query),
                "editmessagetext" => EditMessageText(query),
                "editmessagereplymarkup" => EditMessageReplyMarkup(query),
                "editmessagecaption" => EditMessageCaption(query),
                "editmessagemedia" => EditMessageMedia(query),
                "deletemessage" => DeleteMessage(query),
                "answercallbackquery" => AnswerCallbackQuery(query, remote),
                "setmycommands" => SetMyCommands(query),
                "getmycommands" => _commands.DeepClone(),
                "setwebhook" => SetWebhook(query["url"] ?? "", query),
                "deletewebhook" => SetWebhook("", query),
                "getwebhookinfo" => WebhookInfo(),
                _ => throw new ApiError(404, "Not Found: method not found"),
            };
        }
    }

    private JsonObject Bot() => new()
    {
        ["id"] = BotId,
        ["is_bot"] = true,
        ["first_name"] = "Constella",
        ["username"] = _options.BotUsername,
        ["can_join_groups"] = true,
        ["can_read_all_group_messages"] = false,
        ["supports_inline_queries"] = false,
    };

    private JsonValue SetMyCommands(Query query)
    {
        if (JsonNode.Parse(query["commands"] ?? "") is not JsonArray commands)
            throw new ApiError(400, "Bad Request: can't parse commands list");
        foreach (var command in commands)
        {
            var name = (string?)command?["command"] ?? "";
            if (name.Length is 0 or > 32 || name.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '_'))
                throw new ApiError(400, "Bad Request: BOT_COMMAND_INVALID");
            if (((string?)command?["description"] ?? "").Length is 0 or > 256)
                throw new ApiError(400, "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID");
        }
        if (query["language_code"] is null or "")
            _commands = commands;
        return JsonValue.Create(true);
    }

    private JsonValue SetWebhook(string url, Query query)
    {
        if (url.Length > 0 && !url.StartsWith("https://", StringComparison.Ordinal))
            throw new ApiError(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook");
        Updates.SetWebhook(url, query.Bool("drop_pending_updates"), query["allowed_updates"]);
        return JsonValue.Create(true);
    }

    private JsonObject WebhookInfo() => new()
    {
        ["url"] = Updates.WebhookUrl,
        ["has_custom_certificate"] = false,
        ["pending_update_count"] = Updates.PendingCount,
    };

    private JsonValue AnswerCallbackQuery(Query query, string remote)
    {
        var id = query["callback_query_id"] ?? "";
        if (!_callbacks.TryGetValue(id, out var callback) || Journal.Mono - callback.At > CallbackLifeMs)
            throw new ApiError(400, "Bad Request: query is too old and response timeout expired or query ID is invalid");
        if ((query["text"] ?? "").Length > 200)
            throw new ApiError(400, "Bad Request: MESSAGE_TOO_LONG");
        Journal.Add("answer", new JsonObject
        {
            ["update_id"] = callback.UpdateId,
            ["callback_query_id"] = id,
            ["remote"] = remote,
            ["text"] = query["text"],
        });
        return JsonValue.Create(true);
    }
}
