using Constella.Api.Telegram.Client;
using Constella.Api.Telegram.Screens;

namespace Constella.Api.Telegram;

/// <summary>
/// A message that shows screens with and without a picture. A text can become a photo, a photo never a text again: from the first
/// chart on it stays one, and where a screen has no picture it shows a banner. Which of the two a message is, is learned from what
/// Telegram answers, so that a new Host needs to be told nothing.
/// </summary>
internal sealed class MessageEditor(ITelegramBotClient client, BotRight right)
{
    private const int CaptionLimit = 1_024;
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A picture takes longer on its way, and a message that is sent anew for want of an answer may stand in the chat twice; still within
    /// the shortest right to act.
    /// </summary>
    private static readonly TimeSpan s_longLimit = TimeSpan.FromSeconds(4);

    private long? _photo;
    private string? _picture;

    /// <returns>The message's id.</returns>
    public async Task<long> SendAsync(long chatId, Screen screen, CancellationToken cancellation)
    {
        if (screen.Picture is not { } picture)
            return (await right.ActAsync(limited => client.SendMessageAsync(chatId, screen.Html, screen.Keyboard, limited), s_longLimit, cancellation)).MessageId;
        var sent = await right.ActAsync(
            limited => client.SendPhotoAsync(chatId, picture.Png, screen.Html, screen.Keyboard, limited), s_longLimit, cancellation);
        (_photo, _picture) = (sent.MessageId, picture.Mark);
        return sent.MessageId;
    }

    /// <returns>False when a new message has to be sent: this one is gone, or has no room for so long a text.</returns>
    /// <exception cref="RequestException">Refused, or not answered.</exception>
    public async Task<bool> EditAsync(long chatId, long messageId, Screen screen, CancellationToken cancellation)
    {
        try
        {
            return await TryEditAsync(chatId, messageId, screen, cancellation);
        }
        catch (ApiRequestException refused) when (refused.IsPhoto && _photo != messageId)
        {
            (_photo, _picture) = (messageId, null);
        }
        catch (ApiRequestException refused) when (refused.IsText && _photo == messageId)
        {
            _photo = null;
        }
        // Now it is known which of the two it is: who says otherwise again is not asked a third time.
        return await TryEditAsync(chatId, messageId, screen, cancellation);
    }

    private async Task<bool> TryEditAsync(long chatId, long messageId, Screen screen, CancellationToken cancellation)
    {
        try
        {
            if (screen.Picture is null && _photo != messageId)
            {
                await right.ActAsync(limited => client.EditMessageTextAsync(chatId, messageId, screen.Html, screen.Keyboard, limited), s_limit, cancellation);
                return true;
            }
            if (Html.PlainLength(screen.Html) > CaptionLimit)
                return false;
            await EditPhotoAsync(chatId, messageId, screen, cancellation);
            return true;
        }
        catch (ApiRequestException refused) when (refused.IsNotModified)
        {
            return true;
        }
        catch (ApiRequestException refused) when (refused.IsMessageGone)
        {
            return false;
        }
    }

    private async Task EditPhotoAsync(long chatId, long messageId, Screen screen, CancellationToken cancellation)
    {
        var picture = screen.Picture ?? Banner.Picture;
        if (_photo == messageId && _picture == picture.Mark)
        {
            await right.ActAsync(
                limited => client.EditMessageCaptionAsync(chatId, messageId, screen.Html, screen.Keyboard, limited), s_limit, cancellation);
            return;
        }
        await right.ActAsync(
            limited => client.EditMessageMediaAsync(chatId, messageId, picture.Png, screen.Html, screen.Keyboard, limited), s_longLimit, cancellation);
        (_photo, _picture) = (messageId, picture.Mark);
    }
}

/// <summary>What a photo message shows where the screen has no picture of its own.</summary>
internal static class Banner
{
    /// <summary>Made of <c>Charts/banner.svg</c>; in the program, because not every node can draw.</summary>
    public static Picture Picture { get; } = new("banner", Read());

    private static byte[] Read()
    {
        using var resource = typeof(Banner).Assembly.GetManifestResourceStream("banner.png")
            ?? throw new InvalidOperationException("the banner is not in the program");
        var png = new byte[resource.Length];
        resource.ReadExactly(png);
        return png;
    }
}
