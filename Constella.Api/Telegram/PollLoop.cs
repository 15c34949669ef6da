using System.Collections.Immutable;
using Constella.Api.Cluster;
using Constella.Api.Telegram.Client;
using Constella.Core.Cluster;
using Constella.Core.Telegram;

namespace Constella.Api.Telegram;

/// <summary>
/// Reads updates and confirms what was handled, as <see cref="UpdatePoller"/> decides; polls do not wait for handlers (rule W3).
/// </summary>
internal sealed partial class PollLoop(
    ICluster cluster, ITelegramBotClient client, BotRight right, UpdateHandler handler, TelegramReach reach, ILogger log)
{
    /// <summary>What a poll may take beyond its own timeout.</summary>
    private const int Slack = 1_500;

    /// <summary>The same offset twice within 3 s may park a poll of timeout 0 for 3 s.</summary>
    private const int LeastTimeout = 3_000;

    /// <summary>A confirming poll that has been under way for this long has reached Telegram.</summary>
    private const int Underway = 200;

    private readonly UpdatePoller _poller = new();
    private Task<bool>? _handling;
    private long _confirmed;
    private bool _toldRefused;

    /// <summary>Until <paramref name="stopping"/> is set: then finishes the update at hand and confirms it (rule L5).</summary>
    /// <param name="goesOn">False ends the loop as it stands: the token has changed.</param>
    public async Task RunAsync(Func<bool> goesOn, CancellationToken stopping, CancellationToken cancellation)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stopping, cancellation);
        while (!both.IsCancellationRequested && goesOn())
        {
            Settle();
            var request = _poller.Next(right.MayAct, cluster.View.Bot.Mode);
            if (!await WaitedAsync(request.WaitMs, both.Token))
                continue;
            if (request.Offset > 0 && !right.MayAct)
                continue;
            var (result, updates) = await PollAsync(request, both.Token);
            if (both.IsCancellationRequested)
                break;
            cluster.Post(new Input.PollEnded(_poller.Judge(request, result, Ids(updates))));
            if (result == PollResult.Webhook)
                await DeleteWebhookAsync(cancellation);
            Take(request, result, updates, cancellation);
        }
        cancellation.ThrowIfCancellationRequested();
        await FinishAsync(cancellation);
    }

    private void Take(PollRequest request, PollResult result, ImmutableArray<Update> updates, CancellationToken cancellation)
    {
        var remembered = cluster.View.Updates;
        var fresh = _poller.Answered(request, result, Ids(updates), remembered.Contains);
        if (fresh.IsEmpty)
            return;
        var batch = updates.Where(update => fresh.Contains(update.UpdateId)).ToImmutableArray();
        _handling = Task.Run(() => HandleAsync(batch, cancellation), CancellationToken.None);
    }

    private static ImmutableArray<long> Ids(ImmutableArray<Update> updates) => [.. updates.Select(update => update.UpdateId)];

    /// <summary>Tells the poller when the batch at work has come to its end.</summary>
    private void Settle()
    {
        if (_handling is not { IsCompleted: true } ended)
            return;
        _handling = null;
        if (ended.Result)
            _poller.Handled();
        else
            _poller.Abandoned();
    }

    private async Task<bool> HandleAsync(ImmutableArray<Update> batch, CancellationToken cancellation)
    {
        try
        {
            return await handler.HandleAsync(batch, cancellation);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
        catch (Exception unforeseen)
        {
            LogUnforeseen(unforeseen);
            return false;
        }
    }

    /// <returns>False when the wait was cut short: what to ask for is decided anew.</returns>
    private async Task<bool> WaitedAsync(long milliseconds, CancellationToken cancellation)
    {
        if (milliseconds <= 0)
            return true;
        var delay = Task.Delay(TimeSpan.FromMilliseconds(milliseconds), cancellation);
        var first = await Task.WhenAny(_handling is { } handling ? [delay, handling] : [delay]);
        return first == delay && delay.IsCompletedSuccessfully;
    }

    private async Task<(PollResult Result, ImmutableArray<Update> Updates)> PollAsync(PollRequest request, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(Math.Max(request.TimeoutSeconds * 1_000, LeastTimeout) + Slack);
        try
        {
            var poll = client.GetUpdatesAsync(request.Offset, request.Limit, request.TimeoutSeconds, limited.Token);
            if (request.Offset > 0)
                await WhileAllowedAsync(poll, request.Offset, limited);
            var updates = await poll;
            reach.Answered();
            return (PollResult.Ok, updates);
        }
        catch (ApiRequestException refused)
        {
            reach.Answered();
            return (await ResultAsync(refused, cancellation), []);
        }
        catch (Exception failed) when (failed is RequestException or OperationCanceledException)
        {
            return (PollResult.Failed, []);
        }
    }

    /// <summary>A confirming poll ends with the right to confirm; as long as that is renewed, the poll goes on.</summary>
    private async Task WhileAllowedAsync(Task poll, long offset, CancellationTokenSource limited)
    {
        var begun = cluster.Mono;
        while (!poll.IsCompleted && !limited.IsCancellationRequested)
        {
            if (cluster.Mono - begun >= Underway)
                _confirmed = offset;
            if (!right.MayAct)
                await limited.CancelAsync();
            await Task.WhenAny(poll, Task.Delay(Underway / 2, CancellationToken.None));
        }
        if (poll.IsCompletedSuccessfully)
            _confirmed = offset;
    }

    private async Task<PollResult> ResultAsync(ApiRequestException refused, CancellationToken cancellation)
    {
        if (refused.IsWebhook)
            return PollResult.Webhook;
        if (refused.ErrorCode == 409)
            return PollResult.Conflict;
        if (refused.ErrorCode is 401 or 404 && !_toldRefused)
        {
            _toldRefused = true;
            LogToken();
        }
        if (refused.RetryAfter is { } seconds)
            await WaitedAsync(seconds * 1_000L, cancellation);
        return PollResult.Failed;
    }

    private async Task DeleteWebhookAsync(CancellationToken cancellation)
    {
        try
        {
            await right.ActAsync(client.DeleteWebhookAsync, TimeSpan.FromSeconds(2), cancellation);
            LogWebhook();
        }
        catch (Exception failed) when (failed is RequestException or RightLostException)
        {
            // The next poll meets the webhook again.
        }
    }

    private async Task FinishAsync(CancellationToken cancellation)
    {
        if (_handling is not null)
            await _handling;
        Settle();
        var offset = _poller.Next(mayAct: true).Offset;
        if (offset <= 0 || offset == _confirmed)
            return;
        try
        {
            await right.ActAsync(limited => client.GetUpdatesAsync(offset, 1, 0, limited), TimeSpan.FromMilliseconds(700), cancellation);
        }
        catch (Exception failed) when (failed is RequestException or RightLostException)
        {
            // The next Host finds these updates remembered as handled, and confirms them.
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "An update could not be handled; it is tried again.")]
    private partial void LogUnforeseen(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "Telegram does not know the bot token: set the right one with 'constella config set bot-token'.")]
    private partial void LogToken();

    [LoggerMessage(Level = LogLevel.Warning, Message = "A webhook was set for the bot; it was removed, so that the bot can poll. Pending updates are kept.")]
    private partial void LogWebhook();
}
