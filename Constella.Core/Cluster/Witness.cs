namespace Constella.Core.Cluster;

/// <summary>What the witness asks of its node.</summary>
internal enum WitnessAct
{
    None,

    /// <summary>Probe now, for <see cref="Witness.ProbeSeconds"/>.</summary>
    Probe,

    /// <summary>Nobody else polls: take over.</summary>
    TakeOver,

    /// <summary>Somebody else polls, or Telegram does not answer: stop polling.</summary>
    Stop,
}

/// <summary>
/// Telegram as the third party, where no majority can be reached (rules W0 to W3): a challenger that probes without
/// confirming, or a tenure that must go on seeing answers. A state machine of its own; <see cref="ClusterNode"/> says when
/// challenging is allowed.
/// </summary>
internal sealed class Witness(IRandom random)
{
    // A probe that came back empty earlier than this was not parked for the whole time.
    private const long FullPark = (Timings.ProbeSeconds * 1_000) - 100;

    // Telegram did not answer at all: nothing was learned, so the wait is short; a 409 waits as long as W1 says.
    private const long RetryMin = 2_000;
    private const long RetryMax = 4_000;

    private enum Phase
    {
        Off,
        Waiting,
        Probing,
        Tenure,
    }

    private readonly Queue<long> _conflicts = new();
    private Phase _phase;
    private long _waitUntil;
    private long _firstProbe;
    private long _thisProbe;
    private bool _underWay;
    private bool _webhook;
    private long? _head;
    private long _readAgain;
    private long _patience;
    private long _lastOk;
    private long _lastAnswer;
    private long? _doubtSince;

    public bool InTenure => _phase == Phase.Tenure;

    public bool InDoubt => _phase == Phase.Tenure && _doubtSince is not null;

    /// <summary>When the tenure's right ends if no poll is answered (rule W3).</summary>
    public long Until => _lastOk + Timings.Doubt;

    public int ProbeSeconds => _head is null ? Timings.ProbeSeconds : 0;

    /// <summary>Called with each step while this node may challenge (rule W1) or has the tenure.</summary>
    /// <param name="patience">
    /// Longest extra time that a pending head must stand, drawn at random: reads of a pending head never meet, so two
    /// challengers would prove the same thing at the same moment.
    /// </param>
    public WitnessAct Tick(long mono, long patience)
    {
        switch (_phase)
        {
            case Phase.Off when !_underWay:
            case Phase.Waiting when mono >= _waitUntil && !_underWay:
                _phase = Phase.Probing;
                _head = null;
                _webhook = false;
                _firstProbe = _thisProbe = mono;
                _patience = patience == 0 ? 0 : random.Next(0, patience);
                _underWay = true;
                return WitnessAct.Probe;
            case Phase.Probing when mono - _firstProbe >= Timings.ProbeTimeout + _patience:
                return Yield(mono, Timings.YieldMin, Timings.YieldMax);
            case Phase.Probing when !_underWay && mono >= _readAgain:
                _underWay = true;
                _thisProbe = mono;
                return WitnessAct.Probe;
            case Phase.Tenure:
                return TenureTick(mono);
            default:
                return WitnessAct.None;
        }
    }

    /// <summary>A majority is back, or somebody else polls: no more challenge, no tenure.</summary>
    public void Reset()
    {
        _phase = Phase.Off;
        _doubtSince = null;
    }

    /// <summary>Goes on polling without a challenge: a holder whose unheard members cannot form a majority (rule W0).</summary>
    /// <param name="lastOk">When a poll was last answered.</param>
    public void Continue(long lastOk, long mono)
    {
        _phase = Phase.Tenure;
        _conflicts.Clear();
        _lastOk = _lastAnswer = lastOk;
        _doubtSince = null;
    }

    /// <summary>This process stood still (rule L4): nothing until Telegram answers again.</summary>
    /// <param name="frozen">For a time that it cannot measure: the tenure must be proved anew.</param>
    public void Paused(bool frozen, long mono)
    {
        // What a challenger learned before it stood still proves nothing now: it begins anew (W1).
        if (_phase == Phase.Probing)
            _phase = Phase.Off;
        if (_phase != Phase.Tenure)
            return;
        _doubtSince ??= mono;
        if (frozen)
            _lastAnswer = long.MinValue / 2;
    }

    /// <summary>A probe ended (rule W1): only a 200 lets the challenger take over.</summary>
    public WitnessAct ProbeEnded(PollResult result, long? head, long mono)
    {
        _underWay = false;
        if (_phase != Phase.Probing)
            return WitnessAct.None;
        switch (result)
        {
            case PollResult.Conflict:
                return Yield(mono, Timings.YieldMin, Timings.YieldMax);
            case PollResult.Failed:
                return Yield(mono, RetryMin, RetryMax);
            case PollResult.Webhook:
                // Nobody can poll while a webhook is set: whoever takes over removes it (W4).
                _webhook = true;
                return StoodLongEnough(mono);
            case PollResult.Ok when _webhook:
                // Somebody has removed it, and may poll: what was proved under it says nothing of that.
                _phase = Phase.Off;
                return WitnessAct.None;
        }
        if (head is null)
        {
            if (_head is not null)
                return Yield(mono, Timings.YieldMin, Timings.YieldMax);
            if (mono - _thisProbe >= FullPark)
                return TakeOver(mono);
            _readAgain = mono + Timings.AskAgain;
            return WitnessAct.None;
        }
        if (_head is not null && _head != head)
            return Yield(mono, Timings.YieldMin, Timings.YieldMax);
        _head = head;
        return StoodLongEnough(mono);
    }

    /// <summary>A poll of the tenure ended (rules W2 and W3).</summary>
    /// <param name="conflictsToStop">How many conflicts within <see cref="Timings.ConflictWindow"/> end the tenure.</param>
    public WitnessAct PollEnded(PollResult result, int conflictsToStop, long mono)
    {
        if (_phase != Phase.Tenure)
            return WitnessAct.None;
        if (result == PollResult.Foreign)
            return Yield(mono, Timings.YieldMin, Timings.YieldMax);
        if (TenureTick(mono) is WitnessAct.Stop)
            return WitnessAct.Stop;
        if (result != PollResult.Failed)
            _lastAnswer = mono;
        if (result == PollResult.Ok)
        {
            _lastOk = mono;
            _doubtSince = null;
        }
        else if (result == PollResult.Conflict)
        {
            _doubtSince ??= mono;
            _conflicts.Enqueue(mono);
            while (mono - _conflicts.Peek() > Timings.ConflictWindow)
                _conflicts.Dequeue();
            if (_conflicts.Count >= conflictsToStop)
                return Yield(mono, Timings.YieldMin, Timings.YieldMax);
        }
        return WitnessAct.None;
    }

    private WitnessAct StoodLongEnough(long mono)
    {
        var proved = _firstProbe + Timings.SameHead + _patience;
        if (mono >= proved)
            return TakeOver(mono);
        _readAgain = Math.Min(mono + Timings.AskAgain, proved);
        return WitnessAct.None;
    }

    private WitnessAct TenureTick(long mono)
    {
        if (mono - _lastAnswer > Timings.Doubt)
        {
            // Cut off for so long, another may have proved its own right meanwhile; a 200 alone would not tell.
            Reset();
            return WitnessAct.Stop;
        }
        return _doubtSince is { } since && mono - since >= Timings.DoubtToStop
            ? Yield(mono, Timings.YieldMin, Timings.YieldMax)
            : WitnessAct.None;
    }

    private WitnessAct TakeOver(long mono)
    {
        Continue(mono, mono);
        return WitnessAct.TakeOver;
    }

    private WitnessAct Yield(long mono, long min, long max)
    {
        var hadTenure = _phase == Phase.Tenure;
        _phase = Phase.Waiting;
        _doubtSince = null;
        _waitUntil = mono + random.Next(min, max);
        return hadTenure ? WitnessAct.Stop : WitnessAct.None;
    }
}
