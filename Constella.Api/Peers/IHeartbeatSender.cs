using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Api.Peers;

/// <summary>The road of heartbeats: the address is the protocol's choice, not the client's (rule H1).</summary>
public interface IHeartbeatSender
{
    /// <exception cref="PeerException">Refused, not reached, or an answer that does not hold.</exception>
    Task<HeartbeatAnswer> SendAsync(Effect.Send send, CancellationToken cancellation);
}
