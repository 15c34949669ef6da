using Constella.Api.Audit;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Api.State;
using Constella.Api.Traffic;
using Constella.Core.Members;
using Constella.Core.Stats;
using Constella.Core.Wire;

namespace Constella.Api.Cli.Node;

/// <summary>The real one: over loopback, signed as the node itself.</summary>
/// <param name="stateDir">Where the state was read: its secret may change while a command runs (rule X2).</param>
public sealed class LocalNode(NetworkState state, Uri address, string stateDir) : INode
{
    private NetworkState _state = state;
    private NodeClient _client = new(state, address, state.NodeId);

    public Task<HealthAnswer> HealthAsync(CancellationToken cancellation) => _client.HealthAsync(cancellation);

    public Task<PeersAnswer> PeersAsync(CancellationToken cancellation) => CallAsync(node => node.PeersAsync(cancellation));

    public Task<PeersAnswer> PeersOfAsync(string target, CancellationToken cancellation) => CallAsync(node => node.PeersOfAsync(target, cancellation));

    public Task<NodeStats> StatsAsync(string target, CancellationToken cancellation) => CallAsync(node => node.StatsAsync(target, cancellation));

    public Task<HistorySeries> HistoryAsync(HistoryQuery query, CancellationToken cancellation) => CallAsync(node => node.HistoryAsync(query, cancellation));

    public Task<TrafficReport> TrafficAsync(string target, CancellationToken cancellation) => CallAsync(node => node.TrafficAsync(target, cancellation));

    public Task<CommandAnswer> OrderAsync(string action, CommandRequest command, CancellationToken cancellation) =>
        CallAsync(node => node.OrderAsync(action, command, cancellation));

    public Task<SpeedState> SpeedAsync(string target, CancellationToken cancellation) => CallAsync(node => node.SpeedAsync(target, cancellation));

    public Task<SpeedState> StartSpeedAsync(SpeedOrder order, CancellationToken cancellation) =>
        CallAsync(node => node.StartSpeedAsync(order, cancellation));

    public Task<InviteAnswer> InviteAsync(TimeSpan? ttl, CancellationToken cancellation) => CallAsync(node => node.InviteAsync(ttl, cancellation));

    public Task<InvitesAnswer> InvitesAsync(CancellationToken cancellation) => CallAsync(node => node.InvitesAsync(cancellation));

    public Task RevokeInviteAsync(string id, CancellationToken cancellation) => DoAsync(node => node.RevokeInviteAsync(id, cancellation));

    public Task<SettingsAnswer> SettingsAsync(CancellationToken cancellation) => CallAsync(node => node.SettingsAsync(cancellation));

    public Task ChangeSettingsAsync(SettingsOrder order, CancellationToken cancellation) => DoAsync(node => node.ChangeSettingsAsync(order, cancellation));

    public Task ChangeSelfAsync(SelfOrder order, CancellationToken cancellation) => DoAsync(node => node.ChangeSelfAsync(order, cancellation));

    public Task LeaveAsync(CancellationToken cancellation) => DoAsync(node => node.LeaveAsync(cancellation));

    public Task<KeysAnswer> KeysAsync(CancellationToken cancellation) => CallAsync(node => node.KeysAsync(cancellation));

    public Task RotateAsync(CancellationToken cancellation) => DoAsync(node => node.RotateAsync(cancellation));

    public Task<AlertsAnswer> AlertsAsync(CancellationToken cancellation) => CallAsync(node => node.AlertsAsync(cancellation));

    public Task<AuditAnswer> AuditAsync(int? last, bool verify, string? action, CancellationToken cancellation) =>
        CallAsync(node => node.AuditAsync(last, verify, action, cancellation));

    public Task EvictAsync(EvictOrder order, CancellationToken cancellation) => DoAsync(node => node.EvictAsync(order, cancellation));

    public Task ForceLeaveAsync(EvictOrder order, CancellationToken cancellation) => DoAsync(node => node.ForceLeaveAsync(order, cancellation));

    public void Dispose() => _client.Dispose();

    private async Task<T> CallAsync<T>(Func<NodeClient, Task<T>> call)
    {
        try
        {
            return await call(_client);
        }
        catch (PeerException refused) when (refused is { Status: 401, Code: null } && HasNewSecret())
        {
            // A bare 401 has caused nothing: the call is made again with the secret that the file has now.
            return await call(_client);
        }
    }

    private async Task DoAsync(Func<NodeClient, Task> call) => await CallAsync(async node =>
    {
        await call(node);
        return true;
    });

    private bool HasNewSecret()
    {
        if (StateStore.Read(stateDir) is not { } now || now.NetworkSecret == _state.NetworkSecret)
            return false;
        _client.Dispose();
        (_state, _client) = (now, new NodeClient(now, address, now.NodeId));
        return true;
    }
}
