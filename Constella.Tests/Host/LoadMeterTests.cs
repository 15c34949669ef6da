using Constella.Api.Host;
using Constella.Core.Stats;
using Constella.Core.Wire;

namespace Constella.Tests.Host;

public sealed class LoadMeterTests
{
    private static NodeStats Stats => new()
    {
        NodeId = "00000000000000a1",
        Name = "alpha-01",
        At = DateTimeOffset.UnixEpoch,
        CpuPercent = 12.6,
        Cores = 2,
        Load1 = 0,
        Load5 = 0,
        Load15 = 0,
        MemoryTotalBytes = 1_000,
        MemoryUsedBytes = 254,
        SwapTotalBytes = 0,
        SwapUsedBytes = 0,
        UptimeSeconds = 1,
        Disks = [new DiskStats("/", "vda1", "ext4", 1_000, 400, 500), new DiskStats("/data", "vdb", "ext4", 1_000, 900, 50)],
    };

    [Fact]
    public void The_load_is_in_whole_percent_and_its_disk_the_fullest() =>
        Assert.Equal(new Load(13, 25, 95), LoadMeter.Of(Stats));

    [Fact]
    public void A_figure_that_cannot_be_read_is_null_and_never_0() =>
        Assert.Equal(new Load(null, null, null), LoadMeter.Of(Stats with
        {
            CpuPercent = Reading.Unknown("why"),
            MemoryUsedBytes = Reading.Unknown("why"),
            Disks = [],
        }));
}
