using Constella.Api.Cluster;
using Constella.Api.Host.Parsing;
using Constella.Api.Traffic;
using Constella.Core.Cluster;
using Constella.Core.Stats;

namespace Constella.Api.Monitoring;

/// <summary>What one scrape is made of, read once: its figures belong together.</summary>
internal sealed record Snapshot(DateTimeOffset At, ClusterView View, NodeStats Stats, KernelStat? Kernel, TrafficReport Traffic, ClusterTally Tally, ProcessFigures Process);
