using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Constella.Api.Tls;
using Constella.Core;
using Constella.Core.Wire;

namespace Constella.Api.Peers;

/// <summary>
/// The connections to all nodes: no proxy, no cookies, no redirects, no logger (addresses are the protocol's, and nothing
/// between may change a signed message). One pool for members, whose certificates are verified, and one for who is none yet.
/// </summary>
public sealed class PeerHttp : IDisposable
{
    private readonly PeerTrust _trust;
    private readonly HttpClient _signed;

    /// <param name="connect">How long a connection may take with its handshake; <see cref="Timings.CallTimeout"/> where it is not said.</param>
    public PeerHttp(string self, NetworkKeys keys, TargetBook book, PeerTrust trust, ILogger<PeerHttp>? log, TimeSpan? connect = null)
    {
        ArgumentNullException.ThrowIfNull(trust);
        _trust = trust;
        var patience = connect ?? TimeSpan.FromMilliseconds(Timings.CallTimeout);
        _signed = Client(new SigningHandler(self, keys, book, log) { InnerHandler = Sockets(trust.Members, patience) });
        Plain = Client(Sockets(PeerTrust.Anybody, patience));
    }

    /// <summary>For <c>/health</c> of whoever answers: not signed, and no certificate is verified.</summary>
    internal HttpClient Plain { get; }

    /// <summary>A signed call.</summary>
    /// <exception cref="PeerException">Refused, not reached, or an answer that does not hold.</exception>
    internal async Task<TAnswer> CallAsync<TAnswer>(PeerCall call, JsonTypeInfo<TAnswer> type, CancellationToken cancellation)
    {
        var body = await SendAsync(call, cancellation);
        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw new PeerException(null, null, "its answer is empty");
        }
        catch (JsonException)
        {
            throw new PeerException(null, null, "its answer is malformed");
        }
    }

    /// <summary>A signed call whose answer has no body.</summary>
    /// <exception cref="PeerException">Refused, not reached, or an answer that does not hold.</exception>
    internal async Task<byte[]> SendAsync(PeerCall call, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(call.Method, call.Uri);
        request.Options.Set(SigningHandler.Target, call.Target);
        request.Options.Set(SigningHandler.Run, call.Run);
        // The name that the certificate must bear, and part of what connections are pooled by: whoever is reached at an address,
        // a connection that was verified for one node carries no calls for another. Signatures do not cover it.
        if (call.Uri.Scheme == Uri.UriSchemeHttps)
            request.Headers.Host = CertificateAuthority.NameOf(call.Target);
        if (call.Body is { } body)
        {
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }
        try
        {
            using var response = await _signed.SendAsync(request, cancellation);
            var answer = await response.Content.ReadAsByteArrayAsync(cancellation);
            return response.IsSuccessStatusCode ? answer : throw Refused((int)response.StatusCode, answer);
        }
        catch (PeerException error) when (error.Status == (int)HttpStatusCode.UpgradeRequired)
        {
            _trust.Tell(CertificateAuthority.NameOf(call.Target), error.Message);
            throw;
        }
        catch (HttpRequestException error) when (error.HttpRequestError == HttpRequestError.SecureConnectionError && _trust.IsForeign(CertificateAuthority.NameOf(call.Target)))
        {
            // What a bare 401 is without TLS: the secrets of the two differ.
            throw new PeerException(null, Errors.Unauthorized, "its certificate is not of this network");
        }
        catch (HttpRequestException error)
        {
            throw new PeerException(null, error.HttpRequestError == HttpRequestError.SecureConnectionError ? Errors.Certificate : null, error.HttpRequestError switch
            {
                HttpRequestError.ConnectionError => "no connection",
                HttpRequestError.SecureConnectionError => "no TLS connection: it speaks none, or its certificate does not hold",
                HttpRequestError.NameResolutionError => "its host name is not known",
                _ => "the connection broke",
            });
        }
        catch (IOException)
        {
            throw new PeerException(null, null, "the connection broke");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new PeerException(null, Errors.Timeout, "no connection in time");
        }
    }

    public void Dispose()
    {
        _signed.Dispose();
        Plain.Dispose();
    }

    private static PeerException Refused(int status, byte[] body)
    {
        var problem = PeerProblem.Read(body);
        return new PeerException(status, problem?.Code, problem?.Detail ?? $"refused with status {status}");
    }

    private static SocketsHttpHandler Sockets(SslClientAuthenticationOptions tls, TimeSpan connect) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = connect,
        PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxConnectionsPerServer = 8,
        MaxResponseHeadersLength = 16,
        ActivityHeadersPropagator = null,
        SslOptions = tls,
    };

    private static HttpClient Client(HttpMessageHandler handler) => new(handler)
    {
        Timeout = TimeSpan.FromSeconds(20),
        MaxResponseContentBufferSize = Limits.BodyBytes,
        DefaultRequestVersion = HttpVersion.Version11,
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };
}

/// <param name="Target">Node id of who is called.</param>
/// <param name="Run">The target's run, where the caller knows it.</param>
internal sealed record PeerCall(HttpMethod Method, Uri Uri, string Target, byte[]? Body = null, string? Run = null);
