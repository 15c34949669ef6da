using Constella.Api.Endpoints;
using Constella.Api.Traffic;
using Constella.Core.Stats;
using Constella.Core.Wire;

namespace Constella.Api.Peers;

/// <summary>One node's API as its peers call it: a method a call, each signed by a message handler, as one would declare it for Refit.</summary>
public interface IPeerApi
{
    /// <summary><c>POST /heartbeat</c></summary>
    Task<HeartbeatAnswer> HeartbeatAsync(Heartbeat message, CancellationToken cancellation);

    /// <summary><c>GET /peers</c>: the network as that node sees it. Not for this node itself, which has its view.</summary>
    Task<PeersAnswer> GetPeersAsync(CancellationToken cancellation);

    /// <summary><c>GET /stats?target=</c></summary>
    Task<NodeStats> GetStatsAsync(string target, CancellationToken cancellation);

    /// <summary>
    /// <c>GET /metrics/history</c>. Ask this node itself, whatever the target: it relays to the target, and where that is down or
    /// does not answer in time it takes the copies of others (rule D1). Another node answers for itself only.
    /// </summary>
    Task<HistorySeries> GetHistoryAsync(HistoryQuery query, CancellationToken cancellation);

    /// <summary><c>GET /traffic?target=</c></summary>
    Task<TrafficReport> GetTrafficAsync(string target, CancellationToken cancellation);

    /// <summary><c>POST /reboot</c> and its like.</summary>
    /// <param name="action">One of <see cref="Core.Audit.AuditActions"/>.</param>
    Task<CommandAnswer> OrderAsync(string action, CommandRequest command, CancellationToken cancellation);

    /// <summary><c>GET /speed?target=</c></summary>
    Task<SpeedState> GetSpeedAsync(string target, CancellationToken cancellation);

    /// <summary><c>POST /speed</c></summary>
    Task<SpeedState> StartSpeedAsync(SpeedOrder order, CancellationToken cancellation);
}

/// <summary>Gives the client for a node: <paramref>node id</paramref> decides key and covered target.</summary>
public interface IPeers
{
    /// <summary>The client for a member; calls to this node itself are answered without the network.</summary>
    IPeerApi For(string nodeId);
}

/// <summary>A call that a peer refused, or that did not reach it.</summary>
/// <param name="status">HTTP status, or null when there was no answer.</param>
/// <param name="code">The last part of the problem's type, when there was one.</param>
public sealed class PeerException(int? status, string? code, string message) : Exception(message)
{
    public int? Status { get; } = status;
    public string? Code { get; } = code;
}
