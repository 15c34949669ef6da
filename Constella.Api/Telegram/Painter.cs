using Constella.Api.Cluster;
using Constella.Api.Telegram.Client;
using Constella.Api.Telegram.Screens;
using Constella.Core.Members;

namespace Constella.Api.Telegram;

/// <summary>
/// Keeps the one living message: edits it in place, at most once a second, obeys <c>retry_after</c>, and sends a new one where the
/// old one is gone. One caller at a time (<see cref="BotSession"/> sees to it).
/// </summary>
internal sealed partial class Painter(ITelegramBotClient client, BotRight right, ICluster cluster, ILogger log)
{
    /// <summary>Telegram tolerates about one change a second in a chat.</summary>
    private const long EditSpacing = 1_000;

    private static readonly TimeSpan s_callLimit = TimeSpan.FromSeconds(2);

    private string? _look;

    /// <summary>Where the message is and what it shows; it may be ahead of the settings until they are committed.</summary>
    public LivingMessage? Message { get; private set; }

    /// <summary>Monotonic milliseconds before which nothing is sent to the chat.</summary>
    public long NotBefore { get; private set; }

    public long PaintedAt { get; private set; } = long.MinValue / 2;

    /// <summary>The last screen has not reached the chat yet, or has never been drawn by this Host.</summary>
    public bool Dirty { get; set; } = true;

    /// <summary>The owner has blocked the bot: nothing is sent until a new update comes from them.</summary>
    public bool Quiet { get; set; }

    public bool IsShown(Screen screen) => !Dirty && _look == screen.Look;

    /// <summary>Takes what the network remembers.</summary>
    public void Adopt(LivingMessage? message)
    {
        if (message == Message)
            return;
        Message = message;
        _look = null;
        Dirty = message is not null;
    }

    /// <summary>Goes on with a message that the owner has pressed a button of.</summary>
    public void MoveTo(long chatId, long messageId)
    {
        if (Message is { } message && message.ChatId == chatId && message.MessageId == messageId)
            return;
        Message = new LivingMessage(chatId, messageId, Message?.Screen ?? ScreenKey.List.ToString());
        _look = null;
    }

    /// <param name="fresh">Send a new message at the chat's end and remove the old one.</param>
    /// <returns>False when it has to be tried again later.</returns>
    public async Task<bool> PaintAsync(long chatId, Screen screen, bool fresh, CancellationToken cancellation)
    {
        Message = (Message ?? new LivingMessage(chatId, 0, "")) with { Screen = screen.Key.ToString() };
        Dirty = true;
        if (Quiet)
            return true;
        if (NotBefore - cluster.Mono > EditSpacing)
            return false;
        if (NotBefore > cluster.Mono)
            await Task.Delay(TimeSpan.FromMilliseconds(NotBefore - cluster.Mono), cancellation);
        try
        {
            if (fresh || Message.MessageId == 0)
                await SendAsync(chatId, screen, cancellation);
            else
                await EditAsync(chatId, screen, cancellation);
            Drawn(screen);
            return true;
        }
        catch (RequestException failed)
        {
            return Failed(failed);
        }
    }

    /// <summary>Sends a message of its own, which is never edited.</summary>
    /// <returns>False when it has to be tried again later.</returns>
    public async Task<bool> TellAsync(long chatId, string html, CancellationToken cancellation)
    {
        if (Quiet)
            return true;
        if (NotBefore > cluster.Mono)
            return false;
        try
        {
            await right.ActAsync(limited => client.SendMessageAsync(chatId, html, null, limited), s_callLimit, cancellation);
            return true;
        }
        catch (RequestException failed)
        {
            return Failed(failed);
        }
    }

    private async Task EditAsync(long chatId, Screen screen, CancellationToken cancellation)
    {
        try
        {
            await right.ActAsync(
                limited => client.EditMessageTextAsync(chatId, Message!.MessageId, screen.Html, screen.Keyboard, limited), s_callLimit, cancellation);
        }
        catch (ApiRequestException refused) when (refused.IsNotModified)
        {
            // It shows what it should.
        }
        catch (ApiRequestException refused) when (refused.IsMessageGone)
        {
            await SendAsync(chatId, screen, cancellation);
        }
    }

    private async Task SendAsync(long chatId, Screen screen, CancellationToken cancellation)
    {
        var old = Message!.MessageId;
        var sent = await right.ActAsync(
            limited => client.SendMessageAsync(chatId, screen.Html, screen.Keyboard, limited), s_callLimit, cancellation);
        Message = new LivingMessage(chatId, sent.MessageId, screen.Key.ToString());
        if (old == 0)
            return;
        try
        {
            await right.ActAsync(limited => client.DeleteMessageAsync(chatId, old, limited), s_callLimit, cancellation);
        }
        catch (RequestException)
        {
            // Gone, or too old to be deleted: its buttons still work, and a press moves the living message there.
        }
    }

    private void Drawn(Screen screen)
    {
        _look = screen.Look;
        Dirty = false;
        PaintedAt = cluster.Mono;
        NotBefore = PaintedAt + EditSpacing;
    }

    /// <returns>True when trying again is no use.</returns>
    private bool Failed(RequestException failed)
    {
        if (failed is ApiRequestException { IsUnwanted: true })
        {
            Quiet = true;
            LogBlocked();
            return true;
        }
        if (failed is ApiRequestException { IsTransient: false } refused)
        {
            Dirty = false;
            LogRefused(refused.Message);
            return true;
        }
        var wait = failed is ApiRequestException { RetryAfter: { } seconds } ? seconds * 1_000L : EditSpacing;
        NotBefore = Math.Max(NotBefore, cluster.Mono + wait);
        return false;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "The owner does not take messages of the bot (blocked, or never started); it keeps quiet.")]
    private partial void LogBlocked();

    [LoggerMessage(Level = LogLevel.Warning, Message = "Telegram refused a message of the bot: {Reason}")]
    private partial void LogRefused(string reason);
}
