using System.Collections.Immutable;
using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Telegram;

namespace Constella.Tests.Simulation;

/// <summary>The bot host of the product in small: the real <see cref="UpdatePoller"/>, and handlers that take their time.</summary>
internal sealed class SimBot(World world, SimNode node)
{
    private const long HandledTimeout = 3_000;
    private UpdatePoller _poller = new();
    private int _life;
    private bool _stopping;

    public bool Running { get; private set; }

    public void Start()
    {
        if (Running && !_stopping)
            return;
        Running = true;
        _stopping = false;
        _poller = new UpdatePoller();
        _life++;
        Poll(_life);
    }

    public void Stop(bool orderly)
    {
        if (Running && orderly && (_poller.Handling || _poller.Confirming))
        {
            _stopping = true;
            if (_poller.Confirming)
                Poll(++_life);
            return;
        }
        Stopped();
    }

    /// <summary>Rule W1: reads the head and confirms nothing.</summary>
    public void Probe(int timeoutSeconds) =>
        Call(0, 1, timeoutSeconds, Timings.ProbeTimeout, (result, ids) =>
            node.Step(new Input.ProbeEnded(result, ids.Count == 0 ? null : ids[0])));

    private void Stopped()
    {
        Running = false;
        _stopping = false;
        _life++;
        world.At(world.Now + 5, node, () => node.Step(new Input.BotStopped()));
    }

    private void Poll(int life)
    {
        if (life != _life || !Running)
            return;
        var wait = _stopping ? 0 : _poller.Next(node.MayAct, node.Mode).WaitMs;
        if (wait > 0)
            world.At(world.Now + wait, node, () => PollNow(life));
        else
            PollNow(life);
    }

    private void PollNow(int life)
    {
        if (life != _life || !Running)
            return;
        var mayAct = node.MayAct;
        var request = _poller.Next(mayAct, node.Mode);
        if (_stopping && (!mayAct || request.Offset == 0) && !_poller.Handling)
        {
            Stopped();
            return;
        }
        var seconds = _stopping ? 0 : request.TimeoutSeconds;
        if (request.Offset > 0)
            world.Check.Confirms(node, request.Offset);
        Call(request.Offset, request.Limit, seconds, (seconds * 1000) + 1_000, (result, ids) =>
        {
            if (life != _life || !Running)
                return;
            node.Step(new Input.PollEnded(_poller.Judge(request, result, ids)));
            if (result == PollResult.Webhook && node.MayAct)
                DeleteWebhook();
            if (life != _life || !Running || !node.Up)
                return;
            if (_stopping && !_poller.Handling)
            {
                Stopped();
                return;
            }
            var batch = _poller.Answered(request, result, ids, node.View.Updates.Contains);
            if (!batch.IsEmpty)
                Handle(life, batch);
            Poll(life);
        });
    }

    private void DeleteWebhook()
    {
        world.Check.SideEffect(node);
        var reaches = node.ReachesTelegram;
        world.At(world.Now + Latency(150), () =>
        {
            if (reaches)
                world.Telegram.DeleteWebhook();
        });
    }

    private long Latency(int most) => node.TelegramDelay + node.Random.Next(10, most);

    private void Handle(int life, ImmutableArray<long> batch)
    {
        if (world.Options.ConfirmBeforeHandled)
            _poller.Handled();
        HandleNext(life, batch, 0);
    }

    private void HandleNext(int life, ImmutableArray<long> batch, int index)
    {
        if (index == batch.Length)
        {
            Remember(life, batch);
            return;
        }
        world.At(world.Now + node.Random.Next(50, 400), node, () =>
        {
            if (life != _life)
                return;
            if (!node.MayAct)
            {
                Abandon();
                return;
            }
            world.Workload.Handle(node, batch[index], done =>
            {
                if (life != _life)
                    return;
                if (done)
                    HandleNext(life, batch, index + 1);
                else
                    Abandon();
            });
        });
    }

    private void Remember(int life, ImmutableArray<long> batch)
    {
        var answered = false;
        node.Ask(ticket => new Input.UpdatesHandled(batch, null, ticket), answer =>
        {
            if (answered || life != _life)
                return;
            answered = true;
            if (answer is Answer.Done { Error: null })
            {
                world.Check.Committed(node, batch);
                Commit();
            }
            else
                Abandon();
        });
        world.At(world.Now + HandledTimeout, node, () =>
        {
            if (answered || life != _life)
                return;
            answered = true;
            Abandon();
        });
    }

    private void Commit()
    {
        _poller.Handled();
        if (_stopping)
            Poll(++_life);
    }

    private void Abandon()
    {
        _poller.Abandoned();
        if (_stopping)
            Stopped();
    }

    /// <summary>A call over the wire: latency both ways, an outage, the caller's own time-out.</summary>
    private void Call(long offset, int limit, int seconds, long timeoutMs, PollAnswered answered)
    {
        var over = false;
        void End(PollResult result, IReadOnlyList<long> ids)
        {
            if (over)
                return;
            over = true;
            answered(result, ids);
        }

        if (!node.ReachesTelegram)
        {
            var after = node.Random.Chance(500) ? timeoutMs : node.Random.Next(20, 300);
            world.At(world.Now + after, node, () => End(PollResult.Failed, []));
            return;
        }
        world.At(world.Now + timeoutMs, node, () => End(PollResult.Failed, []));
        var (caller, epoch) = (node, node.Epoch);
        if (node.TelegramDelay > 0)
            world.Check.TelegramSlow();
        world.At(world.Now + Latency(150), () =>
        {
            world.Check.Calling(caller);
            world.Telegram.GetUpdates(offset, limit, seconds, (result, ids) =>
            {
                world.Check.Looked(caller, result);
                if (!caller.ReachesTelegram || epoch != caller.Epoch)
                    return;
                if (world.Tracing && result != PollResult.Ok)
                    world.Trace(caller, $"   telegram answers {result} to offset {offset}");
                world.At(world.Now + Latency(100), caller, () => End(result, ids));
            });
        });
    }
}
