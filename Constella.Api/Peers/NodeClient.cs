using Constella.Api.Endpoints;
using Constella.Core.Members;
using Constella.Core.Stats;
using Constella.Core.Wire;

namespace Constella.Api.Peers;

/// <summary>
/// The whole API of one node, signed with the secret of a state file: what the command line speaks. The caller is the
/// state's own node, so the calls of the administrator are open only on that very node.
/// </summary>
public sealed class NodeClient : IDisposable
{
    /// <param name="state">Whose secret and node id sign.</param>
    /// <param name="address">As <c>http://127.0.0.1:4747</c>.</param>
    /// <param name="target">Node id of who is called; the state's own node for its own machine.</param>
    public NodeClient(NetworkState state, Uri address, string target) => throw new NotImplementedException();

    /// <exception cref="PeerException">Refused, or not reached.</exception>
    public Task<HealthAnswer> HealthAsync(CancellationToken cancellation) => throw new NotImplementedException();

    /// <exception cref="PeerException">Refused, or not reached.</exception>
    public Task<PeersAnswer> PeersAsync(CancellationToken cancellation) => throw new NotImplementedException();

    /// <param name="target">A node id; any member, relayed where it is another one.</param>
    /// <exception cref="PeerException">Refused, or not reached.</exception>
    public Task<NodeStats> StatsAsync(string target, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>The node fills in the term that it knows where the command names a lower one.</summary>
    /// <exception cref="PeerException">Refused, or not reached.</exception>
    public Task<CommandAnswer> RebootAsync(CommandRequest command, CancellationToken cancellation) => throw new NotImplementedException();

    /// <exception cref="PeerException">Refused, or not reached.</exception>
    public Task<InviteAnswer> InviteAsync(TimeSpan? ttl, CancellationToken cancellation) => throw new NotImplementedException();

    /// <exception cref="PeerException">Refused, or not reached.</exception>
    public Task<InvitesAnswer> InvitesAsync(CancellationToken cancellation) => throw new NotImplementedException();

    /// <exception cref="PeerException">Refused, or not reached.</exception>
    public Task RevokeInviteAsync(string id, CancellationToken cancellation) => throw new NotImplementedException();

    /// <exception cref="PeerException">Refused, or not reached.</exception>
    public Task<SettingsAnswer> SettingsAsync(CancellationToken cancellation) => throw new NotImplementedException();

    /// <exception cref="PeerException">Refused, or not reached.</exception>
    public Task ChangeSettingsAsync(SettingsOrder order, CancellationToken cancellation) => throw new NotImplementedException();

    /// <exception cref="PeerException">Refused, or not reached.</exception>
    public Task ChangeSelfAsync(SelfOrder order, CancellationToken cancellation) => throw new NotImplementedException();

    /// <summary>The called node leaves the network (the caller must be that node).</summary>
    /// <exception cref="PeerException">Refused, or not reached.</exception>
    public Task LeaveAsync(CancellationToken cancellation) => throw new NotImplementedException();

    public void Dispose() => throw new NotImplementedException();
}
