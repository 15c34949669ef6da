using Constella.Core.Cluster;

namespace Constella.Tests.Simulation;

/// <summary>What an answered call of getUpdates tells.</summary>
internal delegate void PollAnswered(PollResult result, IReadOnlyList<long> ids);

/// <summary>
/// <c>getUpdates</c> as a Bot API server does it, by its published source (rules W): one queue, one parked long poll.
/// It knows nothing of nodes, latency or time-outs of callers: a caller that went away stays parked.
/// </summary>
internal sealed class SimTelegram(Func<long> now, Action<long, Action> at)
{
    private const long ConflictGap = 3_000;
    private readonly List<long> _pending = [];
    private readonly List<long> _none = [];
    private Parked? _parked;
    private long _nextConflict;
    private long _previousOffset = -1;
    private long _previousStart = -ConflictGap;

    private sealed record Parked(int Limit, PollAnswered Answered);

    public long Conflicts { get; private set; }

    public IReadOnlyList<long> Pending => _pending;

    /// <summary>A webhook is set: every poll ends with that other 409.</summary>
    public bool Webhook { get; private set; }

    /// <summary>Told of each update that a caller confirmed.</summary>
    public Action<long>? Confirmed { get; set; }

    public void Add(long id)
    {
        _pending.Add(id);
        if (_parked is not { } parked)
            return;
        _parked = null;
        Serve(parked.Limit, parked.Answered);
    }

    public void SetWebhook()
    {
        Webhook = true;
        if (_parked is not { } parked)
            return;
        _parked = null;
        parked.Answered(PollResult.Conflict, _none);
    }

    /// <summary>What is pending stays.</summary>
    public void DeleteWebhook() => Webhook = false;

    public void GetUpdates(long offset, int limit, int timeoutSeconds, PollAnswered answered)
    {
        if (Webhook)
        {
            answered(PollResult.Webhook, _none);
            return;
        }
        if (offset == _previousOffset && timeoutSeconds < 3 && now() < _previousStart + 3_000)
            timeoutSeconds = 3;
        (_previousOffset, _previousStart) = (offset, now());
        if (offset < 0)
            Forget(_pending.Count == 0 ? 0 : _pending[Math.Max(0, _pending.Count + (int)offset)]);
        else if (offset > 0)
            Forget(offset);
        if (timeoutSeconds == 0 || _pending.Count > 0)
        {
            Serve(limit, answered);
            return;
        }
        if (_parked is { } older)
            Conflict(older.Answered);
        var parked = new Parked(limit, answered);
        _parked = parked;
        at(now() + (timeoutSeconds * 1000L), () =>
        {
            if (!ReferenceEquals(_parked, parked))
                return;
            _parked = null;
            answered(PollResult.Ok, _none);
        });
    }

    private void Serve(int limit, PollAnswered answered)
    {
        answered(PollResult.Ok, _pending.Take(limit).ToList());
    }

    private void Forget(long below)
    {
        while (_pending.Count > 0 && _pending[0] < below)
        {
            var id = _pending[0];
            _pending.RemoveAt(0);
            Confirmed?.Invoke(id);
        }
    }

    private void Conflict(PollAnswered answered)
    {
        Conflicts++;
        if (now() >= _nextConflict)
        {
            _nextConflict = now() + ConflictGap;
            answered(PollResult.Conflict, _none);
            return;
        }
        at(now() + ConflictGap, () => answered(PollResult.Conflict, _none));
    }
}
