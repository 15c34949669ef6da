using Constella.Core.Members;

namespace Constella.Tests.Members;

public sealed class OverlayAddressTests
{
    [Theory]
    [InlineData("10.42.0.0/24", true)]
    [InlineData("10.42.0.7/24", true)]
    [InlineData("172.16.0.0/12", true)]
    [InlineData("10.42.0.0", false)]
    [InlineData("10.42.0.0/7", false)]
    [InlineData("10.42.0.0/31", false)]
    [InlineData("10.42.0.0/024", false)]
    [InlineData("010.42.0.0/24", false)]
    [InlineData("10.42.0/24", false)]
    [InlineData("fd00::/64", false)]
    [InlineData("10.42.0.0/24/24", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void It_is_read_in_its_canonical_form_only(string? text, bool good)
    {
        Assert.Equal(good, OverlayAddress.TryParse(text, out var address));
        if (good)
            Assert.Equal(text, address.ToString());
    }

    [Theory]
    [InlineData("10.42.0.7", true)]
    [InlineData("10.42.0.7:4747", true)]
    [InlineData("10.42.1.7:4747", false)]
    [InlineData("delta-01.example.org:4747", false)]
    [InlineData("[2001:db8::1]:4747", false)]
    [InlineData(null, false)]
    public void An_address_with_or_without_a_port_lies_in_it_or_not(string? text, bool inside) =>
        Assert.Equal(inside, OverlayAddress.Default.Contains(text));

    [Fact]
    public void Neither_the_network_nor_its_broadcast_address_is_a_machines()
    {
        Assert.Null(OverlayAddress.Default.WithHost("10.42.0.0"));
        Assert.Null(OverlayAddress.Default.WithHost("10.42.0.255"));
        Assert.Null(OverlayAddress.Default.WithHost("10.43.0.1"));
        Assert.Equal("10.42.0.254/24", OverlayAddress.Default.WithHost("10.42.0.254")?.ToString());
    }

    [Theory]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=", true)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", false)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB=", false)]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n=", false)]
    public void A_key_is_32_bytes_in_canonical_base64(string text, bool good) => Assert.Equal(good, Overlay.IsKey(text));
}
