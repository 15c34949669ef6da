namespace Constella.Api.Cluster;

/// <summary>How long this process runs.</summary>
public sealed class ProcessClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    public long UptimeSeconds => (long)time.GetElapsedTime(_start).TotalSeconds;
}
