using System.Security.Cryptography;
using Constella.Core.Joining;
using Constella.Core.Members;
using Constella.Core.Signing;
using Constella.Core.Wire;
using FsCheck;
using FsCheck.Fluent;

namespace Constella.Tests.Joining;

/// <summary>Rule J1.</summary>
public sealed class JoinExchangeTests
{
    private static readonly byte[] Token = Bytes(1);
    private static readonly JoinerSecrets Joiner = new(Token, Bytes(2));
    private static readonly byte[] SeedKey = Bytes(3);
    private static readonly string InviteKey = JoinExchange.Derive(Token).Key;
    private static readonly JoinContent Content = new() { NetworkId = "0123456789abcdef", NetworkSecret = "canary-network-secret", SecretGeneration = 1 };

    private static readonly JoinRequest Draft = new()
    {
        Invite = "",
        NetworkId = "0123456789abcdef",
        NodeId = "00000000000000cc",
        Name = "echo-02",
        Addr = "203.0.113.11:4747",
        AltAddr = "203.0.113.12:4747",
        Nonce = "bm9uY2Utbm9uY2Utbm9uYw",
        Key = "",
        NodeKey = "node-key",
        Mac = "",
        Overlay = new OverlayPlace("a key", "10.42.0.2/24") { Endpoint = "203.0.113.12:51820" },
    };

    [Fact]
    public void Who_has_the_token_proves_it_and_opens_what_is_sealed()
    {
        var request = JoinExchange.Ask(Draft, Joiner);

        Assert.Equal(JoinExchange.Derive(Token).Id, request.Invite);
        Assert.True(JoinExchange.Proves(request, InviteKey));
        var answer = JoinExchange.Seal(request, InviteKey, SeedKey, Content);
        Assert.Equal(Content, JoinExchange.Open(request, Joiner, answer));
    }

    [Fact]
    public void Any_token_and_any_ephemeral_keys_work()
    {
        var keys = Gen.Zip(Gen.Choose(0, int.MaxValue), Gen.Choose(0, int.MaxValue)).ToArbitrary();
        Prop.ForAll(keys, pair =>
        {
            var joiner = new JoinerSecrets(Bytes(pair.Item1), Bytes(pair.Item2 ^ 0x55));
            var request = JoinExchange.Ask(Draft, joiner);
            var answer = JoinExchange.Seal(request, JoinExchange.Derive(joiner.Token).Key, Bytes(pair.Item2), Content);
            return JoinExchange.Open(request, joiner, answer) == Content && !JoinExchange.Proves(request, InviteKey);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551")]
    [InlineData("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF")]
    [InlineData("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632550")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000001")]
    public void Random_bytes_that_are_no_scalar_of_the_group_still_make_a_key(string hex)
    {
        var joiner = new JoinerSecrets(Token, Convert.FromHexString(hex));
        var request = JoinExchange.Ask(Draft, joiner);
        var answer = JoinExchange.Seal(request, InviteKey, Convert.FromHexString(hex), Content);

        Assert.Equal(Content, JoinExchange.Open(request, joiner, answer));
    }

    [Fact]
    public void The_point_of_a_known_scalar_is_the_published_one()
    {
        // RFC 5903 §8.1: the initiator's private and public value on P-256.
        using var key = P256.FromScalar(Convert.FromHexString("C88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433"));

        Assert.Equal(
            "04DAD0B65394221CF9B051E1FECA5787D098DFE637FC90B9EF945D0C37725811805271A0461CDB8252D61F1C456FA3E59AB1F45B33ACCF5F58389E0577B8990BB3",
            Convert.ToHexString(P256.PublicPoint(key)));
    }

    [Fact]
    public void Every_field_of_a_request_is_under_its_mac()
    {
        var request = JoinExchange.Ask(Draft, Joiner);
        var other = JoinExchange.Ask(Draft, Joiner with { PrivateKey = Bytes(9) });
        JoinRequest[] altered =
        [
            request with { V = 2 },
            request with { Invite = new string('0', 32) },
            request with { NetworkId = "0123456789abcdee" },
            request with { NodeId = "00000000000000cd" },
            request with { Name = "echo-03" },
            request with { Addr = "203.0.113.13:4747" },
            request with { AltAddr = null },
            request with { AltAddr = "" },
            request with { AltAddr = "203.0.113.13:4747" },
            request with { Priority = 1 },
            request with { Nonce = "bm9uY2Utbm9uY2Utbm9uYg" },
            request with { Key = other.Key },
            request with { NodeKey = "node-kez" },
            request with { Mac = other.Mac },
            request with { Overlay = null },
            request with { Overlay = request.Overlay! with { Key = "another key" } },
            request with { Overlay = request.Overlay! with { Address = "10.42.0.3/24" } },
            request with { Overlay = request.Overlay! with { Endpoint = "203.0.113.13:51820" } },
            // A boundary that moves between two neighbours.
            request with { Name = "echo-0", Addr = "2203.0.113.11:4747" },
        ];
        var answer = JoinExchange.Seal(request, InviteKey, SeedKey, Content);
        foreach (var wrong in altered)
        {
            Assert.False(JoinExchange.Proves(wrong, InviteKey));
            Assert.Throws<ArgumentException>(() => JoinExchange.Seal(wrong, InviteKey, SeedKey, Content));
            Assert.Null(JoinExchange.Open(wrong, Joiner, answer));
        }

        // One for each property: a field added to the request must be added here and to the transcript.
        Assert.Equal(13, typeof(JoinRequest).GetProperties().Length);
    }

    [Fact]
    public void A_link_found_later_opens_nothing_that_was_recorded()
    {
        var request = JoinExchange.Ask(Draft, Joiner);
        var answer = JoinExchange.Seal(request, InviteKey, SeedKey, Content);
        var finder = new JoinerSecrets(Token, Bytes(77));

        Assert.Null(JoinExchange.Open(request, finder, answer));
        Assert.Null(JoinExchange.Open(JoinExchange.Ask(Draft, finder), finder, answer));
    }

    [Fact]
    public void The_ephemeral_key_without_the_token_opens_nothing()
    {
        var request = JoinExchange.Ask(Draft, Joiner);
        var answer = JoinExchange.Seal(request, InviteKey, SeedKey, Content);

        Assert.Null(JoinExchange.Open(request, Joiner with { Token = Bytes(78) }, answer));
    }

    [Fact]
    public void An_answer_to_another_request_or_altered_anywhere_does_not_open()
    {
        var request = JoinExchange.Ask(Draft, Joiner);
        var answer = JoinExchange.Seal(request, InviteKey, SeedKey, Content);
        var later = JoinExchange.Ask(Draft with { Nonce = "bm9uY2Utbm9uY2Utbm9uYg" }, Joiner);
        Assert.Null(JoinExchange.Open(later, Joiner, answer));

        var bytes = Base64.FromUrl(answer.Sealed)!;
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] ^= 1;
            Assert.Null(JoinExchange.Open(request, Joiner, answer with { Sealed = Base64.ToUrl(bytes) }));
            bytes[i] ^= 1;
        }

        Assert.Null(JoinExchange.Open(request, Joiner, answer with { Key = request.Key }));
        Assert.Null(JoinExchange.Open(request, Joiner, answer with { Sealed = Base64.ToUrl(bytes.AsSpan(1)) }));
    }

    [Fact]
    public void The_token_is_in_nothing_that_travels_and_nothing_sealed_can_be_read()
    {
        var request = JoinExchange.Ask(Draft, Joiner);
        var answer = JoinExchange.Seal(request, InviteKey, SeedKey, Content);
        var wire = $"{request}{answer}";

        Assert.DoesNotContain(Base64.ToUrl(Token), wire, StringComparison.Ordinal);
        Assert.DoesNotContain(InviteKey, wire, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", System.Text.Encoding.Latin1.GetString(Base64.FromUrl(answer.Sealed)!), StringComparison.Ordinal);
        Assert.Equal("JoinerSecrets", Joiner.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("!")]
    [InlineData("AAAA")]
    [InlineData("AA==")]
    [InlineData("\ud800")]
    [InlineData("BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void Malformed_input_is_refused_without_an_exception(string? bad)
    {
        var request = JoinExchange.Ask(Draft, Joiner);
        var answer = JoinExchange.Seal(request, InviteKey, SeedKey, Content);

        Assert.False(JoinExchange.Proves(request, bad!));
        Assert.False(JoinExchange.Proves(request with { Mac = bad! }, InviteKey));
        Assert.False(JoinExchange.Proves(request with { Key = bad! }, InviteKey));
        Assert.False(JoinExchange.Proves(request with { Name = bad! }, InviteKey));
        Assert.False(JoinExchange.Proves(request with { AltAddr = bad is null ? "x" : bad }, InviteKey));
        Assert.Null(JoinExchange.Open(request, Joiner, answer with { Key = bad! }));
        Assert.Null(JoinExchange.Open(request, Joiner, answer with { Sealed = bad! }));
        Assert.Null(JoinExchange.Open(request, Joiner, null!));
        Assert.False(JoinExchange.Proves(null!, InviteKey));
    }

    [Fact]
    public void A_point_off_the_curve_is_refused_even_from_who_has_the_token()
    {
        var request = JoinExchange.Ask(Draft, Joiner);
        var point = Base64.FromUrl(request.Key)!;
        point[64] ^= 1;
        var forged = request with { Key = Base64.ToUrl(point) };
        var macKey = HKDF.Expand(HashAlgorithmName.SHA256, Base64.FromUrl(InviteKey)!, 32, "constella/v1/join/mac"u8.ToArray());
        forged = forged with { Mac = Base64.ToUrl(HMACSHA256.HashData(macKey, JoinTranscript.Of(forged))) };

        Assert.False(JoinExchange.Proves(forged, InviteKey));
        var resealed = JoinExchange.Seal(request, InviteKey, SeedKey, Content) with { Key = Base64.ToUrl(point) };
        Assert.Null(JoinExchange.Open(request, Joiner, resealed));
    }

    private static byte[] Bytes(int seed) => SHA256.HashData(BitConverter.GetBytes(seed));
}
