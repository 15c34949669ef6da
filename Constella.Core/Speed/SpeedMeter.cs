namespace Constella.Core.Speed;

/// <summary>
/// Counts bytes where they arrive and leaves out the first second, in which TCP finds its speed (rule B3). Safe for several streams at once.
/// </summary>
public sealed class SpeedMeter
{
    /// <summary>Left out, in milliseconds.</summary>
    public const long SlowStart = 1_000;

    /// <summary>With less than this after the slow start, all of it counts, in milliseconds.</summary>
    public const long Shortest = 500;

    /// <summary>Nothing for this long is more than the last bytes on their way, in milliseconds.</summary>
    public const long Silence = 1_000;

    private readonly Lock _lock = new();
    private long _total;
    private long _first;
    private long? _start;
    private long _last;
    private (long Bytes, long At)? _mark;

    /// <summary>All bytes so far.</summary>
    public long Total
    {
        get
        {
            lock (_lock)
                return _total;
        }
    }

    /// <param name="bytes">That have just arrived.</param>
    /// <param name="mono">Monotonic milliseconds.</param>
    public void Add(long bytes, long mono)
    {
        lock (_lock)
        {
            _total += bytes;
            _last = mono;
            if (_start is not { } start)
                (_start, _first) = (mono, bytes);
            else if (_mark is null && mono - start >= SlowStart)
                _mark = (_total, mono);
        }
    }

    /// <summary>The direction is over. A silence before its end counts as time, or a road that fell silent would look fast.</summary>
    /// <param name="mono">Monotonic milliseconds.</param>
    public void Finish(long mono)
    {
        lock (_lock)
        {
            if (mono - _last < Silence)
                return;
            _last = mono;
            if (_start is { } start && _mark is null && mono - start >= SlowStart)
                _mark = (_total, Math.Min(start + SlowStart, mono));
        }
    }

    /// <summary>What counts: bytes, and the milliseconds in which they came; (0, 0) before there is anything to tell.</summary>
    public (long Bytes, long Milliseconds) Read()
    {
        lock (_lock)
        {
            if (_mark is { } mark && _last - mark.At >= Shortest)
                return (_total - mark.Bytes, _last - mark.At);
            // The bytes of the first moment had been under way before it.
            return _start is { } start && _last > start ? (_total - _first, _last - start) : (0, 0);
        }
    }

    /// <summary>Megabits (10^6 bit) a second; null before there is anything to tell.</summary>
    public double? Mbps => Read() is (var bytes, > 0 and var ms) ? Rate(bytes, ms) : null;

    /// <summary>Megabits (10^6 bit) a second.</summary>
    public static double Rate(long bytes, long milliseconds) => bytes * 8.0 / 1_000 / milliseconds;
}
