using Constella.Api.Configuration;
using Constella.Api.State;

namespace Constella.Api.Speed;

public static class SpeedServices
{
    /// <summary>Speed tests: <see cref="ISpeed"/>, and this node as the other end of one.</summary>
    public static IServiceCollection AddSpeed(this IServiceCollection services)
    {
        services.AddSingleton(s => new SpeedStore(
            s.GetRequiredService<ConstellaOptions>().StateDir, new StateDisk(), s.GetRequiredService<TimeProvider>(), s.GetRequiredService<ILogger<SpeedStore>>()));
        services.AddSingleton<SpeedRules>();
        services.AddSingleton<HeartbeatGuard>();
        services.AddSingleton<SpeedSessions>();
        services.AddSingleton<PeerTest>();
        services.AddSingleton<InternetTest>();
        services.AddSingleton<ISpeed, SpeedDesk>();
        return services;
    }
}
