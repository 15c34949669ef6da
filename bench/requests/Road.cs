using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Api.Tls;
using Constella.Core.Signing;

namespace Constella.Bench;

/// <summary>How one caller calls; used by one thread.</summary>
internal abstract class Road : IDisposable
{
    /// <summary>Makes ready what may be made before the clock runs.</summary>
    public abstract void Prepare(int calls);

    /// <exception cref="InvalidOperationException">The answer is not what it should be.</exception>
    public abstract void Call(int call);

    public abstract void Dispose();
}

/// <summary>Requests that were made and signed beforehand: what is measured is the node.</summary>
/// <param name="members">Who calls, in turn.</param>
internal sealed class WireRoad(Callers callers, int[] members, IPEndPoint to, string? name, bool signed) : Road
{
    private readonly Wire _wire = new(to, name);
    private readonly List<byte[]> _requests = [];

    public override void Prepare(int calls)
    {
        _requests.Clear();
        for (var i = 0; i < calls; i++)
            _requests.Add(callers.Next(members[i % members.Length], signed));
    }

    public override void Call(int call) => _wire.Call(_requests[call]);

    public override void Dispose() => _wire.Dispose();
}

/// <summary>The client that members have, which signs, checks the answer and reads it; or the same connections without its signing.</summary>
internal sealed class MemberRoad : Road
{
    private readonly Callers _callers;
    private readonly int[] _members;
    private readonly PeerHttp[] _clients;
    private readonly ServerProcess _server;
    private readonly bool _signed;
    private readonly Uri _uri;
    private readonly List<byte[]> _bodies = [];

    public MemberRoad(Callers callers, int[] members, ServerProcess server, bool tls, bool signed)
    {
        (_callers, _members, _server, _signed) = (callers, members, server, signed);
        _uri = new Uri($"{(tls ? "https" : "http")}://{(signed ? server.Signed : server.Unsigned)}{callers.Target}");
        var keys = new NetworkKeys(server.State);
        _clients = [.. members.Select(member => new PeerHttp(
            Fleet.IdOf(member), keys, new TargetBook(TimeProvider.System), new PeerTrust(server.State.NetworkId, () => keys.Ring, TimeProvider.System, null), null))];
    }

    public override void Prepare(int calls)
    {
        _bodies.Clear();
        for (var i = 0; i < calls && _callers.IsHeartbeat; i++)
            _bodies.Add(_callers.Heartbeat(_members[i % _members.Length]));
    }

    public override void Call(int call) => CallAsync(call).GetAwaiter().GetResult();

    public override void Dispose()
    {
        foreach (var client in _clients)
            client.Dispose();
    }

    private Task CallAsync(int call) => _callers.Target switch
    {
        "/heartbeat" => CallAsync(call, _bodies[call], ApiJson.Default.HeartbeatAnswer),
        "/peers" => CallAsync(call, null, ApiJson.Default.PeersAnswer),
        _ => CallAsync(call, null, ApiJson.Default.NodeStats),
    };

    private async Task CallAsync<T>(int call, byte[]? body, JsonTypeInfo<T> type)
    {
        var client = _clients[call % _clients.Length];
        var method = body is null ? HttpMethod.Get : HttpMethod.Post;
        if (_signed)
        {
            _ = await client.CallAsync(new PeerCall(method, _uri, _server.State.NodeId, body, _server.Run), type, CancellationToken.None);
            return;
        }
        using var request = new HttpRequestMessage(method, _uri);
        request.Headers.TryAddWithoutValidation(SignatureHeaders.From, Fleet.IdOf(_members[call % _members.Length]));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        using var response = await client.Plain.SendAsync(request);
        response.EnsureSuccessStatusCode();
        _ = JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(), type) ?? throw new InvalidOperationException("no answer");
    }
}
