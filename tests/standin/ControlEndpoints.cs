using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace TelegramStandIn;

/// <summary><c>/control</c>: what people do, what goes wrong, and what happened. JSON both ways.</summary>
internal static class ControlEndpoints
{
    public static void MapControl(this WebApplication app, BotApi bot)
    {
        var control = app.MapGroup("/control");
        control.MapPost("/send", context => WithBodyAsync(context, body => Send(bot, body)));
        control.MapPost("/press", context => WithBodyAsync(context, body => PressButton(bot, body)));
        control.MapPost("/block", context => WithBodyAsync(context, body =>
        {
            bot.Block((long)body["user_id"]!, (bool?)body["blocked"] ?? true);
            return new JsonObject();
        }));
        control.MapPost("/remove", context => WithBodyAsync(context, body =>
        {
            bot.Remove((long)body["user_id"]!, (long)body["message_id"]!);
            return new JsonObject();
        }));
        control.MapPost("/jump", context => WithBodyAsync(context, body =>
        {
            bot.Updates.Jump((long)body["by"]!);
            return new JsonObject();
        }));
        control.MapPost("/faults", context => WithBodyAsync(context, body =>
        {
            bot.Faults.Add(Fault.Parse(body));
            return new JsonObject();
        }));
        control.MapDelete("/faults", context =>
        {
            bot.Faults.Clear();
            return AnswerAsync(context, new JsonObject());
        });
        control.MapGet("/chat", context => AnswerAsync(context, ChatOf(bot, Number(context, "user_id"))));
        control.MapGet("/photo", context => PhotoAsync(context, bot));
        control.MapGet("/journal", context => AnswerAsync(context, new JsonArray([.. bot.Journal.Since((int)Number(context, "since"))])));
        control.MapGet("/updates", context => AnswerAsync(context, Report.Updates(bot)));
        control.MapGet("/confirmations", context => AnswerAsync(context, Report.Confirmations(bot)));
        control.MapGet("/time", context => AnswerAsync(context, new JsonObject
        {
            ["mono_ms"] = bot.Journal.Mono,
            ["utc"] = DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture),
        }));
    }

    private static JsonObject Send(BotApi bot, JsonObject body)
    {
        var id = (long?)body["user_id"] ?? 42;
        var user = new User(id, (string?)body["first_name"] ?? "Owner", (string?)body["username"], (string?)body["language_code"]);
        return new JsonObject { ["update_id"] = bot.Say(user, (string?)body["text"] ?? "/start") };
    }

    private static JsonObject? PressButton(BotApi bot, JsonObject body)
    {
        var press = bot.PressButton((long?)body["user_id"] ?? 42, (long?)body["message_id"], (string?)body["data"], (string?)body["label"]);
        return press is null ? null : new JsonObject
        {
            ["update_id"] = press.UpdateId,
            ["callback_query_id"] = press.CallbackQueryId,
            ["message_id"] = press.MessageId,
            ["data"] = press.Data,
        };
    }

    private static JsonObject ChatOf(BotApi bot, long userId) => new()
    {
        ["user_id"] = userId,
        ["messages"] = new JsonArray([.. bot.MessagesOf(userId).Select(message => new JsonObject
        {
            ["message_id"] = message.Id,
            ["from_bot"] = message.FromBot,
            ["text"] = message.Text,
            ["quiet"] = message.Quiet,
            ["edits"] = message.Edits,
            ["photo_bytes"] = message.Photo?.Content.Length,
            ["photo_width"] = message.Photo?.Width,
            ["photo_height"] = message.Photo?.Height,
            ["buttons"] = new JsonArray([.. message.Buttons.Select(button =>
                new JsonObject { ["label"] = button.Label, ["data"] = button.Data })]),
            ["keyboard"] = message.Keyboard?["inline_keyboard"]?.DeepClone(),
        })]),
    };

    private static async Task PhotoAsync(HttpContext context, BotApi bot)
    {
        var message = bot.MessagesOf(Number(context, "user_id")).FirstOrDefault(each => each.Id == Number(context, "message_id"));
        if (message?.Photo is not { } photo)
        {
            context.Response.StatusCode = 404;
            return;
        }
        context.Response.ContentType = photo.Content[0] == 0x89 ? "image/png" : "image/jpeg";
        await context.Response.Body.WriteAsync(photo.Content);
    }

    private static long Number(HttpContext context, string name) =>
        long.TryParse(context.Request.Query[name], CultureInfo.InvariantCulture, out var value) ? value : 0;

    private static async Task WithBodyAsync(HttpContext context, Func<JsonObject, JsonNode?> handle)
    {
        try
        {
            var body = await JsonNode.ParseAsync(context.Request.Body) as JsonObject ?? [];
            await AnswerAsync(context, handle(body));
        }
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException or FormatException or ArgumentNullException)
        {
            context.Response.StatusCode = 400;
            await context.Response.WriteAsync(new JsonObject { ["error"] = wrong.Message }.ToJsonString());
        }
    }

    private static Task AnswerAsync(HttpContext context, JsonNode? body)
    {
        context.Response.ContentType = "application/json";
        if (body is null)
            context.Response.StatusCode = 404;
        return context.Response.WriteAsync(body?.ToJsonString() ?? """{"error":"no such button"}""");
    }
}
