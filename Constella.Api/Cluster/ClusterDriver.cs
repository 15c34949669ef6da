using System.Collections.Concurrent;
using System.Threading.Channels;
using Constella.Api.Logging;
using Constella.Api.State;
using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Api.Cluster;

/// <summary>
/// Owns the <see cref="ClusterNode"/>: one channel, one reader, one timer. Endpoints and clients submit inputs; effects are run
/// in their order, and nothing follows a <see cref="Effect.Persist"/> before it is on disk.
/// </summary>
public sealed class ClusterDriver : ICluster, IHostedLifecycleService, IDisposable
{
    private const int Waiting = 4_096;
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan HandOverTimeout = TimeSpan.FromSeconds(3);

    private const int MostReadings = 5;

    private readonly Channel<Input> _inputs =
        Channel.CreateBounded<Input>(new BoundedChannelOptions(Waiting) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly ConcurrentDictionary<long, TaskCompletionSource<Answer>> _tickets = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly LocalNode _local;
    private readonly StateStore _store;
    private readonly IServiceProvider _services;
    private readonly NodeExit _exit;
    private readonly Redactor _redactor;
    private readonly TimeProvider _time;
    private readonly ILogger<ClusterDriver> _log;

    private ClusterNode? _node;
    private EffectRunner? _runner;
    private volatile ClusterView? _view;
    private volatile NetworkState _state;
    private TaskCompletionSource<ClusterView>? _next;
    private Task _loop = Task.CompletedTask;
    private Task _timer = Task.CompletedTask;
    private long _ticket;
    private int _tickWaits;

    public ClusterDriver(
        LocalNode local, StateStore store, IServiceProvider services, NodeExit exit, Redactor redactor,
        TimeProvider time, ILogger<ClusterDriver> log)
    {
        (_local, _store, _services, _exit, _redactor, _time, _log) = (local, store, services, exit, redactor, time, log);
        _state = local.State;
    }

    public ClusterView View => _view ?? throw new InvalidOperationException("the node has not started");

    public long Mono => BootClock.Milliseconds;

    /// <summary>What is on disk; the secrets of invites are here and not in the view.</summary>
    internal NetworkState State => _state;

    public async Task<ClusterView> NextViewAsync(CancellationToken cancellation)
    {
        var fresh = new TaskCompletionSource<ClusterView>(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = Interlocked.CompareExchange(ref _next, fresh, null) ?? fresh;
        return await waiting.Task.WaitAsync(cancellation);
    }

    public void Post(Input input)
    {
        // A full channel makes the poster's continuation wait, not the poster; what was posted is never lost.
        if (!_inputs.Writer.TryWrite(input))
            _ = WriteLaterAsync(input);
    }

    public async Task<Answer> AskAsync(Func<long, Input> input, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(input);
        var ticket = Interlocked.Increment(ref _ticket);
        var answer = new TaskCompletionSource<Answer>(TaskCreationOptions.RunContinuationsAsynchronously);
        _tickets[ticket] = answer;
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _stop.Token);
            timeout.CancelAfter(AskTimeout);
            await _inputs.Writer.WriteAsync(input(ticket), timeout.Token);
            return await answer.Task.WaitAsync(timeout.Token);
        }
        catch (Exception error) when (error is ChannelClosedException
            || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return new Answer.Done(Errors.Timeout, "the node did not come to an answer in time");
        }
        finally
        {
            _ = _tickets.TryRemove(ticket, out _);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _runner = new EffectRunner(this, _store, _services, _log);
        _node = new ClusterNode(_local.State, _local.Process, new SystemRandom(), Now(), _services.GetRequiredService<IAuditLog>().Load());
        _view = _node.View;
        return Task.CompletedTask;
    }

    // Only once the port is bound: a node that cannot be called must not call others.
    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _loop = Task.Run(ReadAsync, CancellationToken.None);
        _timer = Task.Run(TickAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    /// <summary>Before anything else stops: hand over while this node still answers (rule L5).</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        if (_exit.InOrder && _loop is { IsCompleted: false })
        {
            using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            bound.CancelAfter(HandOverTimeout);
            try
            {
                _ = await AskAsync(ticket => new Input.StopRequested(ticket), bound.Token);
            }
            catch (OperationCanceledException)
            {
                _log.LogWarning("the hand-over did not end in time; the others take over when the lease ends");
            }
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        _ = _inputs.Writer.TryComplete();
        await Task.WhenAll(_timer, _loop).WaitAsync(cancellationToken);
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stop.Dispose();

    internal CancellationToken Stopping => _stop.Token;

    internal ClusterTally Tally { get; } = new();

    internal void Written(NetworkState state)
    {
        _redactor.HideSecretsOf(state);
        _state = state;
    }

    internal void Publish(ClusterView view)
    {
        var removed = view.Removed && _view is { Removed: false };
        _view = view;
        Tally.Note(view);
        Interlocked.Exchange(ref _next, null)?.TrySetResult(view);
        if (removed)
            _ = EndRemovedAsync();
    }

    internal void Complete(long ticket, Answer answer)
    {
        if (_tickets.TryRemove(ticket, out var waiting))
            _ = waiting.TrySetResult(answer);
    }

    // Both clocks at one moment: a thread that was put aside in between would look like a machine that stood still (L4).
    private Now Now()
    {
        for (var tries = 0; ; tries++)
        {
            var before = Mono;
            var now = new Now(Mono, _time.GetUtcNow());
            if (Mono - before < Timings.StandStill / 10 || tries == MostReadings - 1)
                return now;
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (var input in _inputs.Reader.ReadAllAsync(_stop.Token))
            {
                if (input is Input.Tick)
                    Volatile.Write(ref _tickWaits, 0);
                Tally.Note(input);
                var now = Now();
                var effects = _node!.Step(input, now);
                _runner!.Run(effects, ViewAfter(input, effects, now.Mono));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Told to stop.
        }
        catch (StateException error)
        {
            Break(ExitCode.Disk, error, "{Reason}. The node stops: it tells nobody what is not on disk", error.Message);
        }
#pragma warning disable CA1031 // Whatever it was: a node whose state may be half changed must not go on.
        catch (Exception error)
#pragma warning restore CA1031
        {
            Break(ExitCode.Broken, error, "a fault of the program; the node stops");
        }
    }

    // A whole view costs as much as there are members, and so do their heartbeats: together the square. What an ordinary heartbeat changes are figures,
    // which wait for the next tick; the right to act waits for nothing (L4).
    private ClusterView ViewAfter(Input input, IReadOnlyList<Effect> effects, long mono) =>
        _view is { } last && input is Input.HeartbeatReceived or Input.HeartbeatAnswered && effects.All(IsQuiet)
            ? last with { At = mono, Bot = _node!.Bot }
            : _node!.View;

    private static bool IsQuiet(Effect effect) => effect is Effect.Send or Effect.Reply { Answer: Answer.Beat };

    private void Break(int code, Exception error, string message, params object?[] args)
    {
#pragma warning disable CA2254 // The two callers' texts are constant.
        _log.LogCritical(error is StateException ? null : error, message, args);
#pragma warning restore CA2254
        _runner?.StopBotAtOnce();
        _stop.Cancel();
        _exit.With(code);
    }

    private async Task TickAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(Timings.Tick), _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                if (Interlocked.Exchange(ref _tickWaits, 1) == 0 && !_inputs.Writer.TryWrite(new Input.Tick()))
                    Volatile.Write(ref _tickWaits, 0);
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
    }

    private async Task WriteLaterAsync(Input input)
    {
        try
        {
            await _inputs.Writer.WriteAsync(input, _stop.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or ChannelClosedException)
        {
            // Nobody reads any more.
        }
    }

    // The last word to the others is on its way for a beat: then there is nothing left to do here.
    private async Task EndRemovedAsync()
    {
        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(Timings.Beat), _time, _stop.Token);
            _exit.With(ExitCode.NoNode);
        }
        catch (OperationCanceledException)
        {
            // Already ending.
        }
    }
}
