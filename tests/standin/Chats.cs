using System.Text.Json.Nodes;

namespace TelegramStandIn;

/// <summary>A person in the stand-in.</summary>
public sealed record User(long Id, string FirstName, string? Username, string? LanguageCode)
{
    internal JsonObject Json()
    {
        var json = new JsonObject { ["id"] = Id, ["is_bot"] = false, ["first_name"] = FirstName };
        if (Username is not null)
            json["username"] = Username;
        if (LanguageCode is not null)
            json["language_code"] = LanguageCode;
        return json;
    }
}

/// <summary>A picture as it was uploaded; each upload is a file of its own.</summary>
public sealed record Photo(string FileId, byte[] Content, int Width, int Height);

/// <summary>A message as it stands now.</summary>
public sealed class Message
{
    public required long Id { get; init; }
    public required long ChatId { get; init; }
    public required bool FromBot { get; init; }
    public required long Date { get; init; }

    /// <summary>As sent, with its markup.</summary>
    public string Source { get; internal set; } = "";

    /// <summary>As a person reads it.</summary>
    public string Text { get; internal set; } = "";

    public JsonObject? Keyboard { get; internal set; }

    /// <summary>Null for a text.</summary>
    public Photo? Photo { get; internal set; }

    /// <summary>It made no sound.</summary>
    public bool Quiet { get; internal set; }

    public int Edits { get; internal set; }
    public bool Deleted { get; internal set; }

    /// <summary>Labels and callback data of the inline buttons, in reading order.</summary>
    public IReadOnlyList<(string Label, string Data)> Buttons =>
        Keyboard?["inline_keyboard"] is JsonArray rows
            ? [.. rows.SelectMany(row => row!.AsArray()).Select(button => ((string)button!["text"]!, (string?)button["callback_data"] ?? ""))]
            : [];
}

/// <summary>A private chat of the bot with one person.</summary>
public sealed class PrivateChat(User user)
{
    public User User { get; internal set; } = user;
    public bool Blocked { get; internal set; }
    public List<Message> Messages { get; } = [];
}
