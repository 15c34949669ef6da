using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Constella.Core.Signing;
using static Constella.Tests.Signing.SignedCall;

namespace Constella.Tests.Signing;

/// <summary>Rules X2 and W6.</summary>
public sealed class KeyRingTests
{
    private const string Network = "0123456789abcdef";
    private const string NewSecret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    [Fact]
    public void A_secret_rotates_by_install_use_remove_without_a_refused_request()
    {
        var installed = Keys.Install(NewSecret, 2);
        var used = installed.Use(2);
        var removed = used.Remove(1);

        Assert.Equal("g1", installed.KeyId);
        Assert.Equal("g2", used.KeyId);
        Assert.IsType<Verdict.Ok>(new SignedCall(keys: installed).Judge(keys: Keys));
        Assert.IsType<Verdict.Ok>(new SignedCall(keys: used).Judge(keys: installed));
        Assert.IsType<Verdict.Ok>(new SignedCall(keys: installed).Judge(keys: used));
        Assert.IsType<Verdict.Ok>(new SignedCall(keys: removed).Judge(keys: used));
        Assert.IsType<Verdict.Unauthorized>(new SignedCall(keys: Keys).Judge(keys: removed));
        Assert.Throws<ArgumentException>(() => Keys.Use(2));
        Assert.Throws<ArgumentException>(() => used.Remove(2));
    }

    [Theory]
    [InlineData("")]
    [InlineData("tooshort")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9")]
    [InlineData("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")]
    public void A_bad_secret_is_refused_without_being_repeated(string secret)
    {
        var problem = Assert.Throws<FormatException>(() => new KeyRing(secret, 1)).Message;

        Assert.True(secret.Length == 0 || !problem.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public void The_authoritys_key_comes_of_the_secret_of_its_generation()
    {
        var ring = Keys.Install(NewSecret, 2);
        using var key = ring.AuthorityKey(2);
        // The table of the protocol, by the base library's own HKDF.
        var scalar = HKDF.DeriveKey(HashAlgorithmName.SHA256, Base64.FromUrl(NewSecret)!, 32, info: Encoding.ASCII.GetBytes("constella/v1/ca"));
        using var expected = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = scalar });
        Assert.Equal(expected.ExportSubjectPublicKeyInfo(), key.ExportSubjectPublicKeyInfo());
        using var other = ring.AuthorityKey(1);
        Assert.NotEqual(expected.ExportSubjectPublicKeyInfo(), other.ExportSubjectPublicKeyInfo());
        Assert.Equal([1, 2], ring.Generations);
        Assert.Throws<ArgumentException>(() => ring.AuthorityKey(3));
    }

    [Fact]
    public void It_keeps_the_keys_of_so_many_directions_and_no_more()
    {
        var ring = new KeyRing(Secret, 1);
        var mac = ring.Key("g1", Alpha, Bravo)!.Of("text", "");
        Assert.Same(ring.Key("g1", Alpha, Bravo), ring.Key("g1", Alpha, Bravo));
        for (var stranger = 1_000; stranger < 1_000 + (KeyRing.MostKeys * 3); stranger++)
        {
            Assert.NotEqual(mac, ring.Key("g1", stranger.ToString("x16", CultureInfo.InvariantCulture), Bravo)!.Of("text", ""));
            Assert.InRange(ring.Kept, 1, KeyRing.MostKeys);
        }

        Assert.Equal(mac, ring.Key("g1", Alpha, Bravo)!.Of("text", ""));
    }

    [Fact]
    public void Several_threads_get_the_same_macs_of_one_key()
    {
        var key = Keys.Key("g1", Alpha, Bravo)!;
        string[] texts = [.. Enumerable.Range(0, 50).Select(i => new string('x', i * 40))];
        string[] macs = [.. texts.Select(text => key.Of(text, ""))];

        Parallel.For(0, 5_000, i => Assert.Equal(macs[i % texts.Length], key.Of(texts[i % texts.Length], "")));
    }

    [Fact]
    public void Its_text_shows_no_secret() => Assert.Equal("g1", Keys.ToString());

    [Fact]
    public void A_command_id_names_update_and_action_alike_on_every_node()
    {
        var id = KeyRing.CommandId(Network, 42, "reboot:00000000000000bb");

        Assert.Matches("^[0-9a-f]{32}$", id);
        Assert.Equal(id, KeyRing.CommandId(Network, 42, "reboot:00000000000000bb"));
        Assert.NotEqual(id, KeyRing.CommandId(Network, 43, "reboot:00000000000000bb"));
        Assert.NotEqual(id, KeyRing.CommandId(Network, 42, "reboot:00000000000000ba"));
        Assert.NotEqual(id, KeyRing.CommandId("fedcba9876543210", 42, "reboot:00000000000000bb"));
    }
}
