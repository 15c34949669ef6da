using Constella.Core.Signing;

namespace Constella.Tests.Signing;

/// <summary>Rule X2: how a new secret travels.</summary>
public sealed class SecretBoxTests
{
    private static readonly string Secret = Key(1);
    private static readonly string Ephemeral = Key(2);
    private static readonly string Node = Key(3);
    private static readonly BoxLabel Label = new("0123456789abcdef", 2, "00000000000000bb");

    [Fact]
    public void Who_has_the_nodes_key_opens_the_box_and_nobody_else()
    {
        var box = SecretBox.Seal(Secret, Ephemeral, SecretBox.PublicOf(Node), Label);

        Assert.Equal(SecretBox.BoxLength, box!.Length);
        Assert.Equal(Secret, SecretBox.Open(box, SecretBox.PublicOf(Ephemeral), Node, Label));
        Assert.Null(SecretBox.Open(box, SecretBox.PublicOf(Ephemeral), Key(4), Label));
        // What travels is not enough: the public keys of both and the box.
        Assert.Null(SecretBox.Open(box, SecretBox.PublicOf(Node), SecretBox.PublicOf(Ephemeral), Label));
    }

    [Fact]
    public void A_box_is_bound_to_network_generation_node_and_rotation()
    {
        var box = SecretBox.Seal(Secret, Ephemeral, SecretBox.PublicOf(Node), Label);
        BoxLabel[] others = [Label with { NetworkId = "0123456789abcdee" }, Label with { Generation = 3 }, Label with { NodeId = "00000000000000bc" }];

        Assert.All(others, label => Assert.Null(SecretBox.Open(box, SecretBox.PublicOf(Ephemeral), Node, label)));
        Assert.Null(SecretBox.Open(box, SecretBox.PublicOf(Key(5)), Node, Label));
        for (var i = 0; i < 48; i++)
        {
            var bytes = Base64.FromUrl(box)!;
            bytes[i] ^= 1;
            Assert.Null(SecretBox.Open(Base64.ToUrl(bytes), SecretBox.PublicOf(Ephemeral), Node, Label));
        }
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("!")]
    [InlineData("AAAA")]
    [InlineData("BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Malformed_input_opens_nothing_and_throws_nothing(string? bad)
    {
        var box = SecretBox.Seal(Secret, Ephemeral, SecretBox.PublicOf(Node), Label);

        Assert.False(SecretBox.IsPublicKey(bad));
        Assert.Null(SecretBox.Seal(Secret, Ephemeral, bad, Label));
        Assert.Null(SecretBox.Open(bad, SecretBox.PublicOf(Ephemeral), Node, Label));
        Assert.Null(SecretBox.Open(box, bad, Node, Label));
        Assert.Null(SecretBox.Open(box, SecretBox.PublicOf(Ephemeral), bad, Label));
    }

    private static string Key(byte seed) => SecretBox.Text([.. Enumerable.Repeat(seed, 32)]);
}
