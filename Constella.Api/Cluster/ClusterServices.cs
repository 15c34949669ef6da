using System.Security.Cryptography;
using Constella.Api.Cli;
using Constella.Api.Host;
using Constella.Api.State;
using Constella.Core.Cluster;
using Constella.Core.Members;

namespace Constella.Api.Cluster;

public static class ClusterServices
{
    /// <summary>The node's protocol and its driver: <see cref="ICluster"/>.</summary>
    public static IServiceCollection AddCluster(this IServiceCollection services, NetworkState state, StateStore store)
    {
        services.AddSingleton(s => new LocalNode(
            state,
            new ProcessIdentity(
                RandomNumberGenerator.GetHexString(16, lowercase: true), s.GetRequiredService<IHostMetrics>().Boot, CommandLine.Build)));
        // Given, not made here: the container must not close what outlives it.
        services.AddSingleton(store);
        services.AddSingleton<NodeExit>();
        services.AddSingleton<ClusterDriver>();
        services.AddSingleton<ICluster>(s => s.GetRequiredService<ClusterDriver>());
        services.AddSingleton(s => s.GetRequiredService<ClusterDriver>().Tally);
        services.AddSingleton<CommandDesk>();
        services.AddHostedService(s => s.GetRequiredService<ClusterDriver>());
        return services;
    }
}
