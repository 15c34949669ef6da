using Constella.Api.Cluster;

namespace Constella.Api.Audit;

public static class AuditServices
{
    /// <summary>The audit log (rules U): <see cref="AuditStore"/>.</summary>
    /// <param name="folder">Of the state; the log lies beside it.</param>
    public static IServiceCollection AddAudit(this IServiceCollection services, string folder) => services
        .AddSingleton(s => new AuditStore(
            folder,
            s.GetRequiredService<LocalNode>().NodeId,
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<AuditStore>>()))
        .AddSingleton<IAuditLog>(s => s.GetRequiredService<AuditStore>());
}
