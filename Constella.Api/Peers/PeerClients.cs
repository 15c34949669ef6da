using System.Text.Json;
using Constella.Api.Audit;
using Constella.Api.Cluster;
using Constella.Api.Configuration;
using Constella.Api.Endpoints;
using Constella.Api.History;
using Constella.Api.Host;
using Constella.Api.Speed;
using Constella.Api.Traffic;
using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Stats;
using Constella.Core.Wire;

namespace Constella.Api.Peers;

/// <summary>Clients for the members, by the addresses of the latest view.</summary>
internal sealed class PeerClients(PeerHttp http, ICluster cluster, IHostMetrics metrics, Func<IHistory> history, ITraffic traffic, Func<ISpeed> speed, CommandDesk desk, ConstellaOptions options)
    : IPeers, IHeartbeatSender, IHistoryPeers, ISpeedPeers, IAuditPuller
{
    public IPeerApi For(string nodeId) =>
        nodeId == cluster.View.NodeId ? new LocalPeer(metrics, history(), traffic, speed(), desk) : Remote(nodeId);

    public Task<HistorySeries> AskAsync(HistoryQuery query, CancellationToken cancellation) => Remote(query.Target).GetHistoryAsync(query, cancellation);

    public Task<HistorySeries> AskKeeperAsync(string keeper, HistoryQuery query, CancellationToken cancellation) =>
        Remote(keeper).GetCopiesAsync(query, cancellation);

    public Task PushAsync(string keeper, HistoryPush push, CancellationToken cancellation) => Remote(keeper).PushHistoryAsync(push, cancellation);

    public Task<SpeedGrant> OfferAsync(string node, SpeedOffer offer, CancellationToken cancellation) => Remote(node).OfferSpeedAsync(offer, cancellation);

    public Task<SpeedCount> CloseAsync(string node, SpeedEnd end, CancellationToken cancellation) => Remote(node).CloseSpeedAsync(end, cancellation);

    public async Task<AuditPage> PullAsync(string peer, AuditPull pull, CancellationToken cancellation) =>
        await Remote(peer).PullAuditAsync(pull, cancellation) is var page && AuditShape.IsWhole(page)
            ? page
            : throw new PeerException(null, Errors.Invalid, "its answer is malformed");

    public async Task<HeartbeatAnswer> SendAsync(Effect.Send send, CancellationToken cancellation)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(send.Message, ApiJson.Default.Heartbeat);
        if (!Uri.TryCreate($"{options.PeerScheme}://{send.Address}/heartbeat", UriKind.Absolute, out var uri))
            throw new PeerException(null, null, "its address is malformed");
        var answer = await http.CallAsync(
            new PeerCall(HttpMethod.Post, uri, send.Peer, body, send.PeerRun), ApiJson.Default.HeartbeatAnswer, cancellation);
        if (answer.Vitals.Node != send.Peer || HeartbeatShape.Wrong(answer) is not null)
            throw new PeerException(null, Errors.Invalid, "its answer is malformed");
        return answer;
    }

    private RemotePeer Remote(string nodeId) => new(http, Find(nodeId), options.PeerScheme);

    // The address that has proved good comes first, as for heartbeats (rule H1).
    private MemberRecord Find(string nodeId)
    {
        var member = cluster.View.Members.FirstOrDefault(member => member.Record.NodeId == nodeId)
            ?? throw new PeerException(null, Errors.NotMember, $"no member {nodeId}");
        var record = member.Record;
        return record.AltAddr is { } other && member.Road == other ? record with { Addr = other, AltAddr = record.Addr } : record;
    }
}

/// <summary>Calls to this node itself need no network and no signature.</summary>
internal sealed class LocalPeer(IHostMetrics metrics, IHistory history, ITraffic traffic, ISpeed speed, CommandDesk desk) : IPeerApi
{
    public Task<HeartbeatAnswer> HeartbeatAsync(Heartbeat message, CancellationToken cancellation) =>
        throw new PeerException(null, Errors.Invalid, "a node sends itself no heartbeats");

    public Task<PeersAnswer> GetPeersAsync(CancellationToken cancellation) =>
        throw new PeerException(null, Errors.Invalid, "a node looks at its own view");

    public Task<NodeStats> GetStatsAsync(string target, CancellationToken cancellation) => Task.FromResult(metrics.Read());

    public Task<HistorySeries> GetHistoryAsync(HistoryQuery query, CancellationToken cancellation) =>
        history.GetAsync(query, cancellation);

    public Task<TrafficReport> GetTrafficAsync(string target, CancellationToken cancellation) => Task.FromResult(traffic.Report());

    public async Task<CommandAnswer> OrderAsync(string action, CommandRequest command, CancellationToken cancellation)
    {
        var answer = await desk.TakeAsync(command, action, null, cancellation);
        return answer.Taken ?? throw new PeerException(Refusal.StatusOf(answer.Error!), answer.Error, answer.Detail ?? answer.Error!);
    }

    public Task<SpeedState> GetSpeedAsync(string target, CancellationToken cancellation) => Task.FromResult(speed.State());

    // A refusal is thrown by the task, as over the network.
    public async Task<SpeedState> StartSpeedAsync(SpeedOrder order, CancellationToken cancellation)
    {
        await Task.CompletedTask;
        return speed.Start(order);
    }
}

/// <summary>One member over the network; where its address does not answer, its other one is tried.</summary>
internal sealed class RemotePeer(PeerHttp http, MemberRecord record, string scheme) : IPeerApi
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public Task<HeartbeatAnswer> HeartbeatAsync(Heartbeat message, CancellationToken cancellation) =>
        CallAsync((address, bound) => http.CallAsync(
            Post(address, "/heartbeat", JsonSerializer.SerializeToUtf8Bytes(message, ApiJson.Default.Heartbeat)), ApiJson.Default.HeartbeatAnswer, bound), cancellation);

    public Task<PeersAnswer> GetPeersAsync(CancellationToken cancellation) =>
        CallAsync((address, bound) => http.CallAsync(
            new PeerCall(HttpMethod.Get, Uri(address, "/peers"), record.NodeId), ApiJson.Default.PeersAnswer, bound), cancellation);

    // The mark is in the query, which the signature covers: a call that was relayed is not relayed again (rule C4).
    public Task<NodeStats> GetStatsAsync(string target, CancellationToken cancellation) =>
        CallAsync((address, bound) => http.CallAsync(
            new PeerCall(HttpMethod.Get, Uri(address, $"/stats?target={target}&relayed=true"), record.NodeId), ApiJson.Default.NodeStats, bound), cancellation);

    public Task<TrafficReport> GetTrafficAsync(string target, CancellationToken cancellation) =>
        CallAsync((address, bound) => http.CallAsync(
            new PeerCall(HttpMethod.Get, Uri(address, $"/traffic?target={target}&relayed=true"), record.NodeId), ApiJson.Default.TrafficReport, bound), cancellation);

    public Task<HistorySeries> GetHistoryAsync(HistoryQuery query, CancellationToken cancellation) => HistoryAsync(query, "relayed", cancellation);

    public Task<HistorySeries> GetCopiesAsync(HistoryQuery query, CancellationToken cancellation) => HistoryAsync(query, "copies", cancellation);

    public Task PushHistoryAsync(HistoryPush push, CancellationToken cancellation) =>
        CallAsync((address, bound) => http.SendAsync(
            Post(address, "/metrics/history", JsonSerializer.SerializeToUtf8Bytes(push, ApiJson.Default.HistoryPush)), bound), cancellation);

    public Task<CommandAnswer> OrderAsync(string action, CommandRequest command, CancellationToken cancellation) =>
        CallAsync((address, bound) => http.CallAsync(
            Post(address, $"/{action}?relayed=true", JsonSerializer.SerializeToUtf8Bytes(command, ApiJson.Default.CommandRequest)), ApiJson.Default.CommandAnswer, bound), cancellation);

    public Task<SpeedState> GetSpeedAsync(string target, CancellationToken cancellation) =>
        CallAsync((address, bound) => http.CallAsync(
            new PeerCall(HttpMethod.Get, Uri(address, $"/speed?target={target}&relayed=true"), record.NodeId), ApiJson.Default.SpeedState, bound), cancellation);

    public Task<SpeedState> StartSpeedAsync(SpeedOrder order, CancellationToken cancellation) =>
        CallAsync((address, bound) => http.CallAsync(
            Post(address, "/speed?relayed=true", JsonSerializer.SerializeToUtf8Bytes(order, ApiJson.Default.SpeedOrder)), ApiJson.Default.SpeedState, bound), cancellation);

    public Task<SpeedGrant> OfferSpeedAsync(SpeedOffer offer, CancellationToken cancellation) =>
        CallAsync((address, bound) => http.CallAsync(
            Post(address, "/speed/offer", JsonSerializer.SerializeToUtf8Bytes(offer, ApiJson.Default.SpeedOffer)), ApiJson.Default.SpeedGrant, bound), cancellation);

    public Task<SpeedCount> CloseSpeedAsync(SpeedEnd end, CancellationToken cancellation) =>
        CallAsync((address, bound) => http.CallAsync(
            Post(address, "/speed/close", JsonSerializer.SerializeToUtf8Bytes(end, ApiJson.Default.SpeedEnd)), ApiJson.Default.SpeedCount, bound), cancellation);

    public Task<AuditPage> PullAuditAsync(AuditPull pull, CancellationToken cancellation) =>
        CallAsync((address, bound) => http.CallAsync(
            Post(address, "/audit/pull", JsonSerializer.SerializeToUtf8Bytes(pull, ApiJson.Default.AuditPull)), ApiJson.Default.AuditPage, bound), cancellation);

    private Task<HistorySeries> HistoryAsync(HistoryQuery query, string mark, CancellationToken cancellation) =>
        CallAsync((address, bound) => http.CallAsync(
            new PeerCall(HttpMethod.Get, Uri(address, $"{HistoryPath.Of(query)}&{mark}=true"), record.NodeId), ApiJson.Default.HistorySeries, bound), cancellation);

    private PeerCall Post(string address, string path, byte[] body) => new(HttpMethod.Post, Uri(address, path), record.NodeId, body);

    private Uri Uri(string address, string path) => new($"{scheme}://{address}{path}");

    private async Task<T> CallAsync<T>(Func<string, CancellationToken, Task<T>> call, CancellationToken cancellation)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(Timeout);
        try
        {
            try
            {
                return await call(record.Addr, bound.Token);
            }
            catch (PeerException error) when (error.Status is null && record.AltAddr is not null)
            {
                return await call(record.AltAddr, bound.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new PeerException(null, Errors.Timeout, "no answer in time");
        }
    }
}
