using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Constella.Api.Audit;
using Constella.Api.Endpoints;
using Constella.Api.State;
using Constella.Api.Tls;
using Constella.Api.Traffic;
using Constella.Core.Members;
using Constella.Core.Stats;
using Constella.Core.Wire;

namespace Constella.Api.Peers;

/// <summary>
/// The whole API of one node, signed with the secret of a state file: what the command line speaks. The caller is the
/// state's own node, so the calls of the administrator are open only on that very node.
/// </summary>
/// <remarks>Each call throws <see cref="PeerException"/> when it is refused or the node is not reached.</remarks>
public sealed class NodeClient : IDisposable
{
    // A node that is not there refuses at once; one on a machine that is overloaded deserves patience.
    private static readonly TimeSpan s_connect = TimeSpan.FromSeconds(10);

    private readonly PeerHttp _http;
    private readonly Uri _address;
    private readonly string _target;

    /// <param name="state">Whose secret and node id sign.</param>
    /// <param name="address">As <c>http://127.0.0.1:4747</c>.</param>
    /// <param name="target">Node id of who is called; the state's own node for its own machine.</param>
    public NodeClient(NetworkState state, Uri address, string target)
    {
        ArgumentNullException.ThrowIfNull(state);
        (_address, _target) = (address, target);
        var keys = new NetworkKeys(state);
        _http = new PeerHttp(
            state.NodeId, keys, new TargetBook(TimeProvider.System), new PeerTrust(state.NetworkId, () => keys.Ring, TimeProvider.System, null), null, s_connect);
    }

    /// <summary>The node of this machine, where it listens now, else where the configuration says.</summary>
    public static NodeClient ForSelf(NetworkState state, string stateDir, IPEndPoint configured)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new NodeClient(state, new Uri($"http://{StateStore.ReadListen(stateDir) ?? configured}"), state.NodeId);
    }

    /// <summary>Unsigned: of whoever listens there.</summary>
    public async Task<HealthAnswer> HealthAsync(CancellationToken cancellation)
    {
        try
        {
            var body = await _http.Plain.GetByteArrayAsync(new Uri(_address, "/health"), cancellation);
            return JsonSerializer.Deserialize(body, ApiJson.Default.HealthAnswer) ?? throw new JsonException();
        }
        catch (Exception error) when (error is HttpRequestException or JsonException)
        {
            throw new PeerException((int?)(error as HttpRequestException)?.StatusCode, null, "no node answers there");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new PeerException(null, Errors.Timeout, "no answer in time");
        }
    }

    public Task<PeersAnswer> PeersAsync(CancellationToken cancellation) =>
        CallAsync(HttpMethod.Get, "/peers", ApiJson.Default.PeersAnswer, cancellation);

    /// <summary>The network as another member sees it.</summary>
    public Task<PeersAnswer> PeersOfAsync(string target, CancellationToken cancellation) =>
        CallAsync(HttpMethod.Get, $"/peers?target={target}", ApiJson.Default.PeersAnswer, cancellation);

    /// <param name="target">A node id; any member, relayed where it is another one.</param>
    public Task<NodeStats> StatsAsync(string target, CancellationToken cancellation) =>
        CallAsync(HttpMethod.Get, $"/stats?target={target}", ApiJson.Default.NodeStats, cancellation);

    /// <param name="target">A node id; any member, relayed where it is another one.</param>
    public Task<TrafficReport> TrafficAsync(string target, CancellationToken cancellation) =>
        CallAsync(HttpMethod.Get, $"/traffic?target={target}", ApiJson.Default.TrafficReport, cancellation);

    public Task<HistorySeries> HistoryAsync(HistoryQuery query, CancellationToken cancellation) =>
        CallAsync(HttpMethod.Get, HistoryPath.Of(query), ApiJson.Default.HistorySeries, cancellation);

    /// <summary>The node fills in the term that it knows where the command names a lower one.</summary>
    public Task<CommandAnswer> OrderAsync(string action, CommandRequest command, CancellationToken cancellation) =>
        CallAsync(HttpMethod.Post, $"/{action}", ApiJson.Default.CommandAnswer, cancellation, Body(command, ApiJson.Default.CommandRequest));

    /// <param name="target">A node id; any member, relayed where it is another one.</param>
    public Task<SpeedState> SpeedAsync(string target, CancellationToken cancellation) =>
        CallAsync(HttpMethod.Get, $"/speed?target={target}", ApiJson.Default.SpeedState, cancellation);

    public Task<SpeedState> StartSpeedAsync(SpeedOrder order, CancellationToken cancellation) =>
        CallAsync(HttpMethod.Post, "/speed", ApiJson.Default.SpeedState, cancellation, Body(order, ApiJson.Default.SpeedOrder));

    public Task<InviteAnswer> InviteAsync(TimeSpan? ttl, CancellationToken cancellation) =>
        CallAsync(HttpMethod.Post, "/invites", ApiJson.Default.InviteAnswer, cancellation,
            Body(new InviteOrder { TtlSeconds = (int?)ttl?.TotalSeconds }, ApiJson.Default.InviteOrder));

    public Task<InvitesAnswer> InvitesAsync(CancellationToken cancellation) =>
        CallAsync(HttpMethod.Get, "/invites", ApiJson.Default.InvitesAnswer, cancellation);

    public Task RevokeInviteAsync(string id, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Delete, $"/invites/{Uri.EscapeDataString(id)}", null, cancellation);

    public Task<SettingsAnswer> SettingsAsync(CancellationToken cancellation) =>
        CallAsync(HttpMethod.Get, "/settings", ApiJson.Default.SettingsAnswer, cancellation);

    public Task ChangeSettingsAsync(SettingsOrder order, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Patch, "/settings", Body(order, ApiJson.Default.SettingsOrder), cancellation);

    public Task ChangeSelfAsync(SelfOrder order, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Patch, "/self", Body(order, ApiJson.Default.SelfOrder), cancellation);

    /// <summary>The called node leaves the network (the caller must be that node).</summary>
    public Task LeaveAsync(CancellationToken cancellation) => SendAsync(HttpMethod.Post, "/leave", null, cancellation);

    public Task<KeysAnswer> KeysAsync(CancellationToken cancellation) =>
        CallAsync(HttpMethod.Get, "/keys", ApiJson.Default.KeysAnswer, cancellation);

    public Task<AlertsAnswer> AlertsAsync(CancellationToken cancellation) =>
        CallAsync(HttpMethod.Get, "/alerts", ApiJson.Default.AlertsAnswer, cancellation);

    /// <param name="last">How many commands; null: as many as the node tells.</param>
    /// <param name="action">Null: all commands; else only these (rule U8).</param>
    public Task<AuditAnswer> AuditAsync(int? last, bool verify, string? action, CancellationToken cancellation) =>
        CallAsync(HttpMethod.Get, FormattableString.Invariant($"/audit?verify={(verify ? "true" : "false")}{(last is { } number ? $"&last={number}" : "")}{(action is null ? "" : $"&action={action}")}"), ApiJson.Default.AuditAnswer, cancellation);

    public Task RotateAsync(CancellationToken cancellation) => SendAsync(HttpMethod.Post, "/keys/rotate", null, cancellation);

    public Task EvictAsync(EvictOrder order, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, "/evict", Body(order, ApiJson.Default.EvictOrder), cancellation);

    public Task ForceLeaveAsync(EvictOrder order, CancellationToken cancellation) =>
        SendAsync(HttpMethod.Post, "/force-leave", Body(order, ApiJson.Default.EvictOrder), cancellation);

    public void Dispose() => _http.Dispose();

    private static byte[] Body<T>(T value, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(value, type);

    private Task<T> CallAsync<T>(
        HttpMethod method, string path, JsonTypeInfo<T> type, CancellationToken cancellation, byte[]? body = null) =>
        _http.CallAsync(new PeerCall(method, new Uri(_address, path), _target, body), type, cancellation);

    private Task<byte[]> SendAsync(HttpMethod method, string path, byte[]? body, CancellationToken cancellation) =>
        _http.SendAsync(new PeerCall(method, new Uri(_address, path), _target, body), cancellation);
}
