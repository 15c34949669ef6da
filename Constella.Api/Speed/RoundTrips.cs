using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Constella.Core;

namespace Constella.Api.Speed;

/// <summary>Round trips to the other end, by opening connections that say nothing: the kernels answer each other, no program is in it.</summary>
internal sealed class RoundTrips(EndPoint point)
{
    private const int Samples = 7;

    /// <summary>So many late ones in a row mean that the road is full (rule B5).</summary>
    private const int LateInARow = 3;

    private static readonly TimeSpan s_spacing = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(2);

    /// <summary>The first address of a host that takes a connection; names are looked up once, not with each round trip.</summary>
    /// <returns>Null: none does.</returns>
    public static async Task<EndPoint?> FindAsync(string host, int port, CancellationToken cancellation)
    {
        foreach (var address in await ResolveAsync(host, cancellation))
        {
            var point = new IPEndPoint(address, port);
            if (await new RoundTrips(point).TryAsync(cancellation) is not null)
                return point;
        }
        return null;
    }

    /// <summary>Of a road with nothing else on it.</summary>
    /// <returns>Milliseconds; null where nothing came back.</returns>
    public async Task<double?> MedianAsync(CancellationToken cancellation)
    {
        var trips = new List<double>();
        for (var i = 0; i < Samples; i++)
        {
            if (await TryAsync(cancellation) is { } trip)
                trips.Add(trip);
            else if (i > 1 && trips.Count == 0)
                return null;
            await Task.Delay(s_spacing / 2, cancellation);
        }
        return Median(trips);
    }

    /// <summary>Goes on until it is cancelled.</summary>
    /// <param name="trips">In milliseconds.</param>
    /// <param name="full">Called when the road is full.</param>
    public async Task SampleAsync(ConcurrentBag<double> trips, Action full, CancellationToken cancellation)
    {
        var late = 0;
        try
        {
            while (true)
            {
                var trip = await TryAsync(cancellation);
                if (trip is { } some)
                    trips.Add(some);
                late = trip is null or > Timings.SpeedRoundTrip ? late + 1 : 0;
                if (late == LateInARow)
                    full();
                await Task.Delay(s_spacing, cancellation);
            }
        }
        catch (OperationCanceledException)
        {
            // The direction is over.
        }
    }

    public static double? Median(IReadOnlyCollection<double> trips) =>
        trips.Count == 0 ? null : Math.Round(trips.Order().ElementAt(trips.Count / 2), 3);

    private static async Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellation)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(host, cancellation);
        }
        catch (SocketException)
        {
            return [];
        }
    }

    private async Task<double?> TryAsync(CancellationToken cancellation)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var limited = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limited.CancelAfter(s_limit);
        var start = Stopwatch.GetTimestamp();
        try
        {
            await socket.ConnectAsync(point, limited.Token);
            return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }
        catch (Exception error) when (error is SocketException || (error is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
    }
}
