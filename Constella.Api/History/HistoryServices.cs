using Constella.Api.Cluster;
using Constella.Api.Host;

namespace Constella.Api.History;

public static class HistoryServices
{
    /// <summary>Metrics over time: <see cref="IHistory"/>.</summary>
    /// <param name="folder">Of the state; the database lies beside it.</param>
    public static IServiceCollection AddHistory(this IServiceCollection services, string folder)
    {
        services.AddSingleton(s => new HistoryStore(
            folder,
            s.GetRequiredService<LocalNode>().NodeId,
            s.GetRequiredService<IHostMetrics>().Zone,
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<HistoryStore>>()));
        services.AddSingleton<HistoryDesk>();
        services.AddSingleton<IHistory>(s => s.GetRequiredService<HistoryDesk>());
        services.AddSingleton<HistoryPusher>();
        services.AddHostedService<HistoryRecorder>();
        return services;
    }
}
