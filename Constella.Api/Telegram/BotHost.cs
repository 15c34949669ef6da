using Constella.Api.Cluster;
using Constella.Api.Telegram.Client;
using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Api.Telegram;

/// <summary>The bot as the driver switches it: one run at a time, each ended before the next begins.</summary>
internal sealed partial class BotHost(BotParts parts) : IBotHost, IDisposable
{
    private static readonly TimeSpan s_noticeSpacing = TimeSpan.FromHours(1);

    private static readonly TimeSpan s_restart = TimeSpan.FromSeconds(1);

    private readonly ILogger _log = parts.Log;
    private readonly Lock _lock = new();
    private readonly Dictionary<(NoticeKind, string?), DateTimeOffset> _told = [];
    private readonly CancellationTokenSource _disposed = new();
    private Run? _run;
    private Run? _ending;
    private Task _last = Task.CompletedTask;
    private volatile BotSession? _session;
    private bool _toldNoToken;

    private sealed class Run : IDisposable
    {
        /// <summary>An orderly end.</summary>
        public CancellationTokenSource Stopping { get; } = new();

        /// <summary>An end at once.</summary>
        public CancellationTokenSource Cancelled { get; } = new();

        public void Dispose()
        {
            Stopping.Dispose();
            Cancelled.Dispose();
        }
    }

    public void Start(Polls mode, Term term)
    {
        lock (_lock)
        {
            // A running bot reads its right from the view: a new one needs no restart.
            if (_run is not null || _disposed.IsCancellationRequested)
                return;
            _run = new Run();
            _last = RunAsync(_run, _last);
        }
    }

    public void Stop(bool orderly)
    {
        lock (_lock)
        {
            if (_run is not { } run)
            {
                // Whoever waits for the end of a run that is ending already hears of it from that one.
                if (_last.IsCompleted)
                    parts.Cluster.Post(new Input.BotStopped());
                else if (!orderly)
                    _ending?.Cancelled.Cancel();
                return;
            }
            _run = null;
            _ending = run;
            (orderly ? run.Stopping : run.Cancelled).Cancel();
        }
    }

    public void Probe(int timeoutSeconds) => _ = Task.Run(() => ProbeAsync(timeoutSeconds));

    public void Tell(Notice notice)
    {
        ArgumentNullException.ThrowIfNull(notice);
        if (_session is not { } session || !parts.Cluster.View.MayAct(parts.Cluster.Mono))
            return;
        var now = parts.Time.GetUtcNow();
        lock (_lock)
        {
            var key = (notice.Kind, notice.NodeId);
            if (_told.TryGetValue(key, out var last) && now - last < s_noticeSpacing)
                return;
            _told[key] = now;
        }
        session.Tell(notice);
    }

    public void Dispose()
    {
        Stop(orderly: false);
        _disposed.Cancel();
    }

    private async Task RunAsync(Run run, Task before)
    {
        // The caller is the driver: it must not wait for anything in here.
        await Task.Yield();
        await before;
        try
        {
            while (!run.Cancelled.IsCancellationRequested && !run.Stopping.IsCancellationRequested)
            {
                if (await TokenAsync(run) is { } token)
                    await RunAsync(run, token);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped while it waited for a token, or at once: nothing is under way any more.
        }
        finally
        {
            Ended(run);
        }
    }

    private async Task RunAsync(Run run, string token)
    {
        var session = _session = new BotSession(parts, token);
        try
        {
            await session.RunAsync(run.Stopping.Token, run.Cancelled.Token);
        }
        catch (Exception unforeseen) when (unforeseen is not OperationCanceledException)
        {
            LogUnforeseen(unforeseen);
            await Task.Delay(s_restart, run.Cancelled.Token);
        }
        finally
        {
            _session = null;
        }
    }

    private void Ended(Run run)
    {
        lock (_lock)
        {
            if (_run == run)
                _run = null;
            if (_ending == run)
                _ending = null;
        }
        parts.Cluster.Post(new Input.BotStopped());
        run.Dispose();
    }

    /// <returns>Null when the view was looked at and there is none yet.</returns>
    private async Task<string?> TokenAsync(Run run)
    {
        if (parts.Cluster.View.Settings.BotToken is { Length: > 0 } token)
        {
            _toldNoToken = false;
            return token;
        }
        if (!_toldNoToken)
            LogNoToken();
        _toldNoToken = true;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(run.Stopping.Token, run.Cancelled.Token);
        // Asked for before the second look, or a token that comes between the two waits for the next change.
        var next = parts.Cluster.NextViewAsync(either.Token);
        if (parts.Cluster.View.Settings.BotToken is null)
            await next;
        return null;
    }

    private async Task ProbeAsync(int timeoutSeconds)
    {
        var (result, head) = (PollResult.Failed, (long?)null);
        if (parts.Cluster.View.Settings.BotToken is { Length: > 0 } token)
        {
            using var limited = CancellationTokenSource.CreateLinkedTokenSource(_disposed.Token);
            limited.CancelAfter(TimeSpan.FromMilliseconds(Timings.ProbeTimeout));
            try
            {
                var updates = await parts.Clients.Create(token).GetUpdatesAsync(0, 1, timeoutSeconds, limited.Token);
                (result, head) = (PollResult.Ok, updates.IsEmpty ? null : updates[0].UpdateId);
            }
            catch (ApiRequestException refused) when (refused.ErrorCode == 409)
            {
                result = refused.IsWebhook ? PollResult.Webhook : PollResult.Conflict;
            }
            catch (Exception failed) when (failed is RequestException or OperationCanceledException)
            {
                // It proves nothing (rule W1).
            }
            catch (Exception unforeseen)
            {
                // The witness waits for each probe's end.
                LogProbe(unforeseen);
            }
        }
        parts.Cluster.Post(new Input.ProbeEnded(result, head));
    }

    [LoggerMessage(Level = LogLevel.Information,
        Message = "No bot token: the bot is off, everything else works. Add one with 'constella config set bot-token'.")]
    private partial void LogNoToken();

    [LoggerMessage(Level = LogLevel.Error, Message = "A probe ended unexpectedly; it counts as unanswered.")]
    private partial void LogProbe(Exception exception);

    [LoggerMessage(Level = LogLevel.Error, Message = "The bot ended unexpectedly; it is started again.")]
    private partial void LogUnforeseen(Exception exception);
}
