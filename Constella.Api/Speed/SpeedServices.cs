using Constella.Api.Configuration;

namespace Constella.Api.Speed;

public static class SpeedServices
{
    /// <summary>Speed tests: <see cref="ISpeed"/>, and this node as the other end of one.</summary>
    public static IServiceCollection AddSpeed(this IServiceCollection services)
    {
        services.AddSingleton(s => new SpeedLedger(
            s.GetRequiredService<ConstellaOptions>().StateDir, s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<SpeedLedger>>()));
        services.AddSingleton<SpeedRules>();
        services.AddSingleton<HeartbeatGuard>();
        services.AddSingleton<SpeedSessions>();
        services.AddSingleton<PeerTest>();
        services.AddSingleton<InternetTest>();
        services.AddSingleton<ISpeed, SpeedDesk>();
        return services;
    }
}
