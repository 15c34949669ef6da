namespace Constella.Core.Cluster;

/// <summary>The two clocks a step may read.</summary>
/// <param name="Mono">Milliseconds of a clock that goes on in suspend (CLOCK_BOOTTIME): timeouts and leases.</param>
/// <param name="Utc">Wall time: freshness of signatures, expiry of invites, display.</param>
public readonly record struct Now(long Mono, DateTimeOffset Utc);
