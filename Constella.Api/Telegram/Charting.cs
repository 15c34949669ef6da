using System.Collections.Immutable;
using Constella.Api.Charts;
using Constella.Api.Peers;
using Constella.Api.Telegram.Screens;
using Constella.Core.Cluster;
using Constella.Core.Stats;

namespace Constella.Api.Telegram;

/// <summary>Reads a node's history, also a dead one's, and has it drawn.</summary>
internal sealed class Charting(IPeers peers, IChartRasteriser rasteriser, TimeProvider time)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMilliseconds(3_500);

    public async Task<Screen> RenderAsync(ClusterView view, ScreenKey key, Texts texts, CancellationToken cancellation)
    {
        var node = key.Node ?? "";
        var choice = ChartChoice.Parse(key.Detail);
        if (FleetScreens.Find(view, node) is null)
            return FleetScreens.Card(view, node, texts);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(s_limit);
        try
        {
            var series = await ReadAsync(view, node, choice, limited.Token);
            var drawing = ChartSvg.Draw(ChartScreen.Drawing(view, node, choice, series, texts));
            var png = await rasteriser.RenderAsync(drawing, cancellation);
            return ChartScreen.Of(view, node, choice, series, png is null ? null : Picture.Of(drawing, png), texts);
        }
        catch (PeerException failed)
        {
            return ChartScreen.Failed(view, node, choice, failed.Message, texts);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return ChartScreen.Failed(view, node, choice, texts[Text.NoAnswer], texts);
        }
    }

    private async Task<ImmutableArray<HistorySeries>> ReadAsync(ClusterView view, string node, ChartChoice choice, CancellationToken cancellation)
    {
        var (span, step) = choice.Time;
        // Up to the end of the step that goes on now.
        var to = ((time.GetUtcNow().ToUnixTimeSeconds() / step) + 1) * step;
        // This node knows whom to ask, and who has the copies where the other is dead.
        var self = peers.For(view.NodeId);
        return [.. await Task.WhenAll(choice.Metrics.Select(metric =>
            self.GetHistoryAsync(new HistoryQuery(node, metric, to - span, to, step), cancellation)))];
    }
}
