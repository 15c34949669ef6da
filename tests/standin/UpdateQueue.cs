using System.Text.Json.Nodes;

namespace TelegramStandIn;

/// <summary>One pending or past update, with what became of it.</summary>
public sealed class Update(long id, string type, JsonObject body, double injected)
{
    public long Id { get; } = id;
    public string Type { get; } = type;
    public double InjectedMs { get; } = injected;
    public List<(double AtMs, string Remote)> Served { get; } = [];
    public double? ConfirmedMs { get; internal set; }
    public string? ConfirmedBy { get; internal set; }
    internal JsonObject Body { get; } = body;
}

/// <summary>
/// The pending updates and the one long poll, by the rules of the published Bot API server: the newer long poll ends the
/// older one with 409, a second 409 within 3 s is delayed by 3 s, and so on (see the tests: a sentence a rule).
/// </summary>
public sealed class UpdateQueue(TimeProvider time, Journal journal) : IDisposable
{
    public const string ConflictText =
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
    public const string WebhookText =
        "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";
    private const string SetWebhookText = "Conflict: terminated by setWebhook request";
    private static readonly string[] s_defaultTypes = ["message", "callback_query"];

    private readonly Lock _lock = new();
    private readonly List<Update> _pending = [];
    private readonly List<Update> _all = [];
    private LongPoll? _parked;
    private long _tail = 100_001;
    private long _previousOffset = -1;
    private double _previousStart = double.NegativeInfinity;
    private double _nextConflict = double.NegativeInfinity;
    private string[] _allowed = s_defaultTypes;

    private sealed record LongPoll(long Offset, int Limit, string Remote, TaskCompletionSource<string?> End, ITimer Timer);

    internal string WebhookUrl { get; private set; } = "";

    public int PendingCount
    {
        get
        {
            lock (_lock)
                return _pending.Count;
        }
    }

    /// <summary>Whether a long poll is parked now.</summary>
    public bool Parked
    {
        get
        {
            lock (_lock)
                return _parked is not null;
        }
    }

    /// <summary>Every update that ever came.</summary>
    public IReadOnlyList<Update> All
    {
        get
        {
            lock (_lock)
                return [.. _all];
        }
    }

    /// <summary>The next id jumps, as it does after an idle week.</summary>
    public void Jump(long by)
    {
        lock (_lock)
            _tail += by;
    }

    internal Update? Push(string type, JsonObject body)
    {
        lock (_lock)
        {
            if (!_allowed.Contains(type))
                return null;
            var update = new Update(_tail++, type, body, journal.Mono);
            _pending.Add(update);
            _all.Add(update);
            journal.Add("update", new JsonObject { ["update_id"] = update.Id, ["type"] = type });
            Wake();
            return update;
        }
    }

    internal async Task<JsonArray> GetAsync(Query query, string remote, CancellationToken aborted)
    {
        var limit = query.Int("limit", 100, 1, 100);
        var timeout = query.Int("timeout", 0, 0, 50);
        LongPoll poll;
        lock (_lock)
        {
            if (WebhookUrl.Length > 0)
            {
                poll = NewPoll(0, limit, remote, 0);
                Conflict(poll, WebhookText);
            }
            else
            {
                Allow(query["allowed_updates"]);
                var offset = query.Long("offset");
                var now = journal.Mono;
                if (offset == _previousOffset && timeout < 3 && now < _previousStart + 3_000)
                    timeout = 3;
                (_previousOffset, _previousStart) = (offset, now);
                offset = Confirm(offset, remote);
                if (timeout == 0 || _pending.Count > 0)
                    return Serve(limit, remote);
                if (_parked is { } older)
                    Conflict(older, ConflictText);
                poll = _parked = NewPoll(offset, limit, remote, timeout);
            }
        }
        var conflict = await poll.End.Task.WaitAsync(aborted);
        if (conflict is not null)
            throw new ApiError(409, conflict);
        lock (_lock)
        {
            Confirm(poll.Offset, remote);
            return Serve(limit, remote);
        }
    }

    /// <summary>Sets or deletes (an empty address) the webhook.</summary>
    internal void SetWebhook(string url, bool dropPending, string? allowed)
    {
        lock (_lock)
        {
            if (dropPending)
                _pending.Clear();
            if (url.Length > 0)
            {
                Allow(allowed);
                if (_parked is { } parked)
                    Conflict(parked, SetWebhookText);
                _parked = null;
            }
            WebhookUrl = url;
        }
    }

    public void Dispose()
    {
        lock (_lock)
            _parked?.Timer.Dispose();
    }

    /// <returns>The offset with negative ones and 0 resolved.</returns>
    private long Confirm(long offset, string remote)
    {
        var head = _pending.Count > 0 ? _pending[0].Id : _tail;
        if (offset < 0)
            offset += _tail;
        offset = Math.Max(offset, head);
        // The server reads from the head when the offset lies far in the future.
        if (offset > _tail + 10)
            return head;
        var confirmed = _pending.TakeWhile(update => update.Id < offset).ToList();
        if (confirmed.Count == 0)
            return offset;
        _pending.RemoveRange(0, confirmed.Count);
        foreach (var update in confirmed)
            (update.ConfirmedMs, update.ConfirmedBy) = (journal.Mono, remote);
        journal.Add("confirm", new JsonObject
        {
            ["remote"] = remote,
            ["offset"] = offset,
            ["ids"] = new JsonArray([.. confirmed.Select(update => JsonValue.Create(update.Id))]),
        });
        return offset;
    }

    private JsonArray Serve(int limit, string remote)
    {
        var served = new JsonArray();
        foreach (var update in _pending.Take(limit))
        {
            update.Served.Add((journal.Mono, remote));
            served.Add(new JsonObject { ["update_id"] = update.Id, [update.Type] = update.Body.DeepClone() });
        }
        return served;
    }

    private LongPoll NewPoll(long offset, int limit, string remote, int timeout)
    {
        var end = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var after = timeout > 0 ? TimeSpan.FromSeconds(timeout) : Timeout.InfiniteTimeSpan;
        return new LongPoll(offset, limit, remote, end, time.CreateTimer(_ => TimedOut(end), null, after, Timeout.InfiniteTimeSpan));
    }

    private void TimedOut(TaskCompletionSource<string?> end)
    {
        lock (_lock)
        {
            if (_parked?.End == end)
                _parked = null;
        }
        end.TrySetResult(null);
    }

    private void Wake()
    {
        if (_parked is not { } parked)
            return;
        _parked = null;
        parked.Timer.Dispose();
        parked.End.TrySetResult(null);
    }

    private void Conflict(LongPoll poll, string text)
    {
        poll.Timer.Dispose();
        var now = journal.Mono;
        if (now >= _nextConflict)
        {
            _nextConflict = now + 3_000;
            poll.End.TrySetResult(text);
            return;
        }
        _ = EndLaterAsync(poll.End, text);
    }

    private async Task EndLaterAsync(TaskCompletionSource<string?> end, string text)
    {
        await Task.Delay(TimeSpan.FromSeconds(3), time);
        end.TrySetResult(text);
    }

    private void Allow(string? list)
    {
        if (list is null || JsonNode.Parse(list) is not JsonArray types)
            return;
        var names = types.Select(type => (string?)type ?? "").Where(name => name.Length > 0).ToArray();
        _allowed = names.Length > 0 ? names : s_defaultTypes;
    }
}
