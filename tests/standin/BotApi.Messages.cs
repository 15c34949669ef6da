using System.Text.Json.Nodes;

namespace TelegramStandIn;

public sealed partial class BotApi
{
    private JsonObject SendMessage(Query query)
    {
        var chat = ChatFor(query);
        var source = query["text"] ?? throw new ApiError(400, "Bad Request: message text is empty");
        var text = Markup.Plain(source, query["parse_mode"], Markup.TextLimit);
        var message = NewMessage(chat, fromBot: true);
        (message.Source, message.Text, message.Keyboard) = (source, text, Markup.Keyboard(query["reply_markup"]));
        message.Quiet = query.Bool("disable_notification");
        chat.Messages.Add(message);
        return Json(message, chat);
    }

    private JsonObject SendPhoto(Query query)
    {
        var chat = ChatFor(query);
        var photo = PhotoOf(query, query["photo"]);
        var caption = query["caption"] ?? "";
        var text = Markup.Plain(caption, query["parse_mode"], Markup.CaptionLimit);
        var message = NewMessage(chat, fromBot: true);
        (message.Source, message.Text, message.Photo) = (caption, text, photo);
        message.Keyboard = Markup.Keyboard(query["reply_markup"]);
        chat.Messages.Add(message);
        return Json(message, chat);
    }

    private JsonObject EditMessageText(Query query)
    {
        var chat = ChatFor(query);
        var message = Edited(chat, query);
        if (message.Photo is not null)
            throw new ApiError(400, "Bad Request: there is no text in the message to edit");
        var source = query["text"] ?? throw new ApiError(400, "Bad Request: message text is empty");
        var text = Markup.Plain(source, query["parse_mode"], Markup.TextLimit);
        return Apply(chat, message, source, text, Markup.Keyboard(query["reply_markup"]), null);
    }

    private JsonObject EditMessageReplyMarkup(Query query)
    {
        var chat = ChatFor(query);
        var message = Edited(chat, query);
        return Apply(chat, message, message.Source, message.Text, Markup.Keyboard(query["reply_markup"]), message.Photo);
    }

    private JsonObject EditMessageCaption(Query query)
    {
        var chat = ChatFor(query);
        var message = Edited(chat, query);
        if (message.Photo is null)
            throw new ApiError(400, "Bad Request: there is no caption in the message to edit");
        var caption = query["caption"] ?? "";
        var text = Markup.Plain(caption, query["parse_mode"], Markup.CaptionLimit);
        return Apply(chat, message, caption, text, Markup.Keyboard(query["reply_markup"]), message.Photo);
    }

    private JsonObject EditMessageMedia(Query query)
    {
        var chat = ChatFor(query);
        var message = Edited(chat, query);
        if (Json(query["media"]) is not JsonObject media || (string?)media["type"] != "photo")
            throw new ApiError(400, "Bad Request: can't parse InputMedia JSON object");
        var reference = (string?)media["media"];
        var photo = PhotoOf(query, reference);
        var caption = (string?)media["caption"] ?? "";
        var text = Markup.Plain(caption, (string?)media["parse_mode"], Markup.CaptionLimit);
        return Apply(chat, message, caption, text, Markup.Keyboard(query["reply_markup"]), photo);
    }

    private JsonObject Apply(PrivateChat chat, Message message, string source, string text, JsonObject? keyboard, Photo? photo)
    {
        if (message.Text == text && message.Source == source && JsonNode.DeepEquals(message.Keyboard, keyboard) && message.Photo?.FileId == photo?.FileId)
        {
            throw new ApiError(400, "Bad Request: message is not modified: specified new message content and reply markup are "
                + "exactly the same as a current content and reply markup of the message");
        }
        (message.Source, message.Text, message.Keyboard, message.Photo) = (source, text, keyboard, photo);
        message.Edits++;
        return Json(message, chat);
    }

    private JsonValue DeleteMessage(Query query)
    {
        var chat = ChatFor(query);
        var message = chat.Messages.Find(each => each.Id == query.Long("message_id") && !each.Deleted)
            ?? throw new ApiError(400, "Bad Request: message to delete not found");
        message.Deleted = true;
        return JsonValue.Create(true);
    }

    private PrivateChat ChatFor(Query query)
    {
        if (query["chat_id"] is null or "")
            throw new ApiError(400, "Bad Request: chat_id is empty");
        if (!_chats.TryGetValue(query.Long("chat_id"), out var chat))
            throw new ApiError(400, "Bad Request: chat not found");
        if (chat.Blocked)
            throw new ApiError(403, "Forbidden: bot was blocked by the user");
        return chat;
    }

    private static Message Edited(PrivateChat chat, Query query)
    {
        var message = chat.Messages.Find(each => each.Id == query.Long("message_id") && !each.Deleted)
            ?? throw new ApiError(400, "Bad Request: message to edit not found");
        return message.FromBot ? message : throw new ApiError(400, "Bad Request: message can't be edited");
    }

    private Message NewMessage(PrivateChat chat, bool fromBot) => new()
    {
        Id = _nextMessage++,
        ChatId = chat.User.Id,
        FromBot = fromBot,
        Date = _time.GetUtcNow().ToUnixTimeSeconds(),
    };

    private JsonObject Json(Message message, PrivateChat chat)
    {
        var json = new JsonObject
        {
            ["message_id"] = message.Id,
            ["from"] = message.FromBot ? Bot() : chat.User.Json(),
            ["chat"] = new JsonObject { ["id"] = message.ChatId, ["type"] = "private", ["first_name"] = chat.User.FirstName },
            ["date"] = message.Date,
        };
        if (message.Edits > 0)
            json["edit_date"] = _time.GetUtcNow().ToUnixTimeSeconds();
        if (message.Photo is { } photo)
        {
            json["photo"] = new JsonArray(new JsonObject
            {
                ["file_id"] = photo.FileId,
                ["file_unique_id"] = "u" + photo.FileId,
                ["width"] = photo.Width,
                ["height"] = photo.Height,
                ["file_size"] = photo.Content.Length,
            });
            json["caption"] = message.Text;
        }
        else
        {
            json["text"] = message.Text;
            if (Entities(message) is { } entities)
                json["entities"] = entities;
        }
        if (message.Keyboard is not null)
            json["reply_markup"] = message.Keyboard.DeepClone();
        return json;
    }

    /// <summary>Clients find commands by their entity, not by the slash.</summary>
    private static JsonArray? Entities(Message message)
    {
        if (message.FromBot || !message.Text.StartsWith('/'))
            return null;
        var length = message.Text.Split(' ', '\n')[0].Length;
        return [new JsonObject { ["type"] = "bot_command", ["offset"] = 0, ["length"] = length }];
    }
}
