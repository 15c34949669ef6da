using Constella.Api.Cluster;
using Constella.Api.Peers;
using Constella.Api.Telegram.Screens;
using Constella.Core.Cluster;

namespace Constella.Api.Telegram;

/// <summary>Draws the screen that a key names, from what is known now.</summary>
internal sealed class Renderer(ICluster cluster, IPeers peers, Reboots reboots)
{
    private static readonly TimeSpan s_statsLimit = TimeSpan.FromMilliseconds(1_500);

    private (string Node, string Reason)? _refusal;

    /// <summary>Why a node refused to reboot: known to this Host only.</summary>
    public void Remember(RebootEnd end) => _refusal = end.Reason is { } reason ? (end.Reboot.Target, reason) : null;

    public async Task<Screen> RenderAsync(ScreenKey key, Texts texts, CancellationToken cancellation)
    {
        var view = cluster.View;
        var node = key.Node ?? "";
        return key.Kind switch
        {
            ScreenKind.Help => FleetScreens.Help(texts),
            ScreenKind.Card => FleetScreens.Card(view, node, texts),
            ScreenKind.Consumption => await ConsumptionAsync(view, node, texts, cancellation),
            ScreenKind.RebootQuestion => RebootScreens.Question(view, node, texts),
            ScreenKind.RebootProgress or ScreenKind.RebootConfirmed => Progress(view, node, texts),
            ScreenKind.RebootBack => RebootScreens.Back(view, node, key.Detail ?? "", texts),
            ScreenKind.RebootFailed => Failed(view, key, texts),
            _ => FleetScreens.List(view, texts),
        };
    }

    private Screen Progress(ClusterView view, string node, Texts texts) => Reboots.Of(view, node) is { } reboot
        ? RebootScreens.Progress(view, reboot, reboots.StageOf(reboot), reboots.Since(reboot), texts)
        : FleetScreens.Card(view, node, texts);

    private Screen Failed(ClusterView view, ScreenKey key, Texts texts)
    {
        var failure = key.Detail is { Length: 1 } code ? (RebootFailure)code[0] : RebootFailure.Timeout;
        var reason = _refusal is { } refusal && refusal.Node == key.Node ? refusal.Reason : null;
        return RebootScreens.Failed(view, key.Node ?? "", failure, reason, texts);
    }

    private async Task<Screen> ConsumptionAsync(ClusterView view, string node, Texts texts, CancellationToken cancellation)
    {
        if (FleetScreens.Find(view, node) is null)
            return FleetScreens.Card(view, node, texts);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(s_statsLimit);
        try
        {
            var stats = await peers.For(node).GetStatsAsync(node, limited.Token);
            return ConsumptionScreen.Of(view, node, stats, texts);
        }
        catch (PeerException failed)
        {
            return ConsumptionScreen.Failed(view, node, failed.Message, texts);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return ConsumptionScreen.Failed(view, node, texts[Text.NoAnswer], texts);
        }
    }
}
