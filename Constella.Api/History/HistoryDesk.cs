using Constella.Api.Cluster;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Stats;
using Constella.Core.Wire;

namespace Constella.Api.History;

/// <summary>Answers for any member: from the store, from that node, or from copies (rule D3).</summary>
internal sealed class HistoryDesk(ICluster cluster, HistoryStore store, IHistoryPeers peers) : IHistory
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(3);

    /// <summary>More than keep copies now: who was down for a while has copies of before.</summary>
    private const int KeepersAsked = Limits.Keepers + 2;

    public async Task<HistorySeries> GetAsync(HistoryQuery query, CancellationToken cancellation)
    {
        if (Wrong(query) is { } wrong)
            throw Refused(Errors.Invalid, wrong);
        var view = cluster.View;
        if (query.Target == view.NodeId)
            return Own(query);
        var target = view.Members.FirstOrDefault(member => member.Record.NodeId == query.Target)
            ?? throw Refused(ApiErrors.NotFound, $"this node knows no member {query.Target}");
        if (target.Health == Health.Down)
            return await FromCopiesAsync(view, target, query, "is down", cancellation);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(s_patience);
        try
        {
            return await peers.AskAsync(query, bound.Token);
        }
        catch (Exception error) when (error is PeerException || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            var peer = error as PeerException;
            return await FromCopiesAsync(
                view, target, query, $"{(peer?.Status is null ? "did not answer" : "refused")} ({peer?.Message ?? "no answer in time"})", cancellation);
        }
    }

    /// <summary>From this node's own store.</summary>
    /// <exception cref="PeerException">It has none.</exception>
    public HistorySeries Own(HistoryQuery query) => store.Missing is { } why
        ? throw Refused(ApiErrors.NoHistory, why)
        : store.Series(query)!;

    /// <summary>From the copies that this node keeps of another.</summary>
    /// <exception cref="PeerException">It keeps none of that one.</exception>
    public HistorySeries Copies(HistoryQuery query) =>
        store.Series(query) ?? throw Refused(ApiErrors.NotFound, $"this node keeps no copies of {query.Target}");

    /// <returns>What is wrong with a question, or null.</returns>
    public static string? Wrong(HistoryQuery query)
    {
        if (!Ids.IsNode(query.Target))
            return "target is no node id: 16 hexadecimal digits";
        if (!Enum.IsDefined(query.Metric))
            return "there is no such metric";
        if (query.From < 0 || query.To <= query.From)
            return "from and to are Unix seconds, and to is later than from";
        if (query.To - query.From > Limits.HistorySpan.TotalSeconds || query.To > DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            return $"from and to lie at most {Limits.HistorySpan.TotalDays:0} days apart";
        if (query.Step is not { } step)
            return null;
        if (step < HistoryTier.All[0].Step || step > Limits.HistorySpan.TotalSeconds)
            return $"step is in seconds, {HistoryTier.All[0].Step} or more";
        return (query.To - query.From) / step > Limits.HistoryPoints
            ? $"that would be more than {Limits.HistoryPoints} points: a longer step, or none, or less time"
            : null;
    }

    private async Task<HistorySeries> FromCopiesAsync(
        ClusterView view, MemberView target, HistoryQuery query, string why, CancellationToken cancellation)
    {
        var keepers = Keepers.Of(query.Target, view.Members, KeepersAsked);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        bound.CancelAfter(s_patience);
        var answers = await Task.WhenAll(keepers.Select(keeper => TryKeeperAsync(keeper, query, bound.Token)));
        cancellation.ThrowIfCancellationRequested();
        // This node may keep copies of earlier days though it is no keeper now.
        var series = answers.Append(store.Series(query)).OfType<HistorySeries>().OrderByDescending(one => one.Points.Length).ToList();
        return series.Count > 0
            ? series.Aggregate(Merge)
            : throw Refused(ApiErrors.Unreachable, $"{target.Record.Name} {why}, and no other node has copies of its history");
    }

    private async Task<HistorySeries?> TryKeeperAsync(string keeper, HistoryQuery query, CancellationToken cancellation)
    {
        if (keeper == cluster.View.NodeId)
            return null;
        try
        {
            return await peers.AskKeeperAsync(keeper, query, cancellation);
        }
        catch (Exception error) when (error is PeerException or OperationCanceledException)
        {
            return null;
        }
    }

    // Copies of one sample are alike; where one keeper has less of a point than another, the higher peak is the true one.
    private static HistorySeries Merge(HistorySeries most, HistorySeries other)
    {
        if (other.Step != most.Step || other.Points.IsEmpty)
            return most;
        var points = new SortedDictionary<long, HistoryPoint>();
        foreach (var point in other.Points.Concat(most.Points))
            points[point.At] = points.TryGetValue(point.At, out var there) ? point with { Max = Math.Max(point.Max, there.Max) } : point;
        return most with { Points = [.. points.Values], Keepers = [.. most.Keepers.Union(other.Keepers)] };
    }

    private static PeerException Refused(string code, string detail) => new(Refusal.StatusOf(code), code, detail);
}
