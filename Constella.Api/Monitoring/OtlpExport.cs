using System.Diagnostics.Metrics;
using Constella.Api.Cli;
using Constella.Api.Cluster;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;

namespace Constella.Api.Monitoring;

/// <summary>
/// Sends the table of <see cref="CollectorRegistry"/> to a collector by OTLP, as OpenTelemetry's own variables say
/// (<c>OTEL_EXPORTER_OTLP_…</c>, <c>OTEL_METRIC_EXPORT_INTERVAL</c>). Where no endpoint is set nothing of the library is loaded.
/// </summary>
internal sealed class OtlpExport(CollectorRegistry registry, ICluster cluster, ILogger<OtlpExport> log) : IHostedService, IDisposable
{
    private const string Name = "constella";
    private const int FlushMs = 2_000;

    private readonly Meter _meter = new(Name, CommandLine.Version);
    private MeterProvider? _provider;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var family in CollectorRegistry.Families)
            Create(family);
        var view = cluster.View;
        _provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureResource(resource => resource
                .AddService(Name, serviceNamespace: view.NetworkId, serviceVersion: CommandLine.Version, autoGenerateServiceInstanceId: false, serviceInstanceId: view.NodeId)
                .AddAttributes([new("host.name", view.Name)]))
            .AddMeter(Name)
            .AddOtlpExporter(options => options.HttpClientFactory = () => new HttpClient(new ExportWatch(log)) { Timeout = TimeSpan.FromMilliseconds(options.TimeoutMilliseconds) })
            .Build();
        return Task.CompletedTask;
    }

    /// <summary>What was not sent yet goes now, for two seconds at the most.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.Run(() => _provider?.Shutdown(FlushMs), CancellationToken.None);

    public void Dispose()
    {
        _provider?.Dispose();
        _meter.Dispose();
    }

    private void Create(MetricFamily family)
    {
        if (family.Type == MetricType.Counter)
            _meter.CreateObservableCounter(family.Name, () => family.Read(registry.Read()), description: family.Help);
        else
            _meter.CreateObservableGauge(family.Name, () => family.Read(registry.Read()), description: family.Help);
    }
}
