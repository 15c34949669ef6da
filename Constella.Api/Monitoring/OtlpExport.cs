using System.Diagnostics.Metrics;
using Constella.Api.Cli;
using Constella.Api.Cluster;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Constella.Api.Monitoring;

/// <summary>For what a collector is named.</summary>
internal sealed record OtlpSignals(bool Metrics, bool Traces)
{
    public bool Any => Metrics || Traces;
}

/// <summary>
/// Sends the table of <see cref="CollectorRegistry"/>, and the requests that this node answers, to a collector by OTLP, as OpenTelemetry's own
/// variables say (<c>OTEL_EXPORTER_OTLP_…</c>, <c>OTEL_METRIC_EXPORT_INTERVAL</c>, <c>OTEL_TRACES_SAMPLER</c>). Where no endpoint is set nothing of
/// the library is loaded.
/// </summary>
internal sealed class OtlpExport(CollectorRegistry registry, OtlpSignals signals, ICluster cluster, ILogger<OtlpExport> log) : IHostedService, IDisposable
{
    private const string Name = "constella";
    private const int FlushMs = 2_000;

    private readonly Meter _meter = new(Name, CommandLine.Version);
    private MeterProvider? _metrics;
    private TracerProvider? _traces;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (signals.Metrics)
        {
            foreach (var family in CollectorRegistry.Families)
                Create(family);
            _metrics = Sdk.CreateMeterProviderBuilder().ConfigureResource(Describe).AddMeter(Name).AddOtlpExporter(Watch).Build();
        }
        // The server's own spans alone: those of calls to Telegram would carry the bot's token, which is part of their address.
        if (signals.Traces)
            _traces = Sdk.CreateTracerProviderBuilder().ConfigureResource(Describe).AddSource("Microsoft.AspNetCore").AddOtlpExporter(Watch).Build();
        return Task.CompletedTask;
    }

    /// <summary>What was not sent yet goes now, for two seconds each at the most.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => Task.WhenAll(
        Task.Run(() => _metrics?.Shutdown(FlushMs), CancellationToken.None),
        Task.Run(() => _traces?.Shutdown(FlushMs), CancellationToken.None));

    public void Dispose()
    {
        _metrics?.Dispose();
        _traces?.Dispose();
        _meter.Dispose();
    }

    private void Describe(ResourceBuilder resource)
    {
        var view = cluster.View;
        resource
            .AddService(Name, serviceNamespace: view.NetworkId, serviceVersion: CommandLine.Version, autoGenerateServiceInstanceId: false, serviceInstanceId: view.NodeId)
            .AddAttributes([new("host.name", view.Name)]);
    }

    private void Watch(OtlpExporterOptions options) =>
        options.HttpClientFactory = () => new HttpClient(new ExportWatch(log)) { Timeout = TimeSpan.FromMilliseconds(options.TimeoutMilliseconds) };

    private void Create(MetricFamily family)
    {
        if (family.Type == MetricType.Counter)
            _meter.CreateObservableCounter(family.Name, () => family.Read(registry.Read()), description: family.Help);
        else
            _meter.CreateObservableGauge(family.Name, () => family.Read(registry.Read()), description: family.Help);
    }
}
