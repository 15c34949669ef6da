using Constella.Core;

namespace Constella.Api.Vpn;

/// <summary>
/// Rule O3: whether a tunnel carries. A hub's does while its interface stands. A client's does as long as somebody in there answers: without a handshake
/// nobody can, and where packets pass one way only nobody does. It takes no right to find out, as it does to read handshakes.
/// </summary>
internal sealed class TunnelWatch(bool isHub)
{
    private const long KnockEvery = 5_000;

    private long? _answered;
    private long? _knocked;

    public bool Carries { get; private set; }

    /// <summary>Somebody in the overlay is to be called now, for whatever answer.</summary>
    public bool WantsKnock { get; private set; }

    /// <param name="usable">The interface is up with an address of the overlay.</param>
    /// <param name="answered">Since the last look somebody has answered through it.</param>
    /// <param name="mono">Milliseconds of the monotonic clock.</param>
    public void Look(bool usable, bool answered, long mono)
    {
        WantsKnock = false;
        if (!usable)
        {
            (_answered, _knocked, Carries) = (null, null, false);
            return;
        }
        if (answered)
            _answered = mono;
        Carries = isHub || (_answered is { } last && mono - last < Timings.TunnelSilence);
        WantsKnock = !isHub && (_knocked is not { } knocked || mono - knocked >= KnockEvery);
        if (WantsKnock)
            _knocked = mono;
    }
}
