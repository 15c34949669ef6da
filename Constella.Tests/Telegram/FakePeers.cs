using System.Collections.Concurrent;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Api.Traffic;
using Constella.Core.Stats;
using Constella.Core.Wire;

namespace Constella.Tests.Telegram;

/// <summary>Peers that answer as told, and remember what they were asked to do.</summary>
internal sealed class FakePeers : IPeers
{
    public ConcurrentQueue<CommandRequest> Commands { get; } = new();

    public Func<CommandRequest, CommandAnswer> OnReboot { get; set; } = command =>
        new CommandAnswer(command.Id, command.Target, "boot", Repeated: false);

    public Func<string, NodeStats> OnStats { get; set; } = _ => throw new PeerException(null, null, "connection refused");

    public Func<HistoryQuery, HistorySeries> OnHistory { get; set; } = _ => throw new PeerException(null, null, "connection refused");

    public Func<string, TrafficReport> OnTraffic { get; set; } = _ => throw new PeerException(null, null, "connection refused");

    public ConcurrentQueue<SpeedOrder> SpeedOrders { get; } = new();

    /// <summary>Asked about a node, and with the order where one was given.</summary>
    public Func<string, SpeedOrder?, SpeedState> OnSpeed { get; set; } = (_, _) => throw new PeerException(null, null, "connection refused");

    public Func<string, PeersAnswer> OnPeers { get; set; } = _ => throw new PeerException(null, null, "connection refused");

    public IPeerApi For(string nodeId) => new Peer(this, nodeId);

    private sealed class Peer(FakePeers peers, string nodeId) : IPeerApi
    {
        public Task<HeartbeatAnswer> HeartbeatAsync(Heartbeat message, CancellationToken cancellation) =>
            throw new NotSupportedException("The bot sends no heartbeats.");

        public Task<PeersAnswer> GetPeersAsync(CancellationToken cancellation) => Task.Run(() => peers.OnPeers(nodeId), cancellation);

        public Task<NodeStats> GetStatsAsync(string target, CancellationToken cancellation) => Task.Run(() => peers.OnStats(target), cancellation);

        public Task<HistorySeries> GetHistoryAsync(HistoryQuery query, CancellationToken cancellation) =>
            Task.Run(() => peers.OnHistory(query), cancellation);

        public Task<TrafficReport> GetTrafficAsync(string target, CancellationToken cancellation) => Task.Run(() => peers.OnTraffic(target), cancellation);

        public Task<SpeedState> GetSpeedAsync(string target, CancellationToken cancellation) => Task.Run(() => peers.OnSpeed(target, null), cancellation);

        public Task<SpeedState> StartSpeedAsync(SpeedOrder order, CancellationToken cancellation)
        {
            peers.SpeedOrders.Enqueue(order);
            return Task.Run(() => peers.OnSpeed(order.Target, order), cancellation);
        }

        public Task<CommandAnswer> OrderAsync(string action, CommandRequest command, CancellationToken cancellation)
        {
            peers.Commands.Enqueue(command);
            return Task.Run(() => peers.OnReboot(command), cancellation);
        }
    }
}
