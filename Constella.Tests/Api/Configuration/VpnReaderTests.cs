using Constella.Api.Configuration;
using Constella.Core.Members;
using Microsoft.Extensions.Configuration;

namespace Constella.Tests.Api.Configuration;

public sealed class VpnReaderTests
{
    private const string Key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    private static VpnOptions Read(params (string Key, string Value)[] keys) => OptionsReader.Read(
        new ConfigurationBuilder().AddInMemoryCollection(keys.ToDictionary(key => key.Key, key => (string?)key.Value)).Build()).Vpn;

    [Fact]
    public void Nothing_set_leaves_it_to_the_record()
    {
        var vpn = Read();
        Assert.Null(vpn.For(null));
        Assert.True(vpn.For(new OverlayPlace(Key, "10.42.0.1/24") { Endpoint = "203.0.113.10:51820" })!.IsHub);
        Assert.Equal(VpnMode.Client, vpn.For(new OverlayPlace(Key, "10.42.0.2/24"))!.Mode);
        Assert.Equal(("wg0", "10.42.0.0/24"), (vpn.Interface, vpn.Network.ToString()));
        Assert.Null(Read(("VPN_MODE", "none")).For(new OverlayPlace(Key, "10.42.0.2/24")));
    }

    [Fact]
    public void A_hub_is_found_at_its_public_address_and_WireGuards_port_and_takes_the_first_address()
    {
        var vpn = Read(("VPN_MODE", "hub"), ("VPN_CIDR", "10.99.0.0/16"));
        Assert.Equal("203.0.113.10:51820", vpn.EndpointAt("203.0.113.10:4747"));
        Assert.Equal("10.99.0.1/16", vpn.Wanted?.ToString());
        Assert.Equal("203.0.113.10:5000", Read(("VPN_MODE", "hub"), ("VPN_LISTEN_PORT", "5000")).EndpointAt("203.0.113.10:4747"));
        Assert.Equal("hub.example.org:1", Read(("VPN_MODE", "hub"), ("VPN_HUB_ENDPOINT", "hub.example.org:1")).EndpointAt(null));
    }

    [Fact]
    public void All_errors_are_told_at_once_by_their_keys()
    {
        var error = Assert.Throws<ConfigurationException>(() => Read(
            ("VPN_MODE", "spoke"), ("VPN_INTERFACE_NAME", "../wg0"), ("VPN_CIDR", "10.42.0.1/24"), ("VPN_LISTEN_PORT", "0"), ("VPN_ADDRESS", "10.43.0.1"),
            ("VPN_HUB_ENDPOINT", "203.0.113.10"), ("VPN_HUB_PUBLIC_KEY", "short")));
        string[] keys = ["VPN_MODE", "VPN_INTERFACE_NAME", "VPN_CIDR", "VPN_LISTEN_PORT", "VPN_ADDRESS", "VPN_HUB_ENDPOINT", "VPN_HUB_PUBLIC_KEY"];
        foreach (var key in keys)
            Assert.Contains(error.Errors, line => line.StartsWith($"CONSTELLA_{key} ", StringComparison.Ordinal));
    }

    [Fact]
    public void What_contradicts_itself_is_refused()
    {
        Assert.Throws<ConfigurationException>(() => Read(("VPN_MODE", "client"), ("ALT_ADDR", "203.0.113.10:4747")));
        Assert.Throws<ConfigurationException>(() => Read(("VPN_MODE", "client"), ("VPN_HUB_PUBLIC_KEY", Key)));
        Assert.Throws<ConfigurationException>(() => Read(("VPN_MODE", "client"), ("LISTEN", "203.0.113.10:4747")));
        Assert.True(Read(("VPN_MODE", "client"), ("LISTEN", "[::]:4747")).IsOn);
        Assert.True(Read(("VPN_MODE", "client"), ("LISTEN", "10.42.0.7:4747")).IsOn);
    }
}
