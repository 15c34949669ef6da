using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Constella.Api.Cli.Founding;
using Constella.Api.Cluster;
using Constella.Api.Endpoints;
using Constella.Api.Endpoints.Joining;
using Constella.Core.Members;
using Constella.Core.Signing;
using Constella.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Serilog.Events;

namespace Constella.Tests.Fuzz;

/// <summary>
/// A real node behind a raw socket: broken bodies in good requests, signed and kept alive, and broken requests as a whole. No
/// answer is a 5xx, and what was refused has written nothing.
/// </summary>
internal sealed class HttpSurface : ISurface
{
    /// <summary>Fewer than the nonces that one sender has (rule X3); then the next node.</summary>
    private const int Life = 5_000;

    private static readonly (string Method, string Path, byte[] Body)[] s_calls =
    [
        // Without what would make it a network of two: a call to the other one would fail, and rightly.
        ("POST", "/heartbeat", Samples.Json(Samples.Heartbeat with { State = null, HandOver = null, Proposals = [] }, ApiJson.Default.Heartbeat)),
        ("POST", "/reboot", Samples.Command),
        ("PATCH", "/settings", "{\"owner_username\":\"username\",\"owner_id\":42,\"owner_language\":\"en\",\"bot_token\":\"\"}"u8.ToArray()),
        ("PATCH", "/self", "{\"name\":\"alpha-01\",\"addr\":\"203.0.113.1:4747\",\"alt_addr\":\"\",\"priority\":100}"u8.ToArray()),
        ("POST", "/invites", "{\"ttl_seconds\":60}"u8.ToArray()),
        ("POST", "/join", Samples.Json(Samples.Join, ApiJson.Default.JoinRequest)),
    ];

    private readonly byte[] _answer = new byte[64 * 1024];
    private TestNode _node = null!;
    private ClusterDriver _driver = null!;
    private KeyRing _keys = null!;
    private Socket? _socket;
    private int _left;

    public HttpSurface() => Corpus =
    [
        .. s_calls.Select(call => call.Body),
        "/stats?target=0123456789abcdef&relayed=true"u8.ToArray(),
        "GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray(),
        Encoding.ASCII.GetBytes("POST /join HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"),
        Encoding.ASCII.GetBytes("POST /heartbeat HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 2\r\nSignature-Input: sig1=(\"@method\");created=1\r\nSignature: sig1=:AAAA:\r\n\r\n{}"),
    ];

    public IReadOnlyList<byte[]> Corpus { get; }

    public bool Try(int sample, byte[] bytes)
    {
        if (_left-- <= 0)
            Fresh();
        var before = _driver.State;
        var unbroken = bytes.AsSpan().SequenceEqual(Corpus[sample]);
        var status = sample < s_calls.Length ? Call(s_calls[sample].Method, s_calls[sample].Path, bytes)
            : sample == s_calls.Length ? Call("GET", Target(bytes), [])
            : Raw(bytes);
        // 505 is the server's own word for a request line whose version is none.
        Assert.True(status is 0 or (>= 200 and < 500) || (status == 505 && sample > s_calls.Length), $"status {status}");
        if (status is < 200 or >= 300)
            Unchanged(before, _driver.State);
        // Signed by a stranger, proved by nobody: those samples are refused as they are.
        return status is >= 200 and < 300 || unbroken;
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _node?.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }

    private static void Unchanged(NetworkState before, NetworkState after)
    {
        if (ReferenceEquals(before, after))
            return;
        // An invite may have come to its end in the meantime.
        Assert.Equal((before.Peers, before.Settings, before.Commands, before.Members), (after.Peers, after.Settings, after.Commands, after.Members));
        Assert.True(after.Invites.Length <= before.Invites.Length, "a refused request has left an invite");
    }

    private static string Target(byte[] bytes)
    {
        var target = new string([.. Encoding.Latin1.GetString(bytes).Where(sign => sign is > ' ' and <= '~')]);
        return target is ['/', ..] ? target : "/" + target;
    }

    /// <summary>By the node itself; a heartbeat by the one for whom it speaks.</summary>
    private int Call(string method, string path, byte[] body)
    {
        var from = path == "/heartbeat" ? Samples.Peer : _node.State.NodeId;
        var signed = RequestSigner.Sign(_keys, new RequestParts(method, path, body), from, _node.State.NodeId, null, DateTimeOffset.UtcNow, RandomNumberGenerator.GetBytes(16));
        var head = new StringBuilder($"{method} {path} HTTP/1.1\r\nHost: x\r\n");
        if (method != "GET")
            head.Append($"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n");
        foreach (var (name, value) in signed.Headers)
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        byte[] request = [.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. body];
        try
        {
            return Exchange(request, keep: true);
        }
        catch (Exception error) when (error is SocketException or EndOfStreamException)
        {
            // The node has ended an idle connection, or one whose last request it did not like.
            Hang();
            return Exchange(request, keep: true);
        }
    }

    /// <returns>0 when the node hung up.</returns>
    private int Raw(byte[] bytes)
    {
        Hang();
        try
        {
            return Exchange(bytes, keep: false);
        }
        catch (Exception error) when (error is SocketException or EndOfStreamException)
        {
            return 0;
        }
        finally
        {
            Hang();
        }
    }

    private int Exchange(byte[] request, bool keep)
    {
        if (_socket is null)
        {
            _socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 20_000, LingerState = new LingerOption(true, 0) };
            _socket.Connect(IPAddress.Loopback, _node.Address.Port);
        }
        _socket.Send(request);
        // Nothing more comes: half a request must not be waited for.
        if (!keep)
            _socket.Shutdown(SocketShutdown.Send);
        var (status, close) = Read();
        if (close)
            Hang();
        return status;
    }

    private (int Status, bool Close) Read()
    {
        var have = 0;
        while (true)
        {
            var read = _socket!.Receive(_answer.AsSpan(have));
            if (read == 0)
                throw new EndOfStreamException();
            have += read;
            var text = Encoding.Latin1.GetString(_answer, 0, have);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0)
                continue;
            var status = int.Parse(text.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);
            var length = Field(text[..end], "Content-Length");
            if (length is null && Field(text[..end], "Transfer-Encoding") is not null ? text.EndsWith("0\r\n\r\n", StringComparison.Ordinal) : have >= end + 4 + int.Parse(length ?? "0", System.Globalization.CultureInfo.InvariantCulture))
                return (status, Field(text[..end], "Connection") == "close");
        }
    }

    private static string? Field(string head, string name) => head.Split("\r\n")
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 1)..].Trim()).FirstOrDefault();

    private void Hang()
    {
        _socket?.Dispose();
        _socket = null;
    }

    private void Fresh()
    {
        Dispose();
        _socket = null;
        _left = Life;
        var options = TestNode.FreshOptions("alpha-01") with { LogLevel = LogEventLevel.Fatal };
        _node = TestNode.StartAsync(options, NetworkFounder.Create(options, "alpha-01", options.Listen.ToString(), null),
            static services => services.AddSingleton(new JoinLimiter(new LeapingTime()))).GetAwaiter().GetResult();
        _node.UntilAsync(view => view.IsHost).GetAwaiter().GetResult();
        _driver = _node.Services.GetRequiredService<ClusterDriver>();
        _keys = new KeyRing(_node.State.NetworkSecret, 1);
    }

    /// <summary>A minute passes between two attempts to join: what is to be broken lies behind the limiter.</summary>
    private sealed class LeapingTime : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Interlocked.Add(ref _now, 60);
    }
}
