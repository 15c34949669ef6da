using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Core.Members;
using Constella.Core.Stats;
using Constella.Core.Wire;

namespace Constella.Api.Cli.Node;

/// <summary>The real one: over loopback, signed as the node itself.</summary>
public sealed class LocalNode(NetworkState state, Uri address) : INode
{
    private readonly NodeClient _client = new(state, address, state.NodeId);

    public Task<HealthAnswer> HealthAsync(CancellationToken cancellation) => _client.HealthAsync(cancellation);

    public Task<PeersAnswer> PeersAsync(CancellationToken cancellation) => _client.PeersAsync(cancellation);

    public Task<NodeStats> StatsAsync(string target, CancellationToken cancellation) => _client.StatsAsync(target, cancellation);

    public Task<CommandAnswer> RebootAsync(CommandRequest command, CancellationToken cancellation) => _client.RebootAsync(command, cancellation);

    public Task<InviteAnswer> InviteAsync(TimeSpan? ttl, CancellationToken cancellation) => _client.InviteAsync(ttl, cancellation);

    public Task<InvitesAnswer> InvitesAsync(CancellationToken cancellation) => _client.InvitesAsync(cancellation);

    public Task RevokeInviteAsync(string id, CancellationToken cancellation) => _client.RevokeInviteAsync(id, cancellation);

    public Task<SettingsAnswer> SettingsAsync(CancellationToken cancellation) => _client.SettingsAsync(cancellation);

    public Task ChangeSettingsAsync(SettingsOrder order, CancellationToken cancellation) => _client.ChangeSettingsAsync(order, cancellation);

    public Task ChangeSelfAsync(SelfOrder order, CancellationToken cancellation) => _client.ChangeSelfAsync(order, cancellation);

    public Task LeaveAsync(CancellationToken cancellation) => _client.LeaveAsync(cancellation);

    public void Dispose() => _client.Dispose();
}
