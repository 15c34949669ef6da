using System.Net;
using System.Net.Sockets;
using Constella.Api.Cluster;
using Constella.Core;
using Constella.Core.Wire;

namespace Constella.Api.Speed;

/// <summary>
/// A test against public files (rule B6). The addresses come from the owner's settings alone; where a server sends elsewhere, that is followed
/// a few times, and never into a private network.
/// </summary>
internal sealed class InternetTest(ICluster cluster, HeartbeatGuard guard)
{
    private static readonly HttpRequestOptionsKey<bool> s_redirected = new("constella-redirected");

    /// <exception cref="SpeedException">No address gave anything.</exception>
    public async Task RunAsync(SpeedProgress progress, IReadOnlyList<Uri> urls, CancellationToken cancellation)
    {
        if (urls.Count == 0)
            throw new SpeedException(SpeedErrors.Broken, "no addresses are set (speed.urls)");
        var run = progress.Now;
        var trips = new RoundTrips(await FindAsync(urls, cancellation));
        var idle = await trips.MedianAsync(cancellation);
        progress.Change(now => now with { RttMs = idle });
        using var http = new HttpClient(SpeedSockets.Make(null, ConnectAsync)) { Timeout = Timeout.InfiniteTimeSpan };
        http.DefaultRequestHeaders.UserAgent.ParseAdd("constella");
        using var pass = new SpeedPass(cluster, run.Seconds, run.Bytes, cancellation);
        progress.Begin(SpeedPhase.Down, pass.Meter);
        var begun = -1;
        await pass.RunAsync(trips, guard, ended => StreamAsync(http, urls, Interlocked.Increment(ref begun), pass, ended), cancellation);
        progress.Change(now => now with { Down = pass.Figure() });
    }

    /// <summary>Reads one file after the other, from the address that works.</summary>
    private static async Task StreamAsync(HttpClient http, IReadOnlyList<Uri> urls, int first, SpeedPass pass, CancellationToken ended)
    {
        var left = pass.Share;
        var troubles = new List<string>();
        for (var next = first; troubles.Count < urls.Count;)
        {
            var url = urls[next % urls.Count];
            try
            {
                using var response = await FollowAsync(http, url, ended);
                var before = left;
                await SpeedSockets.ReadAsync(response, read =>
                {
                    // More than its share would be more than was put by.
                    left -= read;
                    pass.Moved(read);
                    if (left <= 0)
                        throw new EnoughException();
                }, ended);
                if (left == before)
                    throw new SpeedException(SpeedErrors.Broken, "answers with nothing");
                troubles.Clear();
            }
            catch (EnoughException)
            {
                return;
            }
            catch (Exception error) when (!ended.IsCancellationRequested && error is SpeedException or HttpRequestException or IOException or OperationCanceledException)
            {
                troubles.Add($"{url.Host}: {Reason(error)}");
                next++;
            }
        }
        throw new SpeedException(SpeedErrors.Broken, string.Join("; ", troubles));
    }

    private sealed class EnoughException : Exception;

    private static string Reason(Exception error) => error switch
    {
        HttpRequestException { InnerException: SpeedException refused } => refused.Message,
        SpeedException or HttpRequestException { HttpRequestError: HttpRequestError.Unknown } => error.Message,
        HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } => "its name is not known",
        HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } => "its certificate does not hold",
        _ => "no connection, or it broke",
    };

    /// <summary>The answer with the file, some redirects later.</summary>
    private static async Task<HttpResponseMessage> FollowAsync(HttpClient http, Uri url, CancellationToken ended)
    {
        var first = url.Host;
        for (var hop = 0; hop <= Limits.SpeedRedirects; hop++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, url);
            request.Options.Set(s_redirected, url.Host != first);
            var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ended);
            if (response.StatusCode == HttpStatusCode.OK)
                return response;
            using (response)
            {
                if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
                    throw new SpeedException(SpeedErrors.Broken, $"answers with status {(int)response.StatusCode}");
                url = new Uri(url, location);
            }
            if (url.Scheme is not ("http" or "https"))
                throw new SpeedException(SpeedErrors.Broken, "redirects to what is neither http nor https");
        }
        throw new SpeedException(SpeedErrors.Broken, $"redirects more than {Limits.SpeedRedirects} times");
    }

    private static async ValueTask<Socket> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var redirected = context.InitialRequestMessage.Options.TryGetValue(s_redirected, out var hop) && hop;
        if (!redirected)
            return await SpeedSockets.ConnectAsync(context, cancellation);
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellation);
        // What was looked at is what is connected to: a second look might find another address.
        if (Array.Find(addresses, IsPublic) is not { } address)
            throw new SpeedException(SpeedErrors.Broken, "redirects into a private network");
        var socket = SpeedSockets.Fresh();
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, context.DnsEndPoint.Port), cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    internal static bool IsPublic(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address) || address.IsIPv6LinkLocal || address.IsIPv6SiteLocal || address.IsIPv6UniqueLocal || address.IsIPv6Multicast || address.Equals(IPAddress.IPv6Any))
            return false;
        return address.GetAddressBytes() is not ([0 or 10 or 127, _, _, _] or [100, >= 64 and < 128, _, _] or [169, 254, _, _] or [172, >= 16 and < 32, _, _] or [192, 168, _, _] or [>= 224, _, _, _]);
    }

    /// <summary>The first server that takes a connection, for the round trips.</summary>
    private static async Task<EndPoint> FindAsync(IReadOnlyList<Uri> urls, CancellationToken cancellation)
    {
        foreach (var url in urls)
        {
            if (await RoundTrips.FindAsync(url.IdnHost, url.Port, cancellation) is { } point)
                return point;
        }
        throw new SpeedException(SpeedErrors.Broken, "none of these takes a connection: " + string.Join(", ", urls.Select(url => url.Host).Distinct()));
    }
}
