using System.Collections.Immutable;
using Constella.Api.Cluster;
using Constella.Api.Peers;
using Constella.Api.Telegram.Screens;
using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Api.Telegram;

/// <summary>Draws the screen that a key names, from what is known now.</summary>
internal sealed class Renderer(
    ICluster cluster, IPeers peers, Reboots reboots, Charting charting, Forgetting forgetting, SpeedTests speeds, TimeProvider time,
    Func<int, ImmutableArray<AuditedCommand>> audit)
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
            ScreenKind.Chart => await charting.RenderAsync(view, key, texts, cancellation),
            ScreenKind.Fleet => ConnectionScreens.Fleet(view, Page(key.Node), texts),
            ScreenKind.Connections => await ConnectionsAsync(view, key, texts, cancellation),
            ScreenKind.ForgetQuestion => ForgetScreens.Question(view, node, texts),
            ScreenKind.Forgetting => ForgetScreens.Progress(view, node, key.Detail, texts),
            ScreenKind.Forgotten => ForgetScreens.Done(node, key.Detail, texts),
            ScreenKind.NotForgotten => ForgetScreens.Failed(view, node, ForgetFailureOf(key), forgetting.ReasonOf(node), texts),
            ScreenKind.Speed => SpeedScreens.Menu(view, key, await SpeedAsync(view, node, cancellation), speeds.RefusalOf(node), texts),
            ScreenKind.SpeedQuestion when SpeedChoice.Parse(key.Detail) is { } choice => SpeedScreens.Question(view, node, choice, texts),
            ScreenKind.SpeedRunning when SpeedChoice.Parse(key.Detail) is { } choice => SpeedScreens.Progress(view, key, choice, speeds.RunOf(key), texts),
            ScreenKind.Audit => AuditScreen.Of(view, await Task.Run(() => audit(AuditScreen.Told), cancellation), Page(key.Node), texts),
            ScreenKind.Traffic or ScreenKind.RenewConfirmed => await TrafficAsync(view, node, texts, cancellation),
            ScreenKind.RenewQuestion => TrafficScreens.Question(view, node, texts),
            _ => ListScreen.Of(view, Page(key.Node), time.GetUtcNow(), texts),
        };
    }

    private static int Page(string? text) => ScreenKey.PageOf(text, Core.Limits.Members);

    private static ForgetFailure ForgetFailureOf(ScreenKey key) =>
        key.Detail is { Length: 1 } code ? (ForgetFailure)code[0] : ForgetFailure.Refused;

    private Screen Progress(ClusterView view, string node, Texts texts) => Reboots.Of(view, node) is { } reboot
        ? RebootScreens.Progress(view, reboot, reboots.StageOf(reboot), reboots.Since(reboot), texts)
        : FleetScreens.Card(view, node, texts);

    private Screen Failed(ClusterView view, ScreenKey key, Texts texts)
    {
        var failure = key.Detail is { Length: 1 } code ? (RebootFailure)code[0] : RebootFailure.Timeout;
        var reason = _refusal is { } refusal && refusal.Node == key.Node ? refusal.Reason : null;
        return RebootScreens.Failed(view, key.Node ?? "", failure, reason, texts);
    }

    private async Task<Screen> ConnectionsAsync(ClusterView view, ScreenKey key, Texts texts, CancellationToken cancellation)
    {
        var node = key.Node ?? "";
        Dictionary<string, Sight>? seen = null;
        if (node == view.NodeId)
            seen = view.Members.ToDictionary(member => member.Record.NodeId, member => new Sight(member.Health, member.RttMs));
        else if (FleetScreens.Find(view, node) is { Health: Health.Alive or Health.Suspect })
            seen = await SeenFromAsync(node, cancellation);
        return ConnectionScreens.Node(view, node, seen, Page(key.Detail), texts);
    }

    /// <returns>Null when it does not answer.</returns>
    private async Task<Dictionary<string, Sight>?> SeenFromAsync(string node, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(s_statsLimit);
        try
        {
            var answer = await peers.For(node).GetPeersAsync(limited.Token);
            // The last one wins where a node is named twice: it is another node's answer.
            var seen = new Dictionary<string, Sight>(StringComparer.Ordinal);
            foreach (var member in answer.Peers)
                seen[member.NodeId] = new Sight(member.Health, member.RttMs);
            return seen;
        }
        catch (PeerException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<Screen> TrafficAsync(ClusterView view, string node, Texts texts, CancellationToken cancellation)
    {
        if (FleetScreens.Find(view, node) is null)
            return FleetScreens.Card(view, node, texts);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(s_statsLimit);
        try
        {
            var report = await peers.For(node).GetTrafficAsync(node, limited.Token);
            return TrafficScreens.Of(view, node, report, null, time.GetUtcNow(), texts);
        }
        catch (PeerException failed)
        {
            return TrafficScreens.Of(view, node, null, failed.Message, time.GetUtcNow(), texts);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return TrafficScreens.Of(view, node, null, texts[Text.NoAnswer], time.GetUtcNow(), texts);
        }
    }

    /// <returns>Null when it does not answer.</returns>
    private async Task<SpeedState?> SpeedAsync(ClusterView view, string node, CancellationToken cancellation)
    {
        if (FleetScreens.Find(view, node) is null)
            return null;
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(s_statsLimit);
        try
        {
            return await peers.For(node).GetSpeedAsync(node, limited.Token);
        }
        catch (Exception failed) when (failed is PeerException || (failed is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
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
