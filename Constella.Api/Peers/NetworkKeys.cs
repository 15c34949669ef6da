using Constella.Core.Members;
using Constella.Core.Signing;

namespace Constella.Api.Peers;

/// <summary>The network's keys as this process uses them (rule X2).</summary>
public sealed class NetworkKeys(NetworkState state)
{
    public KeyRing Ring { get; } = new(state.NetworkSecret, state.SecretGeneration);
}
