using Constella.Core.Speed;
using Constella.Core.Wire;

namespace Constella.Api.Speed;

/// <summary>A test that goes on, for whoever looks at it.</summary>
internal sealed class SpeedProgress(SpeedRun run)
{
    private readonly Lock _lock = new();
    private SpeedRun _run = run;
    private SpeedMeter? _meter;
    private long _before;

    public SpeedRun Now
    {
        get
        {
            lock (_lock)
                return _meter is null ? _run : _run with { Moved = _before + _meter.Total, Mbps = _meter.Mbps is { } rate ? Math.Round(rate, 1) : null };
        }
    }

    /// <param name="meter">Of the direction that begins.</param>
    public void Begin(SpeedPhase phase, SpeedMeter meter)
    {
        var now = Now;
        lock (_lock)
        {
            (_run, _meter, _before) = (now with { Phase = phase, Mbps = null }, meter, now.Moved);
        }
    }

    public void Change(Func<SpeedRun, SpeedRun> change)
    {
        lock (_lock)
            _run = change(_run);
    }
}
