using Constella.Api.Peers;
using Constella.Api.State;
using Constella.Core;
using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Api.Cluster;

/// <summary>Does to the world what a step asks, in its order.</summary>
internal sealed class EffectRunner(ClusterDriver driver, StateStore store, IServiceProvider services, ILogger log)
{
    /// <summary>How long a call that came too late may still go on.</summary>
    private static readonly TimeSpan s_abandoned = TimeSpan.FromMilliseconds(3 * Timings.CallTimeout);

    // Not before the driver starts: these rooms read the driver themselves.
    private readonly IBotHost _bot = services.GetRequiredService<IBotHost>();
    private readonly ICommandExecutor _executor = services.GetRequiredService<ICommandExecutor>();
    private readonly IHeartbeatSender _sender = services.GetRequiredService<IHeartbeatSender>();

    private readonly IAuditLog _audit = services.GetRequiredService<IAuditLog>();
    private readonly IAuditPuller _puller = services.GetRequiredService<IAuditPuller>();
    private readonly NetworkKeys _keys = services.GetRequiredService<NetworkKeys>();

    public void Run(IReadOnlyList<Effect> effects, ClusterView view)
    {
        var lastWrite = -1;
        for (var i = 0; i < effects.Count; i++)
        {
            if (effects[i] is Effect.Persist)
                lastWrite = i;
        }
        // Readers see what is on disk, and whoever gets a reply sees at least what it speaks of.
        if (lastWrite < 0)
            driver.Publish(view);
        for (var i = 0; i < effects.Count; i++)
        {
            Run(effects[i]);
            if (i == lastWrite)
                driver.Publish(view);
        }
    }

    public void StopBotAtOnce() => _bot.Stop(orderly: false);

    private void Run(Effect effect)
    {
        driver.Tally.Note(effect);
        switch (effect)
        {
            case Effect.Persist persist:
                store.Save(persist.State);
                _keys.Follow(persist.State);
                driver.Written(persist.State);
                break;
            case Effect.Record record:
                _audit.Append(record.Entries);
                break;
            case Effect.PullAudit pull:
                _ = Task.Run(() => PullAsync(pull));
                break;
            case Effect.Send send:
                _ = Task.Run(() => SendAsync(send));
                break;
            case Effect.Reply reply:
                driver.Complete(reply.Ticket, reply.Answer);
                break;
            case Effect.StartBot start:
                _bot.Start(start.Mode, start.Term);
                break;
            case Effect.StopBot stop:
                _bot.Stop(stop.Orderly);
                break;
            case Effect.Probe probe:
                _bot.Probe(probe.TimeoutSeconds);
                break;
            case Effect.Execute execute:
                log.LogWarning("executing command {Id}: {Action}", execute.CommandId, execute.Action);
                _executor.Execute(execute.CommandId, execute.Action);
                break;
            case Effect.Notify notify:
                NoticeLog.Write(log, notify.Notice);
                _bot.Tell(notify.Notice);
                break;
            default:
                throw new InvalidOperationException($"no way to run {effect.GetType().Name}");
        }
    }

    private static string Reason(PeerException error) =>
        error is { Status: StatusCodes.Status401Unauthorized, Code: null } ? Errors.Unauthorized : error.Code ?? error.Message;

    private async Task PullAsync(Effect.PullAudit pull)
    {
        AuditPage? page = null;
        try
        {
            page = await _puller.PullAsync(pull.Peer, pull.Pull, driver.Stopping);
        }
        catch (Exception error) when (error is PeerException or OperationCanceledException)
        {
            log.LogDebug("the audit log of {Peer} was not read, and is tried again: {Reason}", pull.Peer, error.Message);
        }
        driver.Post(new Input.AuditPulled(pull.Peer, page));
    }

    private async Task SendAsync(Effect.Send send)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(driver.Stopping);
        end.CancelAfter(s_abandoned);
        var call = _sender.SendAsync(send, end.Token);
        await AnswerAsync(send, call);
        // Broken off, it would take its connection with it: where a new one takes most of a second, the next call would be late as well.
        await ((Task)call).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task AnswerAsync(Effect.Send send, Task<HeartbeatAnswer> call)
    {
        try
        {
            driver.Post(new Input.HeartbeatAnswered(send.Peer, send.Id, await call.WaitAsync(TimeSpan.FromMilliseconds(Timings.CallTimeout), driver.Stopping)));
        }
        catch (Exception late) when (late is OperationCanceledException or TimeoutException)
        {
            driver.Post(new Input.PeerFailed(send.Peer, send.Id, Errors.Timeout));
        }
        catch (PeerException error)
        {
            log.LogDebug("heartbeat to {Peer} at {Address}: {Reason}", send.Peer, send.Address, error.Message);
            driver.Post(new Input.PeerFailed(send.Peer, send.Id, Reason(error)));
        }
#pragma warning disable CA1031 // A call that is never ended would leave the node waiting for it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            log.LogError(error, "heartbeat to {Peer} could not be sent", send.Peer);
            driver.Post(new Input.PeerFailed(send.Peer, send.Id, "fault"));
        }
    }
}
