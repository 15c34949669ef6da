using System.Collections.Immutable;
using Constella.Api.Cluster;
using Constella.Api.Peers;
using Constella.Api.Telegram.Screens;
using Constella.Core.Audit;
using Constella.Core.Cluster;

namespace Constella.Api.Telegram;

/// <summary>Draws the screen that a key names, from what is known now.</summary>
internal sealed class Renderer(
    ICluster cluster, IPeers peers, Reboots reboots, Charting charting, Forgetting forgetting, SpeedTests speeds, TimeProvider time,
    Func<int, ImmutableArray<AuditedCommand>> audit)
{
    private static readonly TimeSpan s_askLimit = TimeSpan.FromMilliseconds(1_500);

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
            ScreenKind.Speed => await SpeedAsync(view, key, node, texts, cancellation),
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
            seen = await SeenFromAsync(node, texts, cancellation);
        return ConnectionScreens.Node(view, node, seen, Page(key.Detail), texts);
    }

    /// <returns>Null when it does not answer.</returns>
    private async Task<Dictionary<string, Sight>?> SeenFromAsync(string node, Texts texts, CancellationToken cancellation)
    {
        if ((await AskAsync(node, (peer, limited) => peer.GetPeersAsync(limited), texts, cancellation)).Answer is not { } answer)
            return null;
        // The last one wins where a node is named twice: it is another node's answer.
        var seen = new Dictionary<string, Sight>(StringComparer.Ordinal);
        foreach (var member in answer.Peers)
            seen[member.NodeId] = new Sight(member.Health, member.RttMs);
        return seen;
    }

    private async Task<Screen> TrafficAsync(ClusterView view, string node, Texts texts, CancellationToken cancellation)
    {
        if (FleetScreens.Find(view, node) is null)
            return FleetScreens.Card(view, node, texts);
        var (report, why) = await AskAsync(node, (peer, limited) => peer.GetTrafficAsync(node, limited), texts, cancellation);
        return TrafficScreens.Of(view, node, report, why, time.GetUtcNow(), texts);
    }

    private async Task<Screen> SpeedAsync(ClusterView view, ScreenKey key, string node, Texts texts, CancellationToken cancellation)
    {
        if (FleetScreens.Find(view, node) is null)
            return FleetScreens.Card(view, node, texts);
        var (state, _) = await AskAsync(node, (peer, limited) => peer.GetSpeedAsync(node, limited), texts, cancellation);
        return SpeedScreens.Menu(view, key, state, speeds.RefusalOf(node), texts);
    }

    private async Task<Screen> ConsumptionAsync(ClusterView view, string node, Texts texts, CancellationToken cancellation)
    {
        if (FleetScreens.Find(view, node) is null)
            return FleetScreens.Card(view, node, texts);
        var (stats, why) = await AskAsync(node, (peer, limited) => peer.GetStatsAsync(node, limited), texts, cancellation);
        return stats is null ? ConsumptionScreen.Failed(view, node, why!, texts) : ConsumptionScreen.Of(view, node, stats, texts);
    }

    /// <summary>Asks a node for what a screen shows; the owner does not wait long for it.</summary>
    /// <returns>The answer; or null, and why there is none.</returns>
    private async Task<(T? Answer, string? Why)> AskAsync<T>(string node, Func<IPeerApi, CancellationToken, Task<T>> ask, Texts texts, CancellationToken cancellation)
        where T : class
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(s_askLimit);
        try
        {
            return (await ask(peers.For(node), limited.Token), null);
        }
        catch (PeerException failed)
        {
            return (null, failed.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, texts[Text.NoAnswer]);
        }
    }
}
