using System.Collections.Concurrent;
using Constella.Api.Peers;
using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Wire;
using Microsoft.Extensions.DependencyInjection;

namespace Constella.Tests.Api;

/// <summary>Rule H1 on a long road: a call that comes too late counts as failed, and its connection serves the next one.</summary>
public sealed class SlowPeerTests
{
    [Fact]
    public async Task H1_a_call_that_is_late_is_not_broken_off_and_is_no_answer()
    {
        Slow? slow = null;
        await using var alpha = await TestNode.FoundAsync(services => services.AddSingleton<IHeartbeatSender>(s => slow = new Slow(s.GetRequiredService<PeerClients>())));
        await alpha.UntilAsync(view => view.IsHost);
        await using var beta = await alpha.JoinAsync("beta-02");
        await alpha.UntilAsync(view => view.Members.Any(m => m is { IsSelf: false, Health: Health.Alive }));
        slow!.By = TimeSpan.FromMilliseconds(1.5 * Timings.CallTimeout);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (slow.Late.Count < 2)
            await Task.Delay(50, patience.Token);
        Assert.All(slow.Late, Assert.False);
    }

    private sealed class Slow(PeerClients peers) : IHeartbeatSender
    {
        public TimeSpan By { get; set; }

        /// <summary>Whether each call had been broken off before its answer was there.</summary>
        public ConcurrentQueue<bool> Late { get; } = new();

        public async Task<HeartbeatAnswer> SendAsync(Effect.Send send, CancellationToken cancellation)
        {
            var by = By;
            await Task.Delay(by, CancellationToken.None);
            if (by > TimeSpan.Zero)
                Late.Enqueue(cancellation.IsCancellationRequested);
            return await peers.SendAsync(send, cancellation);
        }
    }
}
