using System.Text.Json;
using System.Text.Json.Nodes;

namespace TelegramStandIn;

/// <summary><c>/bot&lt;token&gt;/&lt;method&gt;</c>: reads the arguments, makes the faults, keeps the journal.</summary>
internal static class BotApiEndpoints
{
    public static void MapBotApi(this WebApplication app, BotApi bot) =>
        app.MapMethods("/bot{token}/{method}", ["GET", "POST"], (string token, string method, HttpContext context) =>
            HandleAsync(bot, token, method, context));

    private static async Task HandleAsync(BotApi bot, string token, string method, HttpContext context)
    {
        var remote = context.Connection.RemoteIpAddress?.MapToIPv4().ToString() ?? "";
        var entry = new JsonObject { ["method"] = method, ["remote"] = remote, ["start_ms"] = Math.Round(bot.Journal.Mono, 3) };
        var polls = method.Equals("getUpdates", StringComparison.OrdinalIgnoreCase);
        JsonObject body;
        var fault = bot.Faults.Take(method, remote);
        try
        {
            if (!bot.IsToken(token))
                throw new ApiError(401, "Unauthorized");
            var query = await Query.ReadAsync(context.Request);
            Describe(entry, query, polls);
            if (polls)
                bot.Journal.Add("poll-start", entry.DeepClone().AsObject());
            await FailAsync(fault, context.RequestAborted);
            body = new JsonObject { ["ok"] = true, ["result"] = await bot.CallAsync(method, query, remote, context.RequestAborted) };
        }
        catch (ApiError error)
        {
            body = error.Body();
        }
        catch (Exception malformed) when (malformed is JsonException or BadHttpRequestException or InvalidDataException)
        {
            body = new ApiError(400, "Bad Request: can't parse request").Body();
        }
        catch (OperationCanceledException)
        {
            entry["gone"] = true;
            bot.Journal.Add(polls ? "poll" : "call", entry);
            return;
        }
        Note(entry, body, polls);
        if (fault?.LoseAnswer == true)
            entry["lost"] = true;
        bot.Journal.Add(polls ? "poll" : "call", entry);
        if (fault?.LoseAnswer == true)
            context.Abort();
        else
            await AnswerAsync(context, body);
    }

    private static void Describe(JsonObject entry, Query query, bool polls)
    {
        foreach (var name in polls ? ["offset", "limit", "timeout"] : new[] { "chat_id", "message_id" })
        {
            if (query[name] is not null)
                entry[name] = query.Long(name);
        }
        if ((query["text"] ?? query["caption"]) is { } text)
            entry["text"] = text;
        if (query["callback_query_id"] is { } callback)
            entry["callback_query_id"] = callback;
    }

    private static async Task FailAsync(Fault? fault, CancellationToken aborted)
    {
        if (fault is null)
            return;
        if (fault.Hang)
            await Task.Delay(Timeout.Infinite, aborted);
        if (fault.DelayMs > 0)
            await Task.Delay(fault.DelayMs, aborted);
        if (fault.ErrorCode is { } code)
            throw new ApiError(code, fault.Description ?? Describe(code, fault.RetryAfter), fault.RetryAfter);
    }

    private static string Describe(int code, int? retryAfter) => code switch
    {
        401 => "Unauthorized",
        403 => "Forbidden: bot was blocked by the user",
        409 => UpdateQueue.ConflictText,
        429 => $"Too Many Requests: retry after {retryAfter ?? 1}",
        >= 500 => "Internal Server Error",
        _ => "Bad Request",
    };

    private static void Note(JsonObject entry, JsonObject body, bool polls)
    {
        entry["status"] = (int?)body["error_code"] ?? 200;
        if (body["description"] is { } description)
            entry["description"] = description.DeepClone();
        if (polls && body["result"] is JsonArray served)
            entry["served"] = new JsonArray([.. served.Select(update => update!["update_id"]!.DeepClone())]);
        else if (body["result"] is JsonObject result && result["message_id"] is { } id)
            entry["message_id"] = id.DeepClone();
    }

    private static async Task AnswerAsync(HttpContext context, JsonObject body)
    {
        context.Response.StatusCode = (int?)body["error_code"] ?? 200;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }
}
