using Constella.Api.Cluster;
using Constella.Api.Host;
using Constella.Api.State;

namespace Constella.Api.Traffic;

public static class TrafficServices
{
    /// <summary>Traffic by months of the bill: <see cref="ITraffic"/>.</summary>
    /// <param name="folder">Of the state; what was counted lies beside it.</param>
    public static IServiceCollection AddTraffic(this IServiceCollection services, string folder)
    {
        services.AddSingleton(s => new TrafficMeter(
            new TrafficFile(folder, new StateDisk()),
            s.GetRequiredService<IUplinks>(),
            s.GetRequiredService<ICluster>(),
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<TrafficMeter>>()));
        services.AddSingleton<ITraffic>(s => s.GetRequiredService<TrafficMeter>());
        services.AddHostedService(s => s.GetRequiredService<TrafficMeter>());
        return services;
    }
}
