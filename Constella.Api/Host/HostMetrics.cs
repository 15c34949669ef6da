using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Constella.Api.Cluster;
using Constella.Api.Host.Parsing;
using Constella.Core.Stats;

namespace Constella.Api.Host;

/// <summary>Reads procfs and the file systems of the host; what cannot be read is told with the reason.</summary>
/// <param name="cluster">Late: the driver needs the boot id before there is a view.</param>
/// <param name="reboot">Why this node cannot be rebooted from afar, or null.</param>
internal sealed class HostMetrics(
    HostOptions options, HostSampler sampler, ISystemCalls calls, TimeProvider time, Func<ICluster> cluster, Func<string?> reboot) : IHostMetrics
{
    private readonly Lazy<string> boot = new(() => NameOfBoot(
        KernelBootId(options) ?? Guid.NewGuid().ToString(), HostFiles.Read(options.Proc, "1/stat").Text));

    public string Boot => boot.Value;

    public string Zone => HostZone.Name(options.Root);

    public NodeStats Read()
    {
        var now = sampler.Take();
        return Read(now, sampler.Before(now));
    }

    public Func<NodeStats> Meter()
    {
        HostSample? last = null;
        return () =>
        {
            var now = sampler.Take();
            var before = last is null ? sampler.Before(now) : (last, time.GetElapsedTime(last.Timestamp, now.Timestamp).TotalSeconds);
            last = now;
            return Read(now, before);
        };
    }

    private NodeStats Read(HostSample now, (HostSample Sample, double Seconds)? before)
    {
        var view = cluster().View;
        var load = Parsed("loadavg", SmallFiles.LoadAverage, why => (Reading.Unknown(why), Reading.Unknown(why), Reading.Unknown(why)));
        var memory = Parsed("meminfo", MemInfo.Parse, MemInfo.Unknown);
        var (disks, disksWhy) = Disks();
        return new NodeStats
        {
            NodeId = view.NodeId,
            Name = view.Name,
            At = time.GetUtcNow(),
            CpuPercent = Cpu(now, before?.Sample),
            Cores = now.Cpu is { Cores: > 0 } cpu ? cpu.Cores : Reading.Unknown(now.CpuWhy ?? "stat tells no cores"),
            Load1 = load.Item1,
            Load5 = load.Item2,
            Load15 = load.Item3,
            MemoryTotalBytes = memory.Total,
            MemoryUsedBytes = memory.Used,
            SwapTotalBytes = memory.SwapTotal,
            SwapUsedBytes = memory.SwapUsed,
            Disks = disks,
            DisksWhy = disksWhy,
            Networks = Networks(now, before),
            NetworksWhy = now.NetWhy,
            UptimeSeconds = Parsed("uptime", SmallFiles.Uptime, Reading.Unknown),
            BootId = KernelBootId(options),
            Kernel = SmallFiles.Line(HostFiles.Read(options.Proc, "sys/kernel/osrelease").Text),
            Os = OsName(),
            Architecture = RuntimeInformation.OSArchitecture switch
            {
                System.Runtime.InteropServices.Architecture.X64 => "x86_64",
                System.Runtime.InteropServices.Architecture.Arm64 => "aarch64",
                var other => other.ToString().ToLowerInvariant(),
            },
            RebootRefused = reboot(),
        };
    }

    private static string? KernelBootId(HostOptions options) =>
        SmallFiles.Line(HostFiles.Read(options.Proc, "sys/kernel/random/boot_id").Text);

    // Where machines share a kernel (LXC, OpenVZ) its boot id outlives their reboots; their process 1 does not.
    private static string NameOfBoot(string kernel, string? initStat) =>
        initStat is not null && SmallFiles.StartTicks(initStat) is { } ticks ? FormattableString.Invariant($"{kernel}+{ticks}") : kernel;

    private static Reading Cpu(HostSample now, HostSample? before)
    {
        if (now.Cpu is not { } cpu)
            return Reading.Unknown(now.CpuWhy ?? "stat is not as expected");
        return before?.Cpu is { } earlier
            ? cpu.PercentSince(earlier)
            : Reading.Unknown("measured between two samples, and this node has only just started");
    }

    private static ImmutableArray<NetStats> Networks(HostSample now, (HostSample Sample, double Seconds)? before)
    {
        if (now.Net is null)
            return [];
        var earlier = before?.Sample.Net?.ToDictionary(n => n.Name, StringComparer.Ordinal);
        return [.. now.Net.Where(n => NetDev.IsOuter(n.Name)).Select(n =>
            earlier is not null && earlier.TryGetValue(n.Name, out var then)
                ? new NetStats(n.Name, n.Received, n.Sent, Rate(n.Received, then.Received), Rate(n.Sent, then.Sent))
                : new NetStats(n.Name, n.Received, n.Sent, null, null))];

        // A counter that ran backwards belongs to an interface that was made anew.
        double? Rate(long to, long from) => to >= from ? Math.Round((to - from) / before!.Value.Seconds, 1) : null;
    }

    // This process's own mounts below the host's root, not those of process 1: what is listed must be what is measured.
    private (ImmutableArray<DiskStats> Disks, string? Why) Disks()
    {
        var table = HostFiles.First(options.OwnProc, "self/mountinfo");
        if (table.Text is null)
            return ([], table.Why);
        var disks = ImmutableArray.CreateBuilder<DiskStats>();
        foreach (var mount in MountInfo.Disks(MountInfo.Parse(table.Text), options.Root))
        {
            var path = options.Root.TrimEnd('/') + mount.Point;
            if (Directory.Exists(path) && calls.Space(path) is { Total: > 0 } space)
                disks.Add(new DiskStats(mount.Point, mount.Source, mount.Type, space.Total, space.Used, space.Available));
        }

        return (disks.ToImmutable(), disks.Count == 0 ? $"no disk file system is mounted at or below {options.Root}" : null);
    }

    private string? OsName()
    {
        var file = HostFiles.First(options.Root, "etc/os-release", "usr/lib/os-release");
        return file.Text is null ? null : SmallFiles.OsName(file.Text);
    }

    private T Parsed<T>(string path, Func<string, T> parse, Func<string, T> unknown)
    {
        var file = HostFiles.Read(options.Proc, path);
        return file.Text is null ? unknown(file.Why!) : parse(file.Text);
    }
}
