using System.Globalization;
using System.Text.Json.Nodes;

namespace TelegramStandIn;

/// <summary>A press that was made: its update (null when the bot does not ask for presses) and its id.</summary>
public sealed record Press(long? UpdateId, string CallbackQueryId, long MessageId, string Data);

public sealed partial class BotApi
{
    /// <summary>A person sends a text.</summary>
    /// <returns>The update's id, or null when the bot does not ask for messages.</returns>
    public long? Say(User user, string text)
    {
        ArgumentNullException.ThrowIfNull(user);
        lock (_lock)
        {
            if (_chats.TryGetValue(user.Id, out var chat))
                chat.User = user;
            else
                _chats[user.Id] = chat = new PrivateChat(user);
            var message = NewMessage(chat, fromBot: false);
            message.Text = message.Source = text;
            chat.Messages.Add(message);
            return Updates.Push("message", Json(message, chat))?.Id;
        }
    }

    /// <summary>A person presses a button of a message, found by its data or its label.</summary>
    /// <param name="messageId">Null: the latest message that has such a button.</param>
    /// <returns>Null when there is no such button.</returns>
    public Press? PressButton(long userId, long? messageId, string? data, string? label)
    {
        lock (_lock)
        {
            if (!_chats.TryGetValue(userId, out var chat))
                return null;
            var message = chat.Messages.FindLast(each =>
                !each.Deleted && (messageId is null || each.Id == messageId) && each.Buttons.Any(Matches));
            if (message is null)
                return null;
            var pressed = message.Buttons.First(Matches).Data;
            var id = (_nextCallback++).ToString(CultureInfo.InvariantCulture);
            var update = Updates.Push("callback_query", new JsonObject
            {
                ["id"] = id,
                ["from"] = chat.User.Json(),
                ["message"] = Json(message, chat),
                ["chat_instance"] = userId.ToString(CultureInfo.InvariantCulture),
                ["data"] = pressed,
            });
            if (update is not null)
                _callbacks[id] = (update.Id, Journal.Mono);
            return new Press(update?.Id, id, message.Id, pressed);
        }

        bool Matches((string Label, string Data) button) => data is not null
            ? button.Data == data
            : label is not null && button.Label.Contains(label, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The person blocks the bot, or lets it in again.</summary>
    public void Block(long userId, bool blocked)
    {
        lock (_lock)
        {
            if (_chats.TryGetValue(userId, out var chat))
                chat.Blocked = blocked;
        }
    }

    /// <summary>The person deletes a message.</summary>
    public void Remove(long userId, long messageId)
    {
        lock (_lock)
        {
            if (_chats.TryGetValue(userId, out var chat) && chat.Messages.Find(each => each.Id == messageId) is { } message)
                message.Deleted = true;
        }
    }

    /// <summary>Copies of a chat's messages that are not deleted.</summary>
    public IReadOnlyList<Message> MessagesOf(long userId)
    {
        lock (_lock)
        {
            if (!_chats.TryGetValue(userId, out var chat))
                return [];
            return [.. chat.Messages.Where(message => !message.Deleted).Select(Copy)];
        }
    }

    private static Message Copy(Message message) => new()
    {
        Id = message.Id,
        ChatId = message.ChatId,
        FromBot = message.FromBot,
        Date = message.Date,
        Source = message.Source,
        Text = message.Text,
        Keyboard = message.Keyboard?.DeepClone().AsObject(),
        Photo = message.Photo,
        Quiet = message.Quiet,
        Edits = message.Edits,
    };
}
