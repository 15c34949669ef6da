using System.Collections.Immutable;
using Constella.Api.Cluster;
using Constella.Api.Telegram.Client;
using Constella.Api.Telegram.Screens;
using Constella.Core.Cluster;
using Constella.Core.Members;

namespace Constella.Api.Telegram;

/// <summary>
/// Handles a batch of updates: answers the presses, works out what the settings have to remember, and has all of it committed in
/// one step (rule W6). Only then may the batch be confirmed. What is drawn follows from the settings (<see cref="Display"/>).
/// </summary>
internal sealed class UpdateHandler(
    ICluster cluster,
    ITelegramBotClient client,
    BotRight right,
    Display display,
    OwnerGate gate,
    InviteCommand invites,
    Func<long, string, string> commandId,
    TimeProvider time)
{
    private const string RebootAction = "reboot";
    private const string SpeedAction = "speed";

    /// <summary>Twice that is well below the time after which an unmoved head looks like a dead Host (rule W1).</summary>
    private static readonly TimeSpan s_answerLimit = TimeSpan.FromMilliseconds(1_500);

    private const int FirstTries = 2;

    /// <summary>Telegram takes an answer for some 15 s; the spinner of an app does not turn longer either.</summary>
    private const int LaterTries = 6;

    /// <returns>False when the batch was not committed and has to be read again.</returns>
    public async Task<bool> HandleAsync(ImmutableArray<Update> updates, CancellationToken cancellation)
    {
        if (!right.MayAct)
            return false;
        var batch = new Batch(cluster.View);
        var answers = new List<Task>();
        try
        {
            foreach (var update in updates)
            {
                if (update.CallbackQuery is { } press && Admitted(batch, press.From, press.Message?.Chat))
                {
                    answers.Add(AnswerAsync(press, Pressed(batch, update.UpdateId, press), cancellation));
                }
                else if (update.Message is { } message && Admitted(batch, message.From, message.Chat))
                {
                    await SaidAsync(batch, message, cancellation);
                }
            }
            await Task.WhenAll(answers);
            return await CommitAsync(batch, updates, cancellation);
        }
        catch (RightLostException)
        {
            return false;
        }
    }

    private bool Admitted(Batch batch, User? from, Chat? chat)
    {
        if (gate.Admit(from, chat, batch.Settings, time.GetUtcNow()) is not { } learned)
            return false;
        batch.Learn(learned);
        return true;
    }

    /// <returns>A word for the owner, shown for a moment; mostly none.</returns>
    private string? Pressed(Batch batch, long updateId, CallbackQuery press)
    {
        var key = ScreenKey.Parse(press.Data);
        var at = press.Message!;
        if (key.Kind == ScreenKind.Mute)
        {
            var mute = Mutes.Pressed(key, cluster.View, time.GetUtcNow(), batch.Settings.OwnerLanguage);
            if (mute is { Option: var option })
                batch.Set(option);
            return mute?.Answer;
        }
        string? word = null;
        if (key.Kind == ScreenKind.RenewConfirmed)
        {
            (var renewed, word) = Renewals.Pressed(key, cluster.View, batch.Settings);
            if (renewed is not null)
                batch.Set(renewed);
            key = new ScreenKey(ScreenKind.Traffic, key.Node);
        }
        if (key.Kind == ScreenKind.RebootConfirmed)
            key = Confirmed(batch, updateId, key);
        if (key.Kind == ScreenKind.SpeedRunning)
            key = Measured(batch, updateId, key);
        // An alert stays what it is: the card is a new message below it.
        batch.Show(key.Kind == ScreenKind.Open
            ? new LivingMessage(at.Chat.Id, 0, new ScreenKey(key.Detail == TrafficScreens.Opened ? ScreenKind.Traffic : ScreenKind.Card, key.Node).ToString())
            : new LivingMessage(at.Chat.Id, at.MessageId, key.ToString()));
        return word;
    }

    /// <summary>A reboot is remembered by all before anything is sent to the node.</summary>
    private ScreenKey Confirmed(Batch batch, long updateId, ScreenKey key)
    {
        var progress = new ScreenKey(ScreenKind.RebootProgress, key.Node);
        if (batch.Settings.Reboots.Any(reboot => reboot.Target == key.Node))
            return progress;
        var boot = FleetScreens.Find(cluster.View, key.Node)?.Boot;
        var reboot = new PendingReboot(commandId(updateId, RebootAction), key.Node!, boot ?? "", time.GetUtcNow());
        if (boot is null)
            return ScreenKey.Failed(reboot, RebootFailure.Gone);
        if (ScreenKey.BootMark(boot) != key.Detail)
            return ScreenKey.Failed(reboot, RebootFailure.Already);
        batch.Add(reboot);
        return progress;
    }

    /// <summary>The test's id is made of the press, and goes into the screen that all remember.</summary>
    private ScreenKey Measured(Batch batch, long updateId, ScreenKey key)
    {
        if (FleetScreens.Find(cluster.View, key.Node) is null)
            return ScreenKey.List;
        // Pressed twice: the second press shows what the first one has begun.
        if (batch.Settings.Message is { } shown && ScreenKey.Parse(shown.Screen) is { Kind: ScreenKind.SpeedRunning } running && running.Node == key.Node)
            return running;
        return SpeedChoice.Parse(key.Detail) is { Id: null } choice
            ? key with { Detail = choice.Wanted(commandId(updateId, SpeedAction)).ToString() }
            : new ScreenKey(ScreenKind.Speed, key.Node);
    }

    private async Task SaidAsync(Batch batch, Message message, CancellationToken cancellation)
    {
        var words = (message.Text ?? "").Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        // In a chat with several bots a command carries the bot's name.
        var command = (words.FirstOrDefault() ?? "").Split('@')[0].ToLowerInvariant();
        if (command == "/invite")
        {
            var html = await invites.AnswerAsync(words.ElementAtOrDefault(1), Texts.For(batch.Settings.OwnerLanguage), cancellation);
            await TellAsync(message.Chat.Id, html, cancellation);
            return;
        }
        var key = command is "/start" or "/nodes" ? ScreenKey.List : new ScreenKey(command == "/audit" ? ScreenKind.Audit : ScreenKind.Help);
        batch.Show(new LivingMessage(message.Chat.Id, 0, key.ToString()));
    }

    /// <summary>At once, so that it is not lost with this process; later where Telegram does not take it.</summary>
    private async Task TellAsync(long chatId, string html, CancellationToken cancellation)
    {
        try
        {
            await right.ActAsync(limited => client.SendMessageAsync(chatId, html, null, limited), s_answerLimit, cancellation);
        }
        catch (RequestException)
        {
            display.Tell(html);
        }
    }

    private async Task AnswerAsync(CallbackQuery press, string? word, CancellationToken cancellation)
    {
        // Nobody asks for it again once the batch is confirmed, and the batch cannot wait: where the network is bad it goes on beside what follows.
        if (!await AnsweredAsync(press, word, FirstTries, cancellation))
            _ = AnswerLaterAsync(press, word, cancellation);
    }

    private async Task AnswerLaterAsync(CallbackQuery press, string? word, CancellationToken cancellation)
    {
        try
        {
            await AnsweredAsync(press, word, LaterTries, cancellation);
        }
        catch (Exception ended) when (ended is RightLostException or OperationCanceledException)
        {
            // It only stops the button's spinner.
        }
    }

    private async Task<bool> AnsweredAsync(CallbackQuery press, string? word, int tries, CancellationToken cancellation)
    {
        for (; tries > 0; tries--)
        {
            try
            {
                await right.ActAsync(limited => client.AnswerCallbackQueryAsync(press.Id, word, limited), s_answerLimit, cancellation);
                return true;
            }
            catch (ApiRequestException)
            {
                // A press from before a failover may be too old for it.
                return true;
            }
            catch (RequestException)
            {
                // Lost on its way, most likely.
            }
        }
        return false;
    }

    private async Task<bool> CommitAsync(Batch batch, ImmutableArray<Update> updates, CancellationToken cancellation)
    {
        if (!right.MayAct)
            return false;
        // A patch has room for one reboot; the others go first, so that all are remembered before the batch is.
        foreach (var reboot in batch.Reboots.Skip(1))
        {
            var early = new SettingsPatch { AddReboot = reboot };
            if (await cluster.AskAsync(ticket => new Input.SettingsChanged(early, ticket), cancellation) is not Answer.Done { Error: null })
                return false;
        }
        var ids = updates.Select(update => update.UpdateId).ToImmutableArray();
        var patch = batch.Patch;
        var answer = await cluster.AskAsync(ticket => new Input.UpdatesHandled(ids, patch, ticket), cancellation);
        if (answer is not Answer.Done { Error: null })
            return false;
        if (batch.HasSpoken)
            display.Redraw();
        return true;
    }
}
