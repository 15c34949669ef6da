using Constella.Api.Cluster;
using Constella.Api.Telegram.Client;
using Constella.Api.Telegram.Screens;
using Constella.Core.Members;

namespace Constella.Api.Telegram;

/// <summary>
/// Brings the chat to what the settings say of the one living message: edits it in place, at most once a second, obeys
/// <c>retry_after</c>, and sends a new one where there is none or the old one is gone. Used by one loop (<see cref="Display"/>).
/// </summary>
internal sealed partial class Painter(ITelegramBotClient client, BotRight right, ICluster cluster, ILogger log)
{
    /// <summary>Telegram tolerates about one change a second in a chat.</summary>
    private const long Spacing = 1_000;

    private static readonly TimeSpan s_callLimit = TimeSpan.FromSeconds(2);

    private readonly MessageEditor _editor = new(client, right);
    private LivingMessage? _drawn;
    private string? _look;
    private string? _gist;
    private bool _quiet;

    /// <summary>Monotonic milliseconds before which nothing at all is sent: Telegram said so, or did not answer.</summary>
    public long RetryAt { get; private set; } = long.MinValue / 2;

    public long PaintedAt { get; private set; } = long.MinValue / 2;

    /// <summary>Monotonic milliseconds before which the living message is left as it is.</summary>
    public long NotBefore => Math.Max(RetryAt, PaintedAt + Spacing);

    public bool IsDrawn(LivingMessage message, Screen screen) => _drawn == message && _look == screen.Look;

    public bool IsDrawn(LivingMessage message) => _drawn == message;

    /// <summary>Whether what is drawn tells the same, though its figures may have moved on.</summary>
    public bool TellsTheSame(Screen screen) => screen.Gist is { } gist && gist == _gist;

    /// <summary>The owner speaks to the bot: whoever does that has not blocked it.</summary>
    public void Wake() => _quiet = false;

    /// <param name="target">With 0 for its id: a new message at the chat's end.</param>
    /// <returns>The message as it is in the chat now; null when it has to be tried again later.</returns>
    public async Task<LivingMessage?> PaintAsync(LivingMessage target, Screen screen, CancellationToken cancellation)
    {
        if (_quiet)
            return Keep(target, screen);
        if (cluster.Mono < NotBefore)
            return null;
        try
        {
            var id = await PutAsync(target, screen, cancellation);
            var previous = _drawn;
            Keep(target with { MessageId = id }, screen);
            PaintedAt = cluster.Mono;
            if (previous is not null && previous.ChatId == target.ChatId && previous.MessageId != id)
                await DeleteAsync(previous, cancellation);
            return _drawn;
        }
        catch (RequestException failed)
        {
            return GivesUp(failed) ? Keep(target, screen) : null;
        }
    }

    /// <returns>The message's id, a new one where there was none or it is gone.</returns>
    private async Task<long> PutAsync(LivingMessage target, Screen screen, CancellationToken cancellation)
    {
        try
        {
            return target.MessageId != 0 && await _editor.EditAsync(target.ChatId, target.MessageId, screen, cancellation)
                ? target.MessageId
                : await _editor.SendAsync(target.ChatId, screen, cancellation);
        }
        catch (ApiRequestException refused) when (screen.Picture is not null && refused is { IsTransient: false, IsUnwanted: false })
        {
            // A picture that Telegram does not take: the numbers stand in the text.
            LogRefused(refused.Message);
            return await PutAsync(target, screen with { Picture = null }, cancellation);
        }
    }

    private LivingMessage Keep(LivingMessage drawn, Screen screen)
    {
        (_look, _gist) = (screen.Look, screen.Gist);
        return _drawn = drawn;
    }

    /// <summary>Sends a message of its own, which is never edited.</summary>
    /// <returns>False when it has to be tried again later.</returns>
    public async Task<bool> TellAsync(long chatId, string html, CancellationToken cancellation)
    {
        try
        {
            if (!_quiet)
                await right.ActAsync(limited => client.SendMessageAsync(chatId, html, null, limited), s_callLimit, cancellation);
            return true;
        }
        catch (RequestException failed)
        {
            return GivesUp(failed);
        }
    }

    /// <summary>The last message this Host drew, as far as the settings agree that it is the living one.</summary>
    public void Know(LivingMessage message) => _drawn ??= message with { Screen = "" };

    private async Task DeleteAsync(LivingMessage message, CancellationToken cancellation)
    {
        try
        {
            if (message.MessageId != 0)
                await right.ActAsync(limited => client.DeleteMessageAsync(message.ChatId, message.MessageId, limited), s_callLimit, cancellation);
        }
        catch (RequestException)
        {
            // Gone, or too old to be deleted: its buttons still work, and a press makes it the living message again.
        }
    }

    /// <returns>True when trying again is no use.</returns>
    private bool GivesUp(RequestException failed)
    {
        if (failed is ApiRequestException { IsUnwanted: true })
        {
            _quiet = true;
            LogBlocked();
            return true;
        }
        if (failed is ApiRequestException { IsTransient: false } refused)
        {
            LogRefused(refused.Message);
            return true;
        }
        var wait = failed is ApiRequestException { RetryAfter: { } seconds } ? seconds * 1_000L : Spacing;
        RetryAt = Math.Max(RetryAt, cluster.Mono + wait);
        return false;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The owner does not take messages of the bot (blocked, or never started): it keeps quiet.")]
    private partial void LogBlocked();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Telegram refused a message of the bot: {Reason}")]
    private partial void LogRefused(string reason);
}
