using Constella.Api.Vpn;
using Constella.Core;

namespace Constella.Tests.Vpn;

/// <summary>Rule O3: when a tunnel carries.</summary>
public sealed class TunnelWatchTests
{
    private static InterfaceSight Sight(long received) => new(true, true, "10.42.0.2", received);

    [Fact]
    public void A_hubs_carries_while_its_interface_stands()
    {
        var watch = new TunnelWatch(isHub: true);
        watch.Look(Sight(0), 0);
        Assert.True(watch.Carries);
        Assert.False(watch.WantsKnock);
        watch.Look(Sight(0) with { Up = false }, 1);
        Assert.False(watch.Carries);
        watch.Look(Sight(0) with { Host = null }, 2);
        Assert.False(watch.Carries);
    }

    [Fact]
    public void A_clients_carries_from_the_first_byte_until_three_minutes_of_silence()
    {
        var watch = new TunnelWatch(isHub: false);
        watch.Look(Sight(0), 0);
        Assert.False(watch.Carries);
        watch.Look(Sight(100), 1_000);
        Assert.True(watch.Carries);
        watch.Look(Sight(100), 1_000 + Timings.TunnelSilence - 1);
        Assert.True(watch.Carries);
        watch.Look(Sight(100), 1_000 + Timings.TunnelSilence);
        Assert.False(watch.Carries);
        watch.Look(Sight(132), 1_000 + Timings.TunnelSilence + 10);
        Assert.True(watch.Carries);
    }

    [Fact]
    public void What_an_interface_had_received_before_it_was_made_anew_counts_no_more()
    {
        var watch = new TunnelWatch(isHub: false);
        watch.Look(Sight(100), 0);
        watch.Look(InterfaceSight.None, 1_000);
        watch.Look(Sight(0), 2_000);
        Assert.False(watch.Carries);
        watch.Look(Sight(100), 3_000);
        Assert.True(watch.Carries);
    }

    [Fact]
    public void In_silence_it_knocks_now_and_then()
    {
        var watch = new TunnelWatch(isHub: false);
        var knocks = 0;
        for (var mono = 0L; mono < 60_000; mono += 2_000)
        {
            watch.Look(Sight(7), mono);
            knocks += watch.WantsKnock ? 1 : 0;
        }
        Assert.InRange(knocks, 8, 12);
    }
}
