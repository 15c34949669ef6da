using Constella.Api.Audit;
using Constella.Api.Endpoints;
using Constella.Api.Traffic;
using Constella.Core.Stats;
using Constella.Core.Wire;

namespace Constella.Api.Cli.Node;

/// <summary>The node of this machine, as its command line calls it. Every call ends in <see cref="Peers.PeerException"/> where it is refused.</summary>
public interface INode : IDisposable
{
    Task<HealthAnswer> HealthAsync(CancellationToken cancellation);

    Task<PeersAnswer> PeersAsync(CancellationToken cancellation);

    Task<PeersAnswer> PeersOfAsync(string target, CancellationToken cancellation);

    Task<NodeStats> StatsAsync(string target, CancellationToken cancellation);

    Task<HistorySeries> HistoryAsync(HistoryQuery query, CancellationToken cancellation);

    Task<TrafficReport> TrafficAsync(string target, CancellationToken cancellation);

    Task<CommandAnswer> OrderAsync(string action, CommandRequest command, CancellationToken cancellation);

    Task<SpeedState> SpeedAsync(string target, CancellationToken cancellation);

    Task<SpeedState> StartSpeedAsync(SpeedOrder order, CancellationToken cancellation);

    Task<InviteAnswer> InviteAsync(TimeSpan? ttl, CancellationToken cancellation);

    Task<InvitesAnswer> InvitesAsync(CancellationToken cancellation);

    Task RevokeInviteAsync(string id, CancellationToken cancellation);

    Task<SettingsAnswer> SettingsAsync(CancellationToken cancellation);

    Task ChangeSettingsAsync(SettingsOrder order, CancellationToken cancellation);

    Task ChangeSelfAsync(SelfOrder order, CancellationToken cancellation);

    Task LeaveAsync(CancellationToken cancellation);

    Task<KeysAnswer> KeysAsync(CancellationToken cancellation);

    Task RotateAsync(CancellationToken cancellation);

    Task<AlertsAnswer> AlertsAsync(CancellationToken cancellation);

    Task<AuditAnswer> AuditAsync(int? last, bool verify, string? action, CancellationToken cancellation);

    Task EvictAsync(EvictOrder order, CancellationToken cancellation);

    Task ForceLeaveAsync(EvictOrder order, CancellationToken cancellation);
}
