using Constella.Api.Host.Parsing;

namespace Constella.Api.Host;

/// <summary>Counters at one moment.</summary>
internal sealed record HostSample(long Timestamp, CpuTimes? Cpu, string? CpuWhy, IReadOnlyList<NetCounters>? Net, string? NetWhy);

/// <summary>Takes counters every five seconds, so that a reading at any time has something to be compared with.</summary>
internal sealed class HostSampler(HostOptions options, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    // Below this, one tick of the kernel's 100 a second is too large a part of the whole.
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(500);

    private readonly Lock gate = new();
    private HostSample? last;
    private HostSample? previous;

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Turn();
        return base.StartAsync(cancellationToken);
    }

    /// <summary>Reads the counters now.</summary>
    public HostSample Take()
    {
        var stat = HostFiles.Read(options.Proc, "stat");
        var net = ReadNet(options);
        var cpu = stat.Text is null ? null : CpuTimes.Parse(stat.Text);
        return new HostSample(
            time.GetTimestamp(),
            cpu,
            cpu is null ? stat.Why ?? "stat is not as expected" : null,
            net.Text is null ? null : NetDev.Parse(net.Text),
            net.Why);
    }

    // That of process 1 is the host's even where this process has a network of its own, but few may read it.
    public static HostText ReadNet(HostOptions options) => HostFiles.First(options.Proc, "1/net/dev", "net/dev");

    /// <summary>The latest sample that is old enough to be compared with <paramref name="now"/>, and how many seconds lie between.</summary>
    public (HostSample Sample, double Seconds)? Before(HostSample now)
    {
        lock (gate)
        {
            foreach (var sample in new[] { last, previous })
            {
                if (sample is not null && time.GetElapsedTime(sample.Timestamp, now.Timestamp) is var age && age >= Shortest)
                    return (sample, age.TotalSeconds);
            }
        }

        return null;
    }

    internal void Turn()
    {
        var sample = Take();
        lock (gate)
        {
            previous = last;
            last = sample;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                Turn();
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
        }
    }
}
