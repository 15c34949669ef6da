using System.Security.Cryptography;
using Constella.Core;
using Constella.Core.Joining;
using Constella.Core.Members;
using Constella.Core.Signing;
using FsCheck;
using FsCheck.Fluent;

namespace Constella.Tests.Joining;

public sealed class JoinLinkTests
{
    private const string Token = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    private const string Net = "0123456789abcdef";

    [Fact]
    public void A_link_reads_exactly_as_promised()
    {
        var link = JoinLink.Mint(new("203.0.113.10", 4747), Net, Base64.FromUrl(Token), TimeSpan.FromMinutes(15));

        Assert.Equal($"join://203.0.113.10:4747?net={Net}&token={Token}&ttl=15m", link.ToString());
        Assert.Equal($"join://203.0.113.10:4747?net={Net}&token=…&ttl=15m", link.Redacted);
        Assert.Equal(Base64.FromUrl(Token), link.TokenBytes);
    }

    [Theory]
    [InlineData("203.0.113.10:4747", "203.0.113.10", 4747)]
    [InlineData("203.0.113.10", "203.0.113.10", 4747)]
    [InlineData("[2001:db8::1]:5000", "2001:db8::1", 5000)]
    [InlineData("[2001:DB8:0::1]", "2001:db8::1", 4747)]
    [InlineData("Seed.Example.com:4747/", "seed.example.com", 4747)]
    public void Addresses_of_every_kind_are_understood(string address, string host, int port)
    {
        Assert.True(JoinLink.TryParse($" join://{address}?ttl=2h&token={Token}&net={Net}\n", out var link, out var problem), problem);
        Assert.Equal(new NodeAddress(host, port), link.Seed);
        Assert.Equal(TimeSpan.FromHours(2), link.Ttl);
    }

    [Fact]
    public void Without_a_ttl_the_default_is_meant()
    {
        Assert.True(JoinLink.TryParse($"join://203.0.113.10?net={Net}&token={Token}", out var link, out _));
        Assert.Equal(Limits.InviteDefault, link.Ttl);
    }

    [Fact]
    public void Every_link_survives_being_printed_and_read()
    {
        var hosts = Gen.Elements("203.0.113.10", "2001:db8::1", "::1", "seed", "a-b.example.org");
        var links = Gen.Zip(Gen.Zip(hosts, Gen.Choose(1, 65_535)), Gen.Zip(Gen.Choose(0, 1_000_000), Gen.Choose(60, 86_400))).ToArbitrary();
        Prop.ForAll(links, parts =>
        {
            var token = SHA256.HashData(BitConverter.GetBytes(parts.Item2.Item1));
            var link = JoinLink.Mint(new(parts.Item1.Item1, parts.Item1.Item2), Net, token, TimeSpan.FromSeconds(parts.Item2.Item2));
            return JoinLink.TryParse(link.ToString(), out var read, out _) && read == link && !link.Redacted.Contains(link.Token, StringComparison.Ordinal);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(null, "empty")]
    [InlineData(" ", "empty")]
    [InlineData("https://203.0.113.10?net=N&token=T", "join://")]
    [InlineData("join://203.0.113.10:4747", "quotes")]
    [InlineData("join://203.0.113.10:4747?net=N", "no token")]
    [InlineData("join://?net=N&token=T", "address is empty")]
    [InlineData("join://203.0.113.300?net=N&token=T", "no IPv4")]
    [InlineData("join://203.0.113.10:0?net=N&token=T", "1 to 65535")]
    [InlineData("join://203.0.113.10:65536?net=N&token=T", "1 to 65535")]
    [InlineData("join://2001:db8::1?net=N&token=T", "brackets")]
    [InlineData("join://203.0.113.10?net=abc&token=T", "net must be 16")]
    [InlineData("join://203.0.113.10?token=T", "net must be 16")]
    [InlineData("join://203.0.113.10?net=N&net=N&token=T", "net= twice")]
    [InlineData("join://203.0.113.10?net=N&token=T&x=1", "none of net=")]
    [InlineData("join://203.0.113.10?net=N&T", "none of net=")]
    [InlineData("join://203.0.113.10?net=N&token=AAECAwQFBg", "43 characters")]
    [InlineData("join://203.0.113.10?net=N&token=T&ttl=15", "90s, 15m, 2h, 1d")]
    [InlineData("join://203.0.113.10?net=N&token=T&ttl=59s", "1m to 24h")]
    [InlineData("join://203.0.113.10?net=N&token=T&ttl=25h", "1m to 24h")]
    public void A_bad_link_says_what_is_wrong_and_never_the_token(string? text, string said)
    {
        text = text?.Replace("=N", "=" + Net, StringComparison.Ordinal).Replace("=T", "=" + Token, StringComparison.Ordinal).Replace("&T", "&" + Token, StringComparison.Ordinal);

        Assert.False(JoinLink.TryParse(text, out var link, out var problem));
        Assert.Null(link);
        Assert.Contains(said, problem, StringComparison.Ordinal);
        Assert.DoesNotContain(Token[..10], problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_cut_or_damaged_anywhere_never_throws_and_never_shows_its_token()
    {
        var link = $"join://[2001:db8::1]:4747?net={Net}&token={Token}&ttl=15m";
        for (var at = 0; at < link.Length; at++)
        {
            foreach (var damaged in new[] { link[..at], link[at..], link[..at] + link[(at + 1)..], link[..at] + "&" + link[at..], link[..at] + "\0" + link[at..] })
            {
                if (!JoinLink.TryParse(damaged, out _, out var problem))
                    Assert.DoesNotContain(Token[10..20], problem, StringComparison.Ordinal);
            }
        }
    }
}
