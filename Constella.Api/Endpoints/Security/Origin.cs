using System.Net;

namespace Constella.Api.Endpoints.Security;

/// <summary>Whom a remote address stands for.</summary>
internal static class Origin
{
    /// <summary>
    /// Whether a program of this machine asks, by a name of this machine: the Host header is looked at too, so that no web page can
    /// ask through a name that leads here.
    /// </summary>
    public static bool IsLocalhost(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } remote
        && IPAddress.IsLoopback(remote)
        && context.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]";

    /// <summary>For counting: an IPv4 address, or the network of an IPv6 address: who has one of those has 2^64 of them.</summary>
    public static IPAddress Of(IPAddress? remote)
    {
        var address = remote ?? IPAddress.None;
        var bytes = address.GetAddressBytes();
        if (bytes.Length != 16 || address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }
}
