using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Constella.Api.Peers;
using Constella.Api.Tls;
using Constella.Core.Signing;

namespace Constella.Api.Speed;

/// <summary>
/// The connections of one test to one node: TLS as all calls, heads signed as all calls. They are nobody else's and end with the test, so that no
/// heartbeat waits behind them. Addresses, name and run are those of the call that opened the test.
/// </summary>
internal sealed class PeerStreams : IDisposable
{
    private readonly HttpClient _http;
    private readonly Func<HttpMethod, string, SignedRequest> _sign;
    private readonly Uri _address;
    private readonly string _target;
    private readonly byte[] _noise = Noise.Make();

    public PeerStreams(string self, string target, Uri address, NetworkKeys keys, TargetBook book, PeerTrust trust)
    {
        (_address, _target) = (address, target);
        _sign = (method, path) => RequestSigner.Sign(
            keys.Ring, new RequestParts(method.Method, path, default), self, target, book.RunOf(target), book.UtcFor(target), RandomNumberGenerator.GetBytes(16));
        _http = new HttpClient(SpeedSockets.Make(trust.Members)) { Timeout = Timeout.InfiniteTimeSpan };
    }

    /// <summary>Reads noise from there to its end.</summary>
    public async Task ReceiveAsync(string test, long bytes, Action<long> arrived, CancellationToken cancellation)
    {
        using var request = Request(HttpMethod.Get, FormattableString.Invariant($"/speed/stream?test={test}&bytes={bytes}"));
        using var response = await SendAsync(request, cancellation);
        await SpeedSockets.ReadAsync(response, arrived, cancellation);
    }

    /// <summary>Sends noise to there.</summary>
    public async Task SendAsync(string test, long bytes, Action<long> sent, CancellationToken cancellation)
    {
        using var request = Request(HttpMethod.Post, $"/speed/stream?test={test}");
        request.Content = new NoiseContent(bytes, _noise, sent);
        using var response = await SendAsync(request, cancellation);
    }

    public void Dispose() => _http.Dispose();

    private HttpRequestMessage Request(HttpMethod method, string path)
    {
        var request = new HttpRequestMessage(method, new Uri(_address, path)) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (_address.Scheme == Uri.UriSchemeHttps)
            request.Headers.Host = CertificateAuthority.NameOf(_target);
        foreach (var (name, value) in _sign(method, path).Headers)
            _ = request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (response.IsSuccessStatusCode)
                return response;
            using (response)
                throw new SpeedException(SpeedErrors.Broken, $"the other end refused the stream with status {(int)response.StatusCode}");
        }
        catch (Exception error) when (error is HttpRequestException or IOException or SocketException)
        {
            throw new SpeedException(SpeedErrors.Broken, "the connection to the other end broke");
        }
    }
}
