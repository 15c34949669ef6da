using Constella.Api.Cluster;
using Constella.Api.History;
using Constella.Api.Speed;
using Constella.Api.Tls;

namespace Constella.Api.Peers;

public static class PeerServices
{
    /// <summary>Signed calls to other nodes: <see cref="IPeers"/> and <see cref="IHeartbeatSender"/>.</summary>
    public static IServiceCollection AddPeers(this IServiceCollection services)
    {
        services.AddSingleton(s => new NetworkKeys(s.GetRequiredService<LocalNode>().State));
        services.AddSingleton<TargetBook>();
        services.AddSingleton(s => new PeerHttp(
            s.GetRequiredService<LocalNode>().NodeId,
            s.GetRequiredService<NetworkKeys>(),
            s.GetRequiredService<TargetBook>(),
            s.GetRequiredService<PeerTrust>(),
            s.GetRequiredService<ILogger<PeerHttp>>()));
        services.AddSingleton<PeerClients>();
        // Late: history and speed tests call peers themselves.
        services.AddSingleton<Func<IHistory>>(s => s.GetRequiredService<IHistory>);
        services.AddSingleton<Func<ISpeed>>(s => s.GetRequiredService<ISpeed>);
        services.AddSingleton<ISpeedPeers>(s => s.GetRequiredService<PeerClients>());
        services.AddSingleton<IPeers>(s => s.GetRequiredService<PeerClients>());
        services.AddSingleton<IHeartbeatSender>(s => s.GetRequiredService<PeerClients>());
        services.AddSingleton<IAuditPuller>(s => s.GetRequiredService<PeerClients>());
        services.AddSingleton<IHistoryPeers>(s => s.GetRequiredService<PeerClients>());
        return services;
    }
}
