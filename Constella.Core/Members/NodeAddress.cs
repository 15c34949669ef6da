using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Constella.Core.Members;

/// <summary>Where a node answers: an IPv4 address, an IPv6 address (here without brackets) or a host name, and a port.</summary>
public sealed record NodeAddress(string Host, int Port)
{
    /// <summary>Reads <c>host:port</c>; the port may be left out (<see cref="Limits.DefaultPort"/>), IPv6 stands in brackets.</summary>
    /// <param name="problem">A sentence for a person when it is refused.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out NodeAddress? address, [NotNullWhen(false)] out string? problem)
    {
        address = null;
        problem = null;
        if (string.IsNullOrEmpty(text))
            return Bad("The address is empty; it looks like 203.0.113.10:4747.", out problem);
        if (text.Length > 270 || !text.All(c => c is > ' ' and <= '~'))
            return Bad("The address has spaces, control or non-ASCII characters in it, or is too long.", out problem);

        var (host, portText) = Split(text);
        if (host is null)
            return Bad("An IPv6 address stands in brackets: [2001:db8::1]:4747.", out problem);
        var port = Limits.DefaultPort;
        if (portText is not null && !IsPort(portText, out port))
            return Bad("The port must be a number from 1 to 65535.", out problem);
        var canonical = text[0] == '[' ? Ipv6(host) : IsHost(host) ? host.ToLowerInvariant() : null;
        if (canonical is null)
            return Bad("The host is no IPv4 address, no [IPv6] address and no host name.", out problem);
        if (canonical is "0.0.0.0" or "::")
            return Bad("An address to listen on everywhere is none that others can call; name the machine's own.", out problem);
        address = new(canonical, port);
        return true;
    }

    /// <summary>Whether a text is what a record may carry: complete, with its port, in canonical form.</summary>
    public static bool IsValid(string? text) => TryParse(text, out var address, out _) && address.ToString() == text;

    /// <summary><c>host:port</c>, IPv6 in brackets.</summary>
    public override string ToString()
    {
        var port = Port.ToString(CultureInfo.InvariantCulture);
        return Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{port}" : $"{Host}:{port}";
    }

    private static bool Bad(string text, out string problem)
    {
        problem = text;
        return false;
    }

    private static (string? Host, string? Port) Split(string text)
    {
        if (text[0] == '[')
        {
            var end = text.IndexOf(']', StringComparison.Ordinal);
            var rest = end < 0 ? "" : text[(end + 1)..];
            return end < 0 || (rest.Length > 0 && rest[0] != ':') ? (null, null) : (text[1..end], rest.Length > 0 ? rest[1..] : null);
        }

        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? (text, null)
            : text.LastIndexOf(':') != colon ? (null, null)
            : (text[..colon], text[(colon + 1)..]);
    }

    private static bool IsPort(string text, out int port)
    {
        port = 0;
        return text.Length is > 0 and <= 5 && text[0] != '0' && text.All(char.IsAsciiDigit) &&
            (port = int.Parse(text, CultureInfo.InvariantCulture)) <= 65_535;
    }

    private static string? Ipv6(string host) =>
        !host.Contains('%', StringComparison.Ordinal) && IPAddress.TryParse(host, out var ip) &&
        ip.AddressFamily == AddressFamily.InterNetworkV6 ? ip.ToString() : null;

    private static bool IsHost(string host)
    {
        var labels = host.Split('.');
        // A name whose last label is a number would be read as an IPv4 address by some and as a name by others.
        if (labels[^1].Length > 0 && labels[^1].All(char.IsAsciiDigit))
            return labels.Length == 4 && labels.All(l => l.Length is > 0 and <= 3 && l.All(char.IsAsciiDigit) &&
                (l == "0" || l[0] != '0') && int.Parse(l, CultureInfo.InvariantCulture) <= 255);
        return host.Length <= 253 && labels.All(l => l.Length is > 0 and <= 63 && l[0] != '-' && l[^1] != '-' &&
            l.All(c => char.IsAsciiLetterOrDigit(c) || c == '-'));
    }
}
