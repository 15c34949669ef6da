using System.Text.Json;
using Constella.Api.Endpoints;
using Constella.Api.Tls;

namespace Constella.Api.Cli.Signing;

/// <summary>The run id of a node (rule X1): with it a signed request is worthless after the node's restart.</summary>
internal static class RunOf
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    /// <returns>Null when the node is not reached, or another one answers: the request is signed without it.</returns>
    public static async Task<string?> AskAsync(Uri address, string nodeId, CancellationToken cancellation)
    {
        using var transport = new SocketsHttpHandler { UseProxy = false, SslOptions = PeerTrust.Anybody };
        using var http = new HttpClient(transport) { Timeout = Timeout };
        try
        {
            var health = await http.GetFromJsonAsync(new Uri(address, "/health"), ApiJson.Default.HealthAnswer, cancellation);
            return health?.NodeId == nodeId && health.Run.Length > 0 ? health.Run : null;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or NotSupportedException)
        {
            return null;
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }
}
