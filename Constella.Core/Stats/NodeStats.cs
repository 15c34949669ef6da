using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Constella.Core.Stats;

/// <summary>A figure, or the reason why it could not be read: never 0 for unknown.</summary>
public readonly record struct Reading(double? Value, string? Why)
{
    public static implicit operator Reading(double value) => new(value, null);

    public static Reading Unknown(string why) => new(null, why);
}

/// <summary>A mounted file system of the host.</summary>
public sealed record DiskStats(string Mount, string Device, string Type, long TotalBytes, long UsedBytes, long AvailableBytes);

/// <summary>A network interface of the host; rates in bytes per second, null until two samples were taken.</summary>
public sealed record NetStats(string Name, long ReceivedBytes, long SentBytes, double? ReceivedPerSecond, double? SentPerSecond);

/// <summary><c>GET /stats</c>: the consumption of one machine (the host, also from a container).</summary>
public sealed record NodeStats
{
    public int V { get; init; } = Limits.Protocol;
    public required string NodeId { get; init; }
    public required string Name { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary>Of all cores together, 0 to 100.</summary>
    public required Reading CpuPercent { get; init; }

    public required Reading Cores { get; init; }
    public required Reading Load1 { get; init; }
    public required Reading Load5 { get; init; }
    public required Reading Load15 { get; init; }
    public required Reading MemoryTotalBytes { get; init; }

    /// <summary>Total less MemAvailable.</summary>
    public required Reading MemoryUsedBytes { get; init; }

    public required Reading SwapTotalBytes { get; init; }
    public required Reading SwapUsedBytes { get; init; }
    public ImmutableArray<DiskStats> Disks { get; init => field = value.IsDefault ? [] : value; } = [];

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DisksWhy { get; init; }

    public ImmutableArray<NetStats> Networks { get; init => field = value.IsDefault ? [] : value; } = [];

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? NetworksWhy { get; init; }

    /// <summary>Of the machine.</summary>
    public required Reading UptimeSeconds { get; init; }

    public string? BootId { get; init; }
    public string? Kernel { get; init; }
    public string? Os { get; init; }
    public string? Architecture { get; init; }

    /// <summary>Null when this node can be rebooted from afar, else why not.</summary>
    public string? RebootRefused { get; init; }
}
