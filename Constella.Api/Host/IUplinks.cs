using Constella.Api.Host.Parsing;
using Constella.Core.Traffic;

namespace Constella.Api.Host;

/// <summary>The interfaces by which traffic leaves the machine.</summary>
public interface IUplinks
{
    /// <summary>Their counters now; or the reason why they cannot be read.</summary>
    (UplinkReading? Reading, string? Why) Read();
}

/// <summary>Those of <c>/proc/net/dev</c>, of the host also where this process is in a container and may see it.</summary>
internal sealed class HostUplinks(HostOptions options) : IUplinks
{
    public (UplinkReading? Reading, string? Why) Read()
    {
        var file = HostSampler.ReadNet(options);
        if (file.Text is null)
            return (null, file.Why);
        // The kernel's own id: a restarted container is no boot, the counters of its interfaces may go on.
        var boot = SmallFiles.Line(HostFiles.Read(options.Proc, "sys/kernel/random/boot_id").Text);
        return (new UplinkReading(boot, [.. NetDev.Parse(file.Text).Where(net => NetDev.IsUplink(net.Name)).Select(net => new Uplink(net.Name, net.Received, net.Sent))]), null);
    }
}
