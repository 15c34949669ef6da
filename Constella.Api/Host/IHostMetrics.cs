using Constella.Core.Stats;

namespace Constella.Api.Host;

/// <summary>Reads the machine (the host's, also from a container).</summary>
public interface IHostMetrics
{
    /// <summary>A fresh reading; rates are over the time since the sampler's last turn.</summary>
    NodeStats Read();

    /// <summary><c>/proc/sys/kernel/random/boot_id</c>; never null (a machine without one gets a random id for this process).</summary>
    string BootId { get; }
}
