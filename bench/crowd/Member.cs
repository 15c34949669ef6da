using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Text.Json;
using Constella.Api.Cluster;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Api.Tls;
using Constella.Core;
using Constella.Core.Members;
using Constella.Core.Signing;
using Constella.Core.Wire;

namespace Constella.Bench;

/// <summary>
/// A member that this process plays for the real node: it agrees with all that the Host says, grants what it asks for, and beats as a
/// node does, over connections from its own address. It decides nothing: what it says is what the Host said, in its own name.
/// </summary>
internal sealed class Member : IDisposable
{
    private readonly Network _network;
    private readonly MemberRecord _record;
    private readonly string _run = Network.NewId();
    private readonly string _boot = Guid.NewGuid().ToString();
    private readonly NodeCertificate _certificate;
    private readonly HttpClient _http;
    private volatile Vitals? _told;
    private long _seq;
    private long _failures;

    public Member(Network network, MemberRecord record)
    {
        (_network, _record) = (network, record);
        _certificate = new NodeCertificate(network.State.NetworkId, record.NodeId, () => network.Ring, TimeProvider.System);
        var trust = new PeerTrust(network.State.NetworkId, () => network.Ring, TimeProvider.System, null);
        _http = new HttpClient(new SigningHandler(record.NodeId, new NetworkKeys(network.State), new TargetBook(TimeProvider.System), null)
        {
            InnerHandler = new SocketsHttpHandler
            {
                UseProxy = false,
                UseCookies = false,
                ActivityHeadersPropagator = null,
                ConnectCallback = ConnectAsync,
                SslOptions = trust.Members,
            },
        });
        Verifier = new RequestVerifier(record.NodeId, _run, new NonceCache());
    }

    public IPAddress Address => IPEndPoint.Parse(_record.Addr).Address;

    public string Run => _run;

    public SslStreamCertificateContext Certificate => _certificate.Current;

    public RequestVerifier Verifier { get; }

    /// <summary>Heartbeats of this member that the real node did not answer in time.</summary>
    public long Failures => Interlocked.Read(ref _failures);

    /// <summary>The real node has called.</summary>
    public bool IsCalled => _told is not null;

    public HeartbeatAnswer Answer(Heartbeat message)
    {
        _told = message.Vitals;
        return new HeartbeatAnswer
        {
            Vitals = Own(message.Vitals),
            Grant = message.Ask is { } ask ? new Grant(ask.Term, Timings.Lease) : null,
        };
    }

    /// <summary>Beats from its first call on, on a fixed beat (rule H1).</summary>
    public async Task BeatAsync(TimeSpan phase, CancellationToken end)
    {
        await Task.Delay(phase, end);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(Timings.Beat));
        while (await timer.WaitForNextTickAsync(end))
        {
            if (_told is not { } told)
                continue;
            using var soon = CancellationTokenSource.CreateLinkedTokenSource(end);
            soon.CancelAfter(TimeSpan.FromMilliseconds(Timings.CallTimeout));
            try
            {
                var body = JsonSerializer.SerializeToUtf8Bytes(new Heartbeat { Vitals = Own(told) }, ApiJson.Default.Heartbeat);
                _ = await CallAsync(HttpMethod.Post, "/heartbeat", body, soon.Token);
            }
            catch (Exception error) when (!end.IsCancellationRequested && error is PeerException or HttpRequestException or IOException or OperationCanceledException)
            {
                Interlocked.Increment(ref _failures);
            }
        }
    }

    /// <summary>The network as the real node sees it.</summary>
    public async Task<PeersAnswer> AskAsync(CancellationToken end) =>
        JsonSerializer.Deserialize(await CallAsync(HttpMethod.Get, "/peers", null, end), ApiJson.Default.PeersAnswer)!;

    public void Dispose() => _http.Dispose();

    private async Task<byte[]> CallAsync(HttpMethod method, string path, byte[]? body, CancellationToken end)
    {
        using var request = new HttpRequestMessage(method, new Uri($"https://{Network.RealAt}{path}"));
        request.Options.Set(SigningHandler.Target, _network.State.NodeId);
        request.Options.Set(SigningHandler.Run, _told?.Run);
        request.Headers.Host = CertificateAuthority.NameOf(_network.State.NodeId);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        using var response = await _http.SendAsync(request, end);
        return await response.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync(end);
    }

    private Vitals Own(Vitals told) => told with
    {
        Node = _record.NodeId,
        Run = _run,
        Boot = _boot,
        Seq = Interlocked.Increment(ref _seq),
        At = BootClock.Milliseconds,
        Clock = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds(),
        Incarnation = _record.Incarnation,
        Priority = _record.Priority,
        Polls = Polls.None,
        Telegram = true,
        Draining = false,
        Unheard = [],
        Load = new Load(3, 41, 17),
        Traffic = new MonthBytes(123_456_789_012, 98_765_432_109),
    };

    // From its own address, as from its own machine: a node counts its callers by that.
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken end)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(Address, 0));
            await socket.ConnectAsync(Network.RealAt, end);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
