using Constella.Core;
using Constella.Core.Members;
using Constella.Core.Signing;

namespace Constella.Tests.Signing;

public class BearerTokenTests
{
    private const string Token = "0123456789abcdef";

    [Fact]
    public void X7_Only_the_token_itself_matches_its_hash()
    {
        var hash = BearerToken.Hash(Token);
        Assert.True(BearerToken.Matches(Token, hash));
        Assert.False(BearerToken.Matches(Token + "0", hash));
        Assert.False(BearerToken.Matches(hash, hash));
        Assert.False(BearerToken.Matches(Token, "sha256:"));
    }

    [Fact]
    public void X7_The_hash_is_that_of_SHA_256() =>
        Assert.Equal("sha256:" + Convert.ToBase64String(System.Security.Cryptography.SHA256.HashData("0123456789abcdef"u8)).TrimEnd('=').Replace('+', '-').Replace('/', '_'), BearerToken.Hash(Token));

    [Theory]
    [InlineData("0123456789abcde", false)]
    [InlineData(Token, true)]
    [InlineData("AZaz09-._~+/====", true)]
    [InlineData("0123456789 abcdef", false)]
    [InlineData("0123456789abcdeñ", false)]
    [InlineData(null, false)]
    public void A_token_is_long_enough_and_of_the_letters_of_RFC_6750(string? token, bool valid)
    {
        Assert.Equal(valid, BearerToken.IsValid(token));
        Assert.False(BearerToken.IsValid(new string('a', Limits.BearerLongest + 1)));
    }

    [Fact]
    public void X7_The_network_takes_a_hash_only_and_shows_nobody_even_that()
    {
        Assert.NotNull(Options.Wrong(new Option(Options.MetricsToken, null, Token)));
        var set = new Option(Options.MetricsToken, null, BearerToken.Hash(Token));
        Assert.Null(Options.Wrong(set));
        Assert.Equal("set", Options.Shown(set).Value);
        Assert.Equal("95", Options.Shown(new Option(Options.AlertCpu, null, "95")).Value);
        Assert.Equal("", Options.Shown(set with { Value = "" }).Value);
    }
}
