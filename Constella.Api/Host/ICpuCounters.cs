using Constella.Api.Host.Parsing;

namespace Constella.Api.Host;

/// <summary>The time that the machine's cores have spent, as its kernel counts it.</summary>
public interface ICpuCounters
{
    /// <summary>As of now; null where it cannot be read.</summary>
    KernelStat? Read();
}

internal sealed class HostCpuCounters(HostOptions options) : ICpuCounters
{
    public KernelStat? Read() => HostFiles.Read(options.Proc, "stat").Text is { } text ? KernelStat.Parse(text) : null;
}
