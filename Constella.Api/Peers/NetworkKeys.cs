using Constella.Core.Members;
using Constella.Core.Signing;

namespace Constella.Api.Peers;

/// <summary>The network's keys as this process uses them: those of the latest state that is on disk (rule X2).</summary>
public sealed class NetworkKeys(NetworkState state)
{
    private volatile KeyRing _ring = KeyRing.Of(state);
    private (string, NumberedSecret?) _of = (state.NetworkSecret, state.OtherSecret);

    /// <summary>Immutable: a call that has to sign and check takes it once.</summary>
    public KeyRing Ring => _ring;

    /// <summary>Called by one thread, after the state was written and before anything is sent by it.</summary>
    internal void Follow(NetworkState state)
    {
        if (_of == (state.NetworkSecret, state.OtherSecret))
            return;
        _of = (state.NetworkSecret, state.OtherSecret);
        _ring = KeyRing.Of(state);
    }
}
