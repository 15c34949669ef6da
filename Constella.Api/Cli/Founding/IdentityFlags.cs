using System.CommandLine;
using Constella.Api.Configuration;

namespace Constella.Api.Cli.Founding;

/// <summary>Who this node shall be: the flags that <c>init</c>, <c>join</c> and <c>run</c> share, each the twin of a variable.</summary>
internal sealed class IdentityFlags
{
    private readonly Option<string?> _name = Text("--server-name", "NAME", "Name of this node: 1 to 32 of a-z, 0-9 and - (CONSTELLA_SERVER_NAME; default: the host name)");
    private readonly Option<string?> _publicAddr = Text("--public-addr", "HOST:PORT", "Address that other nodes call (CONSTELLA_PUBLIC_ADDR; default: from the default route)");
    private readonly Option<string?> _altAddr = Text("--alt-addr", "HOST:PORT", "A second address, tried when the first fails (CONSTELLA_ALT_ADDR)");
    private readonly Option<string?> _priority = Text("--priority", "N", "Smaller is preferred as Host (CONSTELLA_PRIORITY; default 100)");

    private readonly Option<string?> _vpnMode = Text("--vpn-mode", "MODE", "Part in the WireGuard overlay: none, hub or client (CONSTELLA_VPN_MODE)");
    private readonly Option<string?> _vpnInterface = Text("--vpn-interface-name", "NAME", "Interface of the overlay (CONSTELLA_VPN_INTERFACE_NAME; default wg0)");
    private readonly Option<string?> _vpnCidr = Text("--vpn-cidr", "NETWORK", "Network of the overlay, a hub's to say (CONSTELLA_VPN_CIDR; default 10.42.0.0/24)");
    private readonly Option<string?> _vpnListenPort = Text("--vpn-listen-port", "PORT", "UDP port of WireGuard here (CONSTELLA_VPN_LISTEN_PORT; default of a hub 51820)");
    private readonly Option<string?> _vpnAddress = Text("--vpn-address", "ADDRESS", "This node's address in the overlay (CONSTELLA_VPN_ADDRESS; default: assigned)");
    private readonly Option<string?> _vpnHubEndpoint = Text("--vpn-hub-endpoint", "HOST:PORT", "Where the hub is found (CONSTELLA_VPN_HUB_ENDPOINT; default: as the hub says)");
    private readonly Option<string?> _vpnHubKey = Text("--vpn-hub-public-key", "KEY", "Of a hub outside of this network (CONSTELLA_VPN_HUB_PUBLIC_KEY)");

    public void AddTo(Command command)
    {
        command.Add(_name);
        command.Add(_publicAddr);
        command.Add(_altAddr);
        command.Add(_priority);
        command.Add(_vpnMode);
        command.Add(_vpnInterface);
        command.Add(_vpnCidr);
        command.Add(_vpnListenPort);
        command.Add(_vpnAddress);
        command.Add(_vpnHubEndpoint);
        command.Add(_vpnHubKey);
    }

    public ConstellaOptions Options(CliHost host, ParseResult parse, params IReadOnlyList<ConfigFlag> more) => host.Options(
        parse,
        [
            new ConfigFlag("--server-name", "SERVER_NAME", parse.GetValue(_name)),
            new ConfigFlag("--public-addr", "PUBLIC_ADDR", parse.GetValue(_publicAddr)),
            new ConfigFlag("--alt-addr", "ALT_ADDR", parse.GetValue(_altAddr)),
            new ConfigFlag("--priority", "PRIORITY", parse.GetValue(_priority)),
            new ConfigFlag("--vpn-mode", "VPN_MODE", parse.GetValue(_vpnMode)),
            new ConfigFlag("--vpn-interface-name", "VPN_INTERFACE_NAME", parse.GetValue(_vpnInterface)),
            new ConfigFlag("--vpn-cidr", "VPN_CIDR", parse.GetValue(_vpnCidr)),
            new ConfigFlag("--vpn-listen-port", "VPN_LISTEN_PORT", parse.GetValue(_vpnListenPort)),
            new ConfigFlag("--vpn-address", "VPN_ADDRESS", parse.GetValue(_vpnAddress)),
            new ConfigFlag("--vpn-hub-endpoint", "VPN_HUB_ENDPOINT", parse.GetValue(_vpnHubEndpoint)),
            new ConfigFlag("--vpn-hub-public-key", "VPN_HUB_PUBLIC_KEY", parse.GetValue(_vpnHubKey)),
            .. more,
        ]);

    private static Option<string?> Text(string name, string value, string description) => new(name) { Description = description, HelpName = value };
}
