using Constella.Api.Charts;
using Constella.Api.Telegram.Screens;
using Microsoft.Extensions.Logging.Abstractions;

namespace Constella.Tests.Charts;

/// <summary>Alone in the process: what others allocate meanwhile would be counted too.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MemoryCollection
{
    public const string Name = "memory";
}

[Collection(MemoryCollection.Name)]
public sealed class RasteriserMemoryTests
{
    [RasteriserFact]
    public async Task Rendering_leaves_nothing_behind_in_the_process()
    {
        using var rasteriser = new ChartRasteriser(NullLogger<ChartRasteriser>.Instance);
        var svg = Drawings.Draw(ChartChoice.First, Texts.English);
        await RenderAsync(5);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        await RenderAsync(20);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 512 * 1024);

        async Task RenderAsync(int times)
        {
            for (var i = 0; i < times; i++)
                Assert.NotNull(await rasteriser.RenderAsync(svg, CancellationToken.None));
        }
    }

    [RasteriserFact]
    public async Task When_nobody_draws_any_more_memory_is_given_back()
    {
        using var rasteriser = new ChartRasteriser(NullLogger<ChartRasteriser>.Instance) { Calm = TimeSpan.FromMilliseconds(300) };
        var svg = Drawings.Draw(ChartChoice.First, Texts.English);
        Assert.NotNull(await rasteriser.RenderAsync(svg, CancellationToken.None));
        Assert.NotNull(await rasteriser.RenderAsync(svg, CancellationToken.None));
        var before = GC.CollectionCount(GC.MaxGeneration);
        await Telegram.BotFixture.UntilAsync(() => GC.CollectionCount(GC.MaxGeneration) > before);
    }
}
