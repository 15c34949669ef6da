using System.Collections.Immutable;
using Constella.Core.Audit;
using Constella.Core.Cluster;
using static Constella.Api.Telegram.Screens.FleetScreens;

namespace Constella.Api.Telegram.Screens;

/// <summary>What was commanded of late, the latest first, a page at a time (rule U6).</summary>
internal static class AuditScreen
{
    /// <summary>How many commands the pages go back.</summary>
    public const int Told = 64;

    /// <summary>So many fit into a picture's caption, whatever they are about.</summary>
    public const int PageSize = 6;

    private const int Longest = 16;

    /// <param name="commands">By their beginnings.</param>
    public static Screen Of(ClusterView view, ImmutableArray<AuditedCommand> commands, int page, Texts texts)
    {
        var pages = ListScreen.Pages(commands.Length, PageSize);
        page = Math.Clamp(page, 0, pages - 1);
        var key = ScreenKey.Page(ScreenKind.Audit, page);
        var lines = commands.Reverse().Skip(page * PageSize).Take(PageSize).Select(command => Line(view, command, texts)).ToArray();
        var rows = ImmutableArray.CreateBuilder<ImmutableArray<Client.InlineKeyboardButton>>();
        if (ListScreen.Turning(page, pages, at => ScreenKey.Page(ScreenKind.Audit, at)) is { IsEmpty: false } turning)
            rows.Add(turning);
        rows.Add([Button(texts[Text.BackToList], ScreenKey.List), Button(texts[Text.Refresh], key)]);
        return new Screen(
            key,
            texts[Text.AuditTitle] + "\n\n" + (lines.Length == 0 ? texts[Text.AuditNone] : string.Join('\n', lines)),
            new Client.InlineKeyboardMarkup(rows.ToImmutable()));
    }

    private static string Line(ClusterView view, AuditedCommand command, Texts texts)
    {
        var what = texts.Format(What(command.Action), Name(view, command.Target), Short(command.Detail));
        var who = command.By switch
        {
            null => Name(view, command.Node),
            AuditActors.CommandLine => texts.Format(Text.AuditCli, Name(view, command.Node)),
            var by when by.StartsWith("invite ", StringComparison.Ordinal) => texts.Format(Text.AuditInvite, Short(by["invite ".Length..])),
            var by => Name(view, by),
        };
        var line = $"{Sign(command.Stage)} {Moment(view, command.At, texts)} {who}: {what}";
        return command.Reason is { } reason ? $"{line} ({Short(reason)})" : line;
    }

    private static string Short(string? text) => Html.EscapeShort(text, Longest * 2);

    private static string Name(ClusterView view, string? id) => Html.EscapeShort(Find(view, id)?.Record.Name ?? id, Longest);

    private static string Sign(AuditStage stage) => stage switch
    {
        AuditStage.Done => "✅",
        AuditStage.Failed => "❌",
        AuditStage.Taken => "⏳",
        _ => "❔",
    };

    private static Text What(string action) => action switch
    {
        AuditActions.Reboot => Text.AuditReboot,
        AuditActions.Invite => Text.AuditMint,
        AuditActions.Revoke => Text.AuditRevoke,
        AuditActions.Join => Text.AuditJoin,
        AuditActions.Leave => Text.AuditLeave,
        AuditActions.Evict or AuditActions.ForceLeave => Text.AuditEvict,
        AuditActions.Rotate => Text.AuditRotate,
        AuditActions.Restart => Text.AuditRestart,
        AuditActions.Update => Text.AuditUpdate,
        AuditActions.Drain => Text.AuditDrain,
        AuditActions.Undrain => Text.AuditUndrain,
        AuditActions.Rename or AuditActions.Priority => Text.AuditRecord,
        AuditActions.Speed => Text.AuditSpeed,
        _ => Text.AuditConfig,
    };
}
