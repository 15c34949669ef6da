using System.Runtime.CompilerServices;
using Constella.Api.Configuration;

namespace Constella.Api.Monitoring;

public static class MonitoringServices
{
    // The names are OpenTelemetry's own: whoever runs a collector has them already.
    private const string Both = "OTEL_EXPORTER_OTLP_ENDPOINT";

    /// <summary>What other programs learn of this node: <c>/metrics</c>, and where the environment names a collector, OTLP.</summary>
    /// <exception cref="ConfigurationException">The collector's address is none.</exception>
    public static IServiceCollection AddMonitoring(this IServiceCollection services)
    {
        services.AddSingleton<CollectorRegistry>();
        var signals = new OtlpSignals(IsNamed("OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"), IsNamed("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"));
        if (signals.Any)
            AddOtlp(services, signals);
        return services;
    }

    private static bool IsNamed(string own)
    {
        if (Array.Find([own, Both], static name => Environment.GetEnvironmentVariable(name) is { Length: > 0 }) is not { } named)
            return false;
        // The library would take another address for one that it cannot read, and not say so.
        if (!Uri.TryCreate(Environment.GetEnvironmentVariable(named), UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
            throw new ConfigurationException([$"{named} is no http or https address"]);
        return true;
    }

    // By itself, so that the library is not loaded where this is not called.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void AddOtlp(IServiceCollection services, OtlpSignals signals)
    {
        services.AddSingleton(signals);
        services.AddHostedService<OtlpExport>();
        if (!signals.Traces)
            return;
        services.AddSingleton<IStartupFilter, RequestSpans>();
        // What a span tells of its request; the framework reads it once, when the host is built.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
    }
}
