using System.Buffers.Text;
using Constella.Api.Cluster;
using Constella.Api.Host;
using Constella.Api.Peers;
using Constella.Core;
using Constella.Core.Stats;
using Constella.Core.Wire;

namespace Constella.Api.History;

/// <summary>Gives this node's samples to its keepers, and to who has missed some what it has missed (rule D1).</summary>
internal sealed class HistoryPusher(ICluster cluster, HistoryStore store, IHistoryPeers peers, IHostMetrics metrics, ILogger<HistoryPusher> log)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    /// <summary>Up to when a keeper has all, in Unix seconds.</summary>
    private readonly Dictionary<string, long> _upTo = new(StringComparer.Ordinal);
    private Task _running = Task.CompletedTask;

    /// <summary>Returns at once; while one push goes on no other begins.</summary>
    /// <param name="end">Unix seconds: all samples before it are whole.</param>
    public void Begin(long end, CancellationToken stopping)
    {
        if (_running.IsCompleted)
            _running = Task.Run(() => PushAsync(end, stopping), CancellationToken.None);
    }

    internal async Task PushAsync(long end, CancellationToken stopping)
    {
        var view = cluster.View;
        var keepers = Keepers.Of(view.NodeId, view.Members, Limits.Keepers);
        foreach (var gone in _upTo.Keys.Where(id => view.Members.All(member => member.Record.NodeId != id)).ToList())
            _ = _upTo.Remove(gone);
        foreach (var keeper in keepers)
        {
            if (await TryPushAsync(keeper, end, stopping))
                _upTo[keeper] = end;
        }
    }

    private async Task<bool> TryPushAsync(string keeper, long end, CancellationToken stopping)
    {
        // A clock that was set back makes all of it missed again: what a keeper has already costs it nothing.
        var oldest = end - (long)Limits.HistoryCatchUp.TotalSeconds;
        var from = _upTo.TryGetValue(keeper, out var known) && known <= end ? Math.Max(known, oldest) : oldest;
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        bound.CancelAfter(s_patience);
        try
        {
            var samples = Base64Url.EncodeToString(store.Samples(from, end));
            await peers.PushAsync(keeper, new HistoryPush { Zone = metrics.Zone, From = from, Samples = samples }, bound.Token);
            return true;
        }
        catch (Exception error) when (error is PeerException or OperationCanceledException)
        {
            log.LogDebug("history was not given to {Keeper}, which is tried again: {Reason}", keeper, error.Message);
            return false;
        }
    }
}
