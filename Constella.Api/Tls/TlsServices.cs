using Constella.Api.Cluster;
using Constella.Api.Peers;

namespace Constella.Api.Tls;

public static class TlsServices
{
    /// <summary>This node's certificate, and its trust in those of others (rule X6).</summary>
    public static IServiceCollection AddTls(this IServiceCollection services)
    {
        services.AddSingleton<HandshakeBudget>();
        services.AddSingleton(s => new NodeCertificate(
            s.GetRequiredService<LocalNode>().State.NetworkId,
            s.GetRequiredService<LocalNode>().NodeId,
            () => s.GetRequiredService<NetworkKeys>().Ring,
            s.GetRequiredService<TimeProvider>()));
        services.AddSingleton(s => new PeerTrust(
            s.GetRequiredService<LocalNode>().State.NetworkId,
            () => s.GetRequiredService<NetworkKeys>().Ring,
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<PeerTrust>>()));
        return services;
    }
}
