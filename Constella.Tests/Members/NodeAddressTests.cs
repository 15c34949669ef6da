using Constella.Core.Members;

namespace Constella.Tests.Members;

/// <summary>Rule S2: addresses.</summary>
public sealed class NodeAddressTests
{
    [Theory]
    [InlineData("203.0.113.10:4747", "203.0.113.10:4747")]
    [InlineData("203.0.113.10", "203.0.113.10:4747")]
    [InlineData("[2001:DB8::0:1]:80", "[2001:db8::1]:80")]
    [InlineData("Seed.Example.com:65535", "seed.example.com:65535")]
    [InlineData("xn--e1afmkfd.example:1", "xn--e1afmkfd.example:1")]
    public void An_address_is_read_and_printed_in_one_form(string text, string canonical)
    {
        Assert.True(NodeAddress.TryParse(text, out var address, out var problem), problem);
        Assert.Equal(canonical, address.ToString());
        Assert.True(NodeAddress.IsValid(canonical));
        Assert.Equal(text == canonical, NodeAddress.IsValid(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData(":4747")]
    [InlineData("203.0.113.10:")]
    [InlineData("203.0.113.10:0")]
    [InlineData("203.0.113.10:70000")]
    [InlineData("203.0.113.10:04747")]
    [InlineData("203.0.113.10:+80")]
    [InlineData("203.0.113.010:80")]
    [InlineData("203.0.113:80")]
    [InlineData("256.0.0.1:80")]
    [InlineData("2001:db8::1:4747")]
    [InlineData("[2001:db8::1")]
    [InlineData("[2001:db8::1]4747")]
    [InlineData("[fe80::1%eth0]:4747")]
    [InlineData("[203.0.113.10]:4747")]
    [InlineData("0.0.0.0:80")]
    [InlineData("[::]:80")]
    [InlineData("a b:80")]
    [InlineData("a\n:80")]
    [InlineData("user@host:80")]
    [InlineData("host/path:80")]
    [InlineData("-host:80")]
    [InlineData("a..b:80")]
    public void What_cannot_be_dialled_is_refused_with_a_sentence(string? text)
    {
        Assert.False(NodeAddress.TryParse(text, out _, out var problem));
        Assert.NotEmpty(problem!);
    }
}
