using System.Net;

namespace Constella.Api.Endpoints.Security;

/// <summary>Whom a remote address stands for, where something is counted by address.</summary>
internal static class Origin
{
    /// <summary>An IPv4 address, or the network of an IPv6 address: who has one of those has 2^64 of them.</summary>
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
