using Constella.Api.Vpn;
using Constella.Core;

namespace Constella.Tests.Vpn;

/// <summary>Rule O3: when a tunnel carries.</summary>
public sealed class TunnelWatchTests
{
    [Fact]
    public void A_hubs_carries_while_its_interface_stands()
    {
        var watch = new TunnelWatch(isHub: true);
        watch.Look(usable: true, answered: false, 0);
        Assert.True(watch.Carries);
        Assert.False(watch.WantsKnock);
        watch.Look(usable: false, answered: false, 1);
        Assert.False(watch.Carries);
    }

    [Fact]
    public void A_clients_carries_from_the_first_answer_until_three_minutes_without_one()
    {
        var watch = new TunnelWatch(isHub: false);
        watch.Look(usable: true, answered: false, 0);
        Assert.False(watch.Carries);
        watch.Look(usable: true, answered: true, 1_000);
        Assert.True(watch.Carries);
        watch.Look(usable: true, answered: false, 1_000 + Timings.TunnelSilence - 1);
        Assert.True(watch.Carries);
        watch.Look(usable: true, answered: false, 1_000 + Timings.TunnelSilence);
        Assert.False(watch.Carries);
        watch.Look(usable: true, answered: true, 1_000 + Timings.TunnelSilence + 10);
        Assert.True(watch.Carries);
    }

    [Fact]
    public void What_was_answered_before_the_interface_was_made_anew_counts_no_more()
    {
        var watch = new TunnelWatch(isHub: false);
        watch.Look(usable: true, answered: true, 0);
        watch.Look(usable: false, answered: false, 1_000);
        watch.Look(usable: true, answered: false, 2_000);
        Assert.False(watch.Carries);
        Assert.True(watch.WantsKnock);
    }

    [Fact]
    public void It_knocks_now_and_then()
    {
        var watch = new TunnelWatch(isHub: false);
        var knocks = 0;
        for (var mono = 0L; mono < 60_000; mono += 2_000)
        {
            watch.Look(usable: true, answered: false, mono);
            knocks += watch.WantsKnock ? 1 : 0;
        }
        Assert.InRange(knocks, 8, 12);
    }
}
