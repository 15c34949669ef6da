using Constella.Core;

namespace Constella.Api.Vpn;

/// <summary>
/// Rule O3: whether a tunnel carries. A hub's does while its interface stands. A client's does as long as something comes out of it: data are taken under
/// a handshake of the last three minutes only, so this silence says what a missing handshake says, and anybody may read the counter.
/// </summary>
internal sealed class TunnelWatch(bool isHub)
{
    // WireGuard is silent where nobody has anything to say: then something is asked that must be answered.
    private const long KnockAfter = 5_000;

    private long _received;
    private long? _heard;
    private long? _knocked;

    public bool Carries { get; private set; }

    /// <summary>Somebody at the other end is to be called, for whatever answer.</summary>
    public bool WantsKnock { get; private set; }

    /// <param name="mono">Milliseconds of the monotonic clock.</param>
    public void Look(InterfaceSight sight, long mono)
    {
        WantsKnock = false;
        if (!sight.Usable)
        {
            (_heard, _received, _knocked, Carries) = (null, 0, null, false);
            return;
        }
        if (sight.Received != _received)
        {
            _received = sight.Received;
            _heard = _received > 0 ? mono : null;
        }
        Carries = isHub || (_heard is { } heard && mono - heard < Timings.TunnelSilence);
        WantsKnock = !isHub && (_heard is not { } last || mono - last >= KnockAfter) && (_knocked is not { } knocked || mono - knocked >= KnockAfter);
        if (WantsKnock)
            _knocked = mono;
    }
}
