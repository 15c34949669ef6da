using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Constella.Api.Cli.Founding;

/// <summary>The address by which this machine reaches the world: that of the interface of its default route.</summary>
public static class DefaultRoute
{
    private const int RouteUp = 0x1;
    private const int RouteReject = 0x200;
    private const string AnyV6 = "00000000000000000000000000000000";

    /// <summary>IPv4 first, then IPv6, then any interface that is up; null when there is none but loopback.</summary>
    public static IPAddress? SourceAddress(string procNet)
    {
        var up = NetworkInterface.GetAllNetworkInterfaces()
            .Where(card => card.OperationalStatus != OperationalStatus.Down && card.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .ToList();
        var v4 = InterfaceOf(ReadLines(Path.Combine(procNet, "route")));
        var v6 = InterfaceOfV6(ReadLines(Path.Combine(procNet, "ipv6_route")));
        return AddressOf(up.Where(card => card.Name == v4), AddressFamily.InterNetwork)
            ?? AddressOf(up.Where(card => card.Name == v6), AddressFamily.InterNetworkV6)
            ?? AddressOf(up, AddressFamily.InterNetwork)
            ?? AddressOf(up, AddressFamily.InterNetworkV6);
    }

    /// <param name="lines">Of <c>/proc/net/route</c>: interface, destination, gateway, flags, use, reference, metric, mask.</param>
    public static string? InterfaceOf(IEnumerable<string> lines)
    {
        var routes =
            from line in lines.Skip(1)
            let field = line.Split('\t', StringSplitOptions.TrimEntries)
            where field.Length >= 8 && field[1] == "00000000" && field[7] == "00000000"
            let flags = Hex(field[3])
            where (flags & RouteUp) != 0 && (flags & RouteReject) == 0
            orderby Number(field[6])
            select field[0];
        return routes.FirstOrDefault();
    }

    /// <param name="lines">Of <c>/proc/net/ipv6_route</c>: destination, its length, source, its length, gateway, metric (hex), …, flags, interface.</param>
    public static string? InterfaceOfV6(IEnumerable<string> lines)
    {
        var routes =
            from line in lines
            let field = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            where field.Length >= 10 && field[0] == AnyV6 && field[1] == "00" && field[9] != "lo"
            let flags = Hex(field[8])
            where (flags & RouteUp) != 0 && (flags & RouteReject) == 0
            orderby Hex(field[5])
            select field[9];
        return routes.FirstOrDefault();
    }

    private static IPAddress? AddressOf(IEnumerable<NetworkInterface> cards, AddressFamily family) => cards
        .SelectMany(card => card.GetIPProperties().UnicastAddresses)
        .Select(unicast => unicast.Address)
        .FirstOrDefault(address => address.AddressFamily == family && !IPAddress.IsLoopback(address) && !address.IsIPv6LinkLocal && !IsLinkLocalV4(address));

    private static bool IsLinkLocalV4(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork && address.GetAddressBytes() is [169, 254, ..];

    private static string[] ReadLines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (IOException)
        {
            return [];
        }
        catch (UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static long Hex(string text) => long.TryParse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static long Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : long.MaxValue;
}
