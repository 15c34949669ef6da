using System.Net;
using Constella.Api.Cluster;
using Constella.Api.Configuration;
using Constella.Api.Peers;
using Constella.Api.Tls;
using Constella.Core.Members;
using Constella.Core.Speed;
using Constella.Core.Wire;

namespace Constella.Api.Speed;

/// <summary>A test between this node and another one: an offer, a direction after the other, and the other end's count (rules B2 and B3).</summary>
internal sealed class PeerTest(
    ICluster cluster, ISpeedPeers peers, ConstellaOptions options, NetworkKeys keys, TargetBook book, PeerTrust trust, HeartbeatGuard guard)
{
    private static readonly TimeSpan s_callLimit = TimeSpan.FromSeconds(5);

    /// <summary>What may have been sent and not received when a direction is cut: the buffers on the way.</summary>
    private const long OnTheWay = 64_000_000;

    /// <summary>What may have been received and is not known here as sent: writes that were cut in their middle.</summary>
    private const long UnderWay = SpeedPass.Streams * Noise.Chunk;

    /// <exception cref="PeerException">The other end refused.</exception>
    /// <exception cref="SpeedException">It went away, or what it says cannot be.</exception>
    public async Task RunAsync(SpeedProgress progress, MemberRecord peer, CancellationToken cancellation)
    {
        var run = progress.Now;
        var grant = await peers.OfferAsync(peer.NodeId, new SpeedOffer { Test = run.Id, Seconds = run.Seconds, Bytes = run.Bytes }, cancellation);
        // What is granted is another node's word: never more than this node has put by.
        var (seconds, bytes) = (Math.Clamp(grant.Seconds, 1, run.Seconds), Math.Clamp(grant.Bytes, 0, run.Bytes));
        progress.Change(now => now with { Seconds = seconds, Bytes = bytes });
        var closed = false;
        try
        {
            var (address, point) = await FindAsync(peer, cancellation);
            var trips = new RoundTrips(point);
            var idle = await trips.MedianAsync(cancellation);
            progress.Change(now => now with { RttMs = idle });
            using var streams = new PeerStreams(cluster.View.NodeId, peer.NodeId, new Uri($"{options.PeerScheme}://{address}"), keys, book, trust);
            var share = run.Direction == SpeedDirection.Both ? bytes / 2 : bytes;
            if (run.Direction != SpeedDirection.Up)
            {
                using var pass = new SpeedPass(cluster, seconds, share, cancellation);
                progress.Begin(SpeedPhase.Down, pass.Meter);
                var cut = await PassAsync(pass, trips, peer.NodeId, run.Id, ended => streams.ReceiveAsync(run.Id, pass.Share, pass.Moved, ended), cancellation);
                progress.Change(now => now with { Down = pass.Figure() with { Cut = pass.Cut ?? cut } });
                if (cut is not null)
                    return;
            }
            if (run.Direction != SpeedDirection.Down)
            {
                using var pass = new SpeedPass(cluster, seconds, share, cancellation);
                progress.Begin(SpeedPhase.Up, pass.Meter);
                await PassAsync(pass, trips, peer.NodeId, run.Id, ended => streams.SendAsync(run.Id, pass.Share, pass.Moved, ended), cancellation);
                closed = true;
                var count = await CloseAsync(peer.NodeId, run.Id, cancellation);
                if (Wrong(count, pass.Meter) is { } wrong)
                    throw new SpeedException(SpeedErrors.Count, wrong);
                progress.Change(now => now with { Up = pass.Figure((count.Bytes, count.Milliseconds), count.Received) with { Cut = pass.Cut ?? count.Cut } });
            }
        }
        finally
        {
            if (!closed)
                await TryCloseAsync(peer.NodeId, run.Id);
        }
    }

    /// <returns>What cannot be of a count, held against what was sent; null where it can.</returns>
    internal static string? Wrong(SpeedCount count, SpeedMeter sent)
    {
        var (_, took) = sent.Read();
        if (count.Received < 0 || count.Bytes < 0 || count.Bytes > count.Received || count.Received > sent.Total + UnderWay)
            return $"it says that it received {count.Received} bytes; {sent.Total} were sent";
        if (count.Received + OnTheWay < sent.Total / 2)
            return $"it says that it received no more than {count.Received} bytes of {sent.Total}";
        // The rate is bytes by time: a time that is too short would be a better result.
        return count.Milliseconds < 0 || count.Milliseconds > took + 30_000 || count.Milliseconds < (took / 2) - SpeedMeter.SlowStart
            ? $"it says that it received for {count.Milliseconds} ms; it was sent to for {took} ms"
            : null;
    }

    /// <returns>Why the other end has ended the test in the middle, with what was measured until then; null: it did not.</returns>
    private async Task<string?> PassAsync(
        SpeedPass pass, RoundTrips trips, string node, string test, Func<CancellationToken, Task> stream, CancellationToken cancellation)
    {
        try
        {
            await pass.RunAsync(trips, guard, stream, cancellation);
            return null;
        }
        catch (SpeedException) when (pass.Meter.Total > 0)
        {
            if (await TryCloseAsync(node, test) is not { Cut: SpeedErrors.Heartbeats })
                throw;
            return SpeedErrors.Heartbeats;
        }
    }

    /// <summary>The first address that takes a connection.</summary>
    private static async Task<(string Address, EndPoint Point)> FindAsync(MemberRecord peer, CancellationToken cancellation)
    {
        foreach (var address in new[] { peer.Addr, peer.AltAddr }.OfType<string>())
        {
            var uri = new Uri($"tcp://{address}");
            if (await RoundTrips.FindAsync(uri.IdnHost, uri.Port, cancellation) is { } point)
                return (address, point);
        }
        throw new SpeedException(SpeedErrors.Broken, $"{peer.Name} takes no connection at {peer.Addr}");
    }

    private async Task<SpeedCount> CloseAsync(string node, string test, CancellationToken cancellation)
    {
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(s_callLimit);
        return await peers.CloseAsync(node, new SpeedEnd { Test = test }, limited.Token);
    }

    /// <summary>A courtesy: without it, the other end frees its place when the test's time is over.</summary>
    private async Task<SpeedCount?> TryCloseAsync(string node, string test)
    {
        try
        {
            return await CloseAsync(node, test, CancellationToken.None);
        }
        catch (Exception error) when (error is PeerException or OperationCanceledException)
        {
            // It has gone, or knows nothing of it.
            return null;
        }
    }
}
