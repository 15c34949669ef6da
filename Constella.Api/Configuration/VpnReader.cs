using System.Net;
using System.Text.RegularExpressions;
using Constella.Core.Members;

namespace Constella.Api.Configuration;

/// <summary>The variables of the overlay (<c>CONSTELLA_VPN_…</c>), read as <see cref="OptionsReader"/> reads all others.</summary>
internal static partial class VpnReader
{
    public static VpnOptions Read(RawOptions raw, OptionsReader.Check check)
    {
        var network = Network(OptionsReader.Text(raw.VpnCidr), check);
        var address = OptionsReader.Text(raw.VpnAddress);
        var key = OptionsReader.Text(raw.VpnHubPublicKey);
        var vpn = new VpnOptions(Mode(OptionsReader.Text(raw.VpnMode), check))
        {
            Interface = Interface(OptionsReader.Text(raw.VpnInterfaceName) ?? "wg0", check),
            Network = network,
            ListenPort = (int?)check.Number("VPN_LISTEN_PORT", OptionsReader.Text(raw.VpnListenPort), 1, 65_535),
            Address = address is null || network.WithHost(address) is not null
                ? address
                : check.Wrong("VPN_ADDRESS", $"'{address}' is no address of a machine in {network}, as 10.42.0.7", address),
            HubEndpoint = Endpoint(OptionsReader.Text(raw.VpnHubEndpoint), check),
            HubPublicKey = key is null || Overlay.IsKey(key)
                ? key
                : check.Wrong("VPN_HUB_PUBLIC_KEY", "is no WireGuard public key: 44 characters, as `wg pubkey` prints it", key),
        };
        // The second address is the overlay's business: whichever of the two is not told first.
        if (vpn.IsOn && OptionsReader.Text(raw.AltAddr) is not null)
            check.Wrong("ALT_ADDR", "and CONSTELLA_VPN_MODE are both set: a node of the overlay has its two addresses from there", vpn);
        if (vpn.IsOn && IPEndPoint.TryParse(OptionsReader.Text(raw.Listen) ?? "", out var point) && !IsAny(point.Address) && !network.Contains(point.Address.ToString()))
            check.Wrong("LISTEN", $"'{point}' is not reached through the overlay ({network}): listen on 0.0.0.0:{point.Port}", vpn);
        if (vpn.HubPublicKey is not null && (vpn.HubEndpoint is null || vpn.Address is null))
            check.Wrong("VPN_HUB_PUBLIC_KEY", "needs CONSTELLA_VPN_HUB_ENDPOINT and CONSTELLA_VPN_ADDRESS beside it: a hub outside of the network assigns no address", vpn);
        return vpn;
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static VpnMode Mode(string? text, OptionsReader.Check check) => text?.ToLowerInvariant() switch
    {
        null => VpnMode.Unset,
        "none" => VpnMode.None,
        "hub" => VpnMode.Hub,
        "client" => VpnMode.Client,
        _ => check.Wrong("VPN_MODE", $"'{text}' is none of none, hub, client", VpnMode.None),
    };

    private static OverlayAddress Network(string? text, OptionsReader.Check check) =>
        text is null ? OverlayAddress.Default
        : OverlayAddress.TryParse(text, out var network) && network.Network == network ? network
        : check.Wrong("VPN_CIDR", $"'{text}' is no IPv4 network of /{Core.Limits.OverlayPrefixShortest} to /{Core.Limits.OverlayPrefixLongest}, as 10.42.0.0/24", OverlayAddress.Default);

    // It becomes part of a file name and an argument.
    private static string Interface(string name, OptionsReader.Check check) =>
        InterfaceName().IsMatch(name) ? name : check.Wrong("VPN_INTERFACE_NAME", $"'{name}' is no name of an interface: 1 to 15 of a-z, A-Z, 0-9, _ and -", "wg0");

    // With its port: where it is left out, an address of this program's has 4747, which is not WireGuard's.
    private static string? Endpoint(string? text, OptionsReader.Check check) =>
        text is null ? null
        : NodeAddress.TryParse(text, out var endpoint, out _) && text.EndsWith($":{endpoint.Port}", StringComparison.Ordinal) ? endpoint.ToString()
        : check.Wrong<string?>("VPN_HUB_ENDPOINT", $"'{text}' is no host:port, as 203.0.113.10:{VpnOptions.DefaultPort}", null);

    [GeneratedRegex("^[a-zA-Z0-9_][a-zA-Z0-9_-]{0,14}$")]
    private static partial Regex InterfaceName();
}
