using System.Collections.Concurrent;
using Constella.Api.Cluster;
using Constella.Core.Speed;
using Constella.Core.Wire;

namespace Constella.Api.Speed;

/// <summary>
/// One direction of a test: connections side by side, until its time is over, its bytes are used up, or heartbeats are late. Its time
/// begins with the first bytes.
/// </summary>
internal sealed class SpeedPass : IDisposable
{
    /// <summary>Connections: with one alone, one lost packet on a long road halves the result; and two ends of TLS have a core each.</summary>
    public const int Streams = 2;

    private static readonly TimeSpan s_connecting = TimeSpan.FromSeconds(10);

    private readonly ICluster _cluster;
    private readonly TimeSpan _time;
    private readonly CancellationTokenSource _ended;
    private readonly ConcurrentBag<double> _trips = [];
    private string? _cut;
    private int _begun;

    public SpeedPass(ICluster cluster, int seconds, long bytes, CancellationToken cancellation)
    {
        (_cluster, _time, Share) = (cluster, TimeSpan.FromSeconds(seconds), bytes / Streams);
        _ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _ended.CancelAfter(s_connecting);
    }

    public SpeedMeter Meter { get; } = new();

    /// <summary>The bytes of one connection.</summary>
    public long Share { get; }

    /// <summary>Why it ended before its time, or null.</summary>
    public string? Cut => _cut;

    public double? RttMs => RoundTrips.Median(_trips);

    /// <summary>Bytes have come, or gone.</summary>
    public void Moved(long bytes)
    {
        if (Interlocked.Exchange(ref _begun, 1) == 0)
            _ended.CancelAfter(_time);
        Meter.Add(bytes, _cluster.Mono);
    }

    /// <param name="stream">One connection; ends by itself with its bytes, and with the token.</param>
    /// <exception cref="SpeedException">The other end went away, or nothing came.</exception>
    public async Task RunAsync(RoundTrips trips, HeartbeatGuard guard, Func<CancellationToken, Task> stream, CancellationToken cancellation)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token);
        var beside = Task.WhenAll(
            trips.SampleAsync(_trips, () => End(SpeedErrors.Heartbeats), over.Token),
            guard.WatchAsync(() => End(SpeedErrors.Heartbeats), over.Token));
        try
        {
            await Task.WhenAll(Enumerable.Range(0, Streams).Select(_ => StreamAsync(stream)));
            if (_ended.IsCancellationRequested)
                Meter.Finish(_cluster.Mono);
            else
                _cut ??= SpeedErrors.Bytes;
        }
        finally
        {
            await over.CancelAsync();
            await beside;
        }
        cancellation.ThrowIfCancellationRequested();
        if (_begun == 0)
            throw new SpeedException(SpeedErrors.Broken, "no bytes came through in 10 s");
    }

    /// <summary>What counts, where this node is the one that receives.</summary>
    public SpeedFigure Figure() => Figure(Meter.Read(), Meter.Total);

    /// <param name="counted">Bytes and milliseconds after the slow start, by who received them.</param>
    public SpeedFigure Figure((long Bytes, long Milliseconds) counted, long total) => new(
        counted.Milliseconds > 0 ? Math.Round(SpeedMeter.Rate(counted.Bytes, counted.Milliseconds), 2) : 0, total, counted.Milliseconds / 1000.0, RttMs, Cut);

    public void Dispose() => _ended.Dispose();

    private void End(string cut)
    {
        _ = Interlocked.CompareExchange(ref _cut, cut, null);
        _ended.Cancel();
    }

    private async Task StreamAsync(Func<CancellationToken, Task> stream)
    {
        try
        {
            await stream(_ended.Token);
        }
        catch (Exception) when (_ended.IsCancellationRequested)
        {
            // Its time is over: what was under way is dropped, and breaks in one way or another.
        }
        catch
        {
            await _ended.CancelAsync();
            throw;
        }
    }
}
