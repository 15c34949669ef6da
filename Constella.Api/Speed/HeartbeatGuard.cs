using Constella.Api.Cluster;
using Constella.Core;
using Constella.Core.Cluster;

namespace Constella.Api.Speed;

/// <summary>Rule B5: a test makes room as soon as a member's heartbeats are late, well before anybody could be taken for dead.</summary>
internal sealed class HeartbeatGuard(ICluster cluster, TimeProvider time)
{
    private static readonly TimeSpan s_look = TimeSpan.FromMilliseconds(250);

    /// <summary>Goes on until it is cancelled.</summary>
    /// <param name="late">Called when it is so.</param>
    public async Task WatchAsync(Action late, CancellationToken cancellation)
    {
        var healthy = cluster.View.Members.Where(member => !member.IsSelf && !IsLate(member)).Select(member => member.Record.NodeId).ToHashSet(StringComparer.Ordinal);
        try
        {
            while (true)
            {
                await Task.Delay(s_look, cancellation);
                if (!cluster.View.Members.Any(member => healthy.Contains(member.Record.NodeId) && IsLate(member)))
                    continue;
                late();
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private bool IsLate(MemberView member) =>
        member.Health != Health.Alive
        || member.RttMs > Timings.SpeedRoundTrip
        || (time.GetUtcNow() - member.LastHeard)?.TotalMilliseconds > Timings.SpeedSilence;
}
