using Constella.Api.Telegram.Client;
using Constella.Api.Telegram.Screens;
using Constella.Core.Members;

namespace Constella.Api.Telegram;

/// <summary>
/// Who may speak to the bot: the owner by numeric id; before the first contact, whoever has the owner's @username, and that
/// person's id is bound then (usernames change hands, ids do not).
/// </summary>
internal sealed partial class OwnerGate(ILogger log)
{
    private static readonly TimeSpan s_logSpacing = TimeSpan.FromMinutes(1);

    private DateTimeOffset _nextLog = DateTimeOffset.MinValue;
    private bool _toldHow;

    /// <param name="settings">With what this batch has changed already.</param>
    /// <returns>Null for a stranger; else what the settings have to learn, which may be nothing.</returns>
    public SettingsPatch? Admit(User? from, Chat? chat, Settings settings, DateTimeOffset now)
    {
        if (from is null || from.IsBot || chat is not { Type: "private" } || chat.Id != from.Id)
            return null;
        if (settings.OwnerId is null or 0 && string.IsNullOrEmpty(settings.OwnerUsername))
        {
            if (!_toldHow)
                LogNoOwner();
            _toldHow = true;
            return null;
        }
        if (!IsOwner(from, settings))
        {
            if (now >= _nextLog)
                LogStranger(from.Id);
            _nextLog = now >= _nextLog ? now + s_logSpacing : _nextLog;
            return null;
        }
        var language = Texts.For(from.LanguageCode).Language;
        return new SettingsPatch
        {
            OwnerId = settings.OwnerId == from.Id ? null : from.Id,
            OwnerLanguage = settings.OwnerLanguage == language ? null : language,
        };
    }

    private static bool IsOwner(User from, Settings settings) => settings.OwnerId is { } id and not 0
        ? from.Id == id
        : string.Equals(from.Username, settings.OwnerUsername!.TrimStart('@'), StringComparison.OrdinalIgnoreCase);

    [LoggerMessage(Level = LogLevel.Warning,
        Message = "Somebody writes to the bot, but it has no owner: set one with 'constella owner set @username' (or with --id).")]
    private partial void LogNoOwner();

    [LoggerMessage(Level = LogLevel.Warning, Message = "A stranger (Telegram id {Id}) writes to the bot; not answered.")]
    private partial void LogStranger(long id);
}
