using Constella.Api.Cluster;
using Constella.Api.Peers;
using Constella.Api.Speed;
using Constella.Api.Telegram.Client;
using Constella.Api.Telegram.Screens;
using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Api.Telegram;

/// <summary>
/// Has a speed test measured while the screen says so, and follows it. The screen is replicated and has the test's id in it, which is made of the press
/// and which a node takes once (rule B1): the next Host asks for the same test, and finds it under way or over.
/// </summary>
internal sealed class SpeedTests(ICluster cluster, IPeers peers, BotRight right)
{
    private const long LookAgain = 1_000;

    /// <summary>No answer for this long: nothing more is tried.</summary>
    private const long GiveUp = 60_000;

    private static readonly TimeSpan s_callLimit = TimeSpan.FromMilliseconds(2_500);

    private Watch? _watch;
    private (string Node, string? Code, string Reason)? _refusal;

    private sealed class Watch(ScreenKey key, long begun)
    {
        public ScreenKey Key { get; } = key;
        public SpeedRun? Run { get; set; }
        public PeerException? Refused { get; set; }
        public Task Call { get; set; } = Task.CompletedTask;
        public bool Taken { get; set; }
        public long NextTry { get; set; }
        public long Heard { get; set; } = begun;
    }

    /// <summary>As it was last heard of; null: not yet.</summary>
    public SpeedRun? RunOf(ScreenKey key) => _watch is { } watch && watch.Key == key ? watch.Run : null;

    /// <summary>Why nothing was measured: known to this Host only.</summary>
    public (string? Code, string Reason)? RefusalOf(string node) =>
        _refusal is { } refusal && refusal.Node == node ? (refusal.Code, refusal.Reason) : null;

    /// <returns>The screen at the end; null while it goes on.</returns>
    public ScreenKey? Step(ClusterView view, ScreenKey key, CancellationToken cancellation)
    {
        var node = key.Node!;
        if (SpeedChoice.Parse(key.Detail) is not { Id: { } id } choice || FleetScreens.Find(view, node) is null)
            return new ScreenKey(ScreenKind.Speed, node);
        var order = new SpeedOrder { Id = id, Target = node, With = choice.With };
        if (_watch?.Key != key)
        {
            _watch = new Watch(key, cluster.Mono);
            SpeedAudit.Asked(cluster, order, AuditActors.Owner);
        }
        var watch = _watch!;
        if (watch.Run is { IsOver: true })
            return new ScreenKey(ScreenKind.Speed, node);
        if (watch.Refused is { } refused)
            return Failed(node, refused.Code, refused.Message);
        if (cluster.Mono - watch.Heard > GiveUp)
            return Failed(node, null, "…");
        if (watch.Call.IsCompleted && cluster.Mono >= watch.NextTry)
        {
            watch.NextTry = cluster.Mono + LookAgain;
            watch.Call = CallAsync(watch, order, cancellation);
        }
        return null;
    }

    private ScreenKey Failed(string node, string? code, string reason)
    {
        _refusal = (node, code, reason);
        return SpeedScreens.Failed(node);
    }

    private async Task CallAsync(Watch watch, SpeedOrder order, CancellationToken cancellation)
    {
        try
        {
            var state = await right.ActAsync(
                limited => watch.Taken ? peers.For(order.Target).GetSpeedAsync(order.Target, limited) : peers.For(order.Target).StartSpeedAsync(order, limited),
                s_callLimit, cancellation);
            (watch.Taken, watch.Heard) = (true, cluster.Mono);
            watch.Run = state.Runs.FirstOrDefault(run => run.Id == order.Id) ?? watch.Run;
        }
        catch (PeerException refused) when (refused.Status is >= 400 and < 500 and not (401 or 408) && refused.Code is not (Errors.TooMany or Errors.Timeout))
        {
            watch.Refused = refused;
            SpeedAudit.Ended(cluster, order.Id, order.Target, refused.Message);
        }
        catch (Exception failed) when (failed is PeerException or RequestException or RightLostException or OperationCanceledException)
        {
            // It is asked again, by the next Host if need be: the id is the same.
        }
    }
}
