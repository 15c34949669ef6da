using Constella.Core.Stats;

namespace Constella.Api.Host;

/// <summary>Reads the machine (the host's, also from a container).</summary>
public interface IHostMetrics
{
    /// <summary>A fresh reading; rates are over the time since the sampler's last turn.</summary>
    NodeStats Read();

    /// <summary>Readings for whoever samples at a beat of its own: shares of the CPU and rates are over the time since the reading before, not since the sampler's turn.</summary>
    Func<NodeStats> Meter();

    /// <summary>IANA name of the machine's time zone; <c>UTC</c> where it cannot be told.</summary>
    string Zone { get; }

    /// <summary>
    /// Names this boot of the machine: the kernel's boot id and when process 1 started, in ticks; never null (a machine without
    /// a boot id gets a random one for this process).
    /// </summary>
    string Boot { get; }
}
