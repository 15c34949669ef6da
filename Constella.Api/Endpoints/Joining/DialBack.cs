using System.Text.Json;
using Constella.Api.Configuration;
using Constella.Api.Peers;

namespace Constella.Api.Endpoints.Joining;

/// <summary>Whether a joiner's address leads to the joiner (rule J3).</summary>
internal sealed class DialBack(PeerHttp http, ConstellaOptions options)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1.5);

    public async Task<bool> ReachesAsync(string address, string nodeId, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(Timeout);
        try
        {
            var body = await http.Plain.GetByteArrayAsync(new Uri($"{options.PeerScheme}://{address}/health"), timeout.Token);
            return JsonSerializer.Deserialize(body, ApiJson.Default.HealthAnswer)?.NodeId == nodeId;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or JsonException or UriFormatException)
        {
            return false;
        }
    }
}
