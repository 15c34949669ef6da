using System.Collections.Concurrent;
using Constella.Api.Cluster;
using Constella.Api.Host;
using Constella.Api.State;
using Constella.Api.Traffic;
using Constella.Core.Cluster;
using Constella.Core.Traffic;
using Constella.Tests.Telegram;
using Microsoft.Extensions.Logging;

namespace Constella.Tests.Traffic;

/// <summary>A machine with one interface, a clock that is moved by hand, and a folder for what was counted.</summary>
internal sealed class MeterFixture : IUplinks, ICluster, IDisposable
{
    private readonly Telegram.FakeCluster _cluster = new(BotFixture.Member(BotFixture.Alpha, "alpha-01", self: true));

    public string Folder { get; } = Directory.CreateTempSubdirectory("constella-traffic-").FullName;

    public Host.ManualTime Time { get; } = new();

    public ListLogger Log { get; } = new();

    public string? Boot { get; set; } = "boot-1";

    public (long Received, long Sent) Bytes { get; set; } = (1_000_000, 500_000);

    public string? Why { get; set; }

    public string Path => System.IO.Path.Combine(Folder, TrafficFile.Name);

    public ConcurrentQueue<Input> Posted => _cluster.Posted;

    public ClusterView View => _cluster.View;

    public long Mono => (long)Time.GetElapsedTime(0).TotalMilliseconds;

    /// <summary>As a process that starts.</summary>
    public TrafficMeter Start(IStateDisk? disk = null)
    {
        var meter = new TrafficMeter(new TrafficFile(Folder, disk ?? new StateDisk()), this, this, Time, new Logger(Log));
        meter.Turn();
        return meter;
    }

    /// <summary>Time passes, turn by turn, and bytes come in.</summary>
    public void Run(TrafficMeter meter, TimeSpan time, long received)
    {
        for (var turns = (long)(time / TimeSpan.FromSeconds(10)); turns > 0; turns--, received -= received / (turns + 1))
        {
            Bytes = (Bytes.Received + (received / turns), Bytes.Sent);
            Time.Advance(TimeSpan.FromSeconds(10));
            meter.Turn();
        }
    }

    public (UplinkReading? Reading, string? Why) Read() => Why is null
        ? (new UplinkReading(Boot, [new Uplink("eth0", Bytes.Received, Bytes.Sent)]), null)
        : (null, Why);

    public void Post(Input input) => _cluster.Post(input);

    public Task<ClusterView> NextViewAsync(CancellationToken cancellation) => _cluster.NextViewAsync(cancellation);

    public Task<Answer> AskAsync(Func<long, Input> input, CancellationToken cancellation) => _cluster.AskAsync(input, cancellation);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private sealed class Logger(ILogger inner) : ILogger<TrafficMeter>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            inner.Log(logLevel, eventId, state, exception, formatter);
    }
}
