using Constella.Core.Members;
using FsCheck;
using FsCheck.Fluent;

namespace Constella.Tests.Members;

/// <summary>Rule J3: names.</summary>
public sealed class NodeNameTests
{
    [Theory]
    [InlineData("delta-01", true)]
    [InlineData("a", true)]
    [InlineData("12345678901234567890123456789012", true)]
    [InlineData("123456789012345678901234567890123", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    [InlineData("-rf", false)]
    [InlineData("a-", false)]
    [InlineData("Delta", false)]
    [InlineData("a.b", false)]
    [InlineData("a\n", false)]
    [InlineData("дельта", false)]
    public void A_name_is_1_to_32_of_letters_digits_and_inner_dashes(string? name, bool valid) => Assert.Equal(valid, NodeName.IsValid(name));

    [Theory]
    [InlineData("Delta-01.example.com", "delta-01")]
    [InlineData("my_vps  box", "my-vps-box")]
    [InlineData("--x--", "x")]
    [InlineData("сервер", "node")]
    [InlineData(null, "node")]
    [InlineData("a123456789012345678901234567890-b", "a123456789012345678901234567890")]
    public void A_host_name_is_made_a_name(string? hostname, string name) => Assert.Equal(name, NodeName.Clean(hostname));

    [Fact]
    public void Whatever_the_host_is_called_its_clean_name_is_valid_and_stays_as_it_is()
    {
        var hostnames = Gen.Elements("a", "Z", "9", "-", "_", ".", " ", "é", "\0", "İ").ArrayOf().Select(string.Concat).ToArbitrary();
        Prop.ForAll(hostnames, hostname => NodeName.IsValid(NodeName.Clean(hostname)) && NodeName.Clean(NodeName.Clean(hostname)) == NodeName.Clean(hostname))
            .QuickCheckThrowOnFailure();
    }
}
