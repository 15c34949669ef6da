using System.Collections.Immutable;
using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Core.Telegram;

/// <summary>The next call of <c>getUpdates</c>.</summary>
/// <param name="Offset">0 reads without confirming; else confirms all below it.</param>
/// <param name="WaitMs">How long to wait before it is sent.</param>
public sealed record PollRequest(long Offset, int Limit, int TimeoutSeconds, long WaitMs);

/// <summary>
/// Which updates to ask for, and which to confirm (rules W2, W3, W6): pure, so that the simulator runs the very same.
/// It never confirms what was not handled, and never uses an offset from before an idle time (ids jump after an idle week).
/// </summary>
public sealed class UpdatePoller
{
    /// <summary>Updates taken in one call.</summary>
    public const int Batch = 50;

    private enum Phase
    {
        Reading,
        Handling,
        Confirming,
    }

    private Phase _phase = Phase.Reading;
    private long _offset;
    private long _wait;
    private long _first;
    private bool _checked;
    private bool _sent;

    /// <summary>True while a batch is at work: its end is told by <see cref="Handled"/>.</summary>
    public bool Handling => _phase == Phase.Handling;

    /// <summary>True when the next call confirms something.</summary>
    public bool Confirming => _phase == Phase.Confirming;

    /// <param name="mayAct">Confirming is a side effect: without the right to act the head is read instead (rule W3).</param>
    /// <param name="mode">A witness looks once more before it confirms: what is gone, somebody else has confirmed.</param>
    public PollRequest Next(bool mayAct, Polls mode = Polls.Lease) => _phase switch
    {
        // While handlers work, reads go on only to notice another poller and to keep Telegram's answers coming.
        Phase.Handling => new PollRequest(0, 1, 0, Math.Max(_wait, 1_000)),
        Phase.Confirming when mayAct && mode == Polls.Witness && !_checked => new PollRequest(0, 1, 0, _wait),
        Phase.Confirming when mayAct => new PollRequest(_offset, Batch, Timings.PollSeconds, _wait),
        Phase.Confirming => new PollRequest(0, 1, 0, Math.Max(_wait, 100)),
        _ => new PollRequest(0, Batch, Timings.PollSeconds, _wait),
    };

    /// <summary>What a call's end says of other pollers, to be told before <see cref="Answered"/>.</summary>
    /// <returns><see cref="PollResult.Foreign"/> where the head of the batch at work is gone though this node has not confirmed it.</returns>
    public PollResult Judge(PollRequest request, PollResult result, IReadOnlyList<long> ids)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(ids);
        var atWork = _phase is Phase.Handling or Phase.Confirming && !_sent;
        return atWork && result == PollResult.Ok && request.Offset == 0 && (ids.Count == 0 || ids[0] != _first) ? PollResult.Foreign : result;
    }

    /// <summary>A call ended.</summary>
    /// <param name="request">As given by <see cref="Next"/>.</param>
    /// <param name="ids">Ids of the updates in the answer, in its order.</param>
    /// <param name="isHandled">Whether an update is remembered as handled.</param>
    /// <returns>Ids to handle now, in order; empty when there is nothing to do, or a batch is at work.</returns>
    public ImmutableArray<long> Answered(PollRequest request, PollResult result, IReadOnlyList<long> ids, Func<long, bool> isHandled)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(ids);
        ArgumentNullException.ThrowIfNull(isHandled);
        _wait = result switch
        {
            PollResult.Ok => 0,
            PollResult.Conflict => 50,
            PollResult.Webhook => 500,
            _ => Math.Clamp(_wait * 2, 250, 2_000),
        };
        _sent |= request.Offset > 0;
        if (result != PollResult.Ok || _phase == Phase.Handling)
            return [];
        if (_phase == Phase.Confirming && request.Offset == 0)
        {
            _checked = true;
            return [];
        }
        if (ids.Count == 0)
        {
            _phase = Phase.Reading;
            return [];
        }
        (_offset, _first, _checked, _sent) = (ids[^1] + 1, ids[0], false, false);
        var fresh = ids.Where(id => !isHandled(id)).ToImmutableArray();
        _phase = fresh.IsEmpty ? Phase.Confirming : Phase.Handling;
        return fresh;
    }

    /// <summary>The batch at work has been handled and is remembered by a majority.</summary>
    public void Handled() => _phase = Phase.Confirming;

    /// <summary>The batch at work could not be finished: it is read again, after a while, for it is served at once.</summary>
    public void Abandoned()
    {
        _phase = Phase.Reading;
        _wait = Math.Max(_wait, 250);
    }
}
