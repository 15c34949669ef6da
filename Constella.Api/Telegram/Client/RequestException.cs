namespace Constella.Api.Telegram.Client;

/// <summary>A call that got no answer from the Bot API. It has no inner exception: that one may name the address, and the token is in it.</summary>
public class RequestException(string message) : Exception(message);

/// <summary>A refusal by the Bot API.</summary>
public sealed class ApiRequestException(int errorCode, string description, int? retryAfter) : RequestException($"{errorCode}: {description}")
{
    public int ErrorCode { get; } = errorCode;

    public string Description { get; } = description;

    /// <summary>Seconds to wait, when the limit of calls is exceeded (429).</summary>
    public int? RetryAfter { get; } = retryAfter;

    /// <summary>The message says already what it should: a success.</summary>
    public bool IsNotModified => ErrorCode == 400 && Has("message is not modified");

    /// <summary>The message is gone, or cannot be edited any more: a new one has to be sent.</summary>
    public bool IsMessageGone => ErrorCode == 400
        && (Has("message to edit not found") || Has("message can't be edited") || Has("MESSAGE_ID_INVALID"));

    /// <summary>The message to edit is a photo: it has a caption, and never a text again.</summary>
    public bool IsPhoto => ErrorCode == 400 && Has("no text in the message");

    /// <summary>The message to edit is a text: it has no caption.</summary>
    public bool IsText => ErrorCode == 400 && Has("no caption in the message");

    /// <summary>The person does not want to hear from the bot, or has never written to it.</summary>
    public bool IsUnwanted => ErrorCode == 403 || (ErrorCode == 400 && Has("chat not found"));

    public bool IsWebhook => ErrorCode == 409 && Has("webhook is active");

    /// <summary>The same call may succeed later.</summary>
    public bool IsTransient => ErrorCode is 429 or >= 500;

    private bool Has(string text) => Description.Contains(text, StringComparison.OrdinalIgnoreCase);
}
