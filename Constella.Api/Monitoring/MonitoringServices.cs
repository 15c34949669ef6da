using System.Runtime.CompilerServices;
using Constella.Api.Configuration;

namespace Constella.Api.Monitoring;

public static class MonitoringServices
{
    // The names are OpenTelemetry's own: whoever runs a collector has them already.
    private static readonly string[] s_endpoints = ["OTEL_EXPORTER_OTLP_METRICS_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT"];

    /// <summary>What other programs learn of this node: <c>/metrics</c>, and where the environment names a collector, OTLP.</summary>
    /// <exception cref="ConfigurationException">The collector's address is none.</exception>
    public static IServiceCollection AddMonitoring(this IServiceCollection services)
    {
        services.AddSingleton<CollectorRegistry>();
        if (Array.Find(s_endpoints, static name => Environment.GetEnvironmentVariable(name) is { Length: > 0 }) is not { } named)
            return services;
        // The library would take another address for one that it cannot read, and not say so.
        if (!Uri.TryCreate(Environment.GetEnvironmentVariable(named), UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
            throw new ConfigurationException([$"{named} is no http or https address"]);
        AddOtlp(services);
        return services;
    }

    // By itself, so that the library is not loaded where this is not called.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddOtlp(IServiceCollection services) => services.AddHostedService<OtlpExport>();
}
