using System.Globalization;
using Constella.Core;
using Constella.Core.Signing;
using static Constella.Tests.Signing.SignedCall;

namespace Constella.Tests.Signing;

/// <summary>Rule X3: bounded, with a quota per sender, and failing closed.</summary>
public sealed class NonceCacheTests
{
    [Fact]
    public void A_nonce_is_remembered_for_90_seconds_of_monotonic_time()
    {
        var nonces = new NonceCache();

        Assert.Equal(NonceCache.Use.Fresh, nonces.Burn(Alpha, "n", 0));
        Assert.Equal(NonceCache.Use.Replayed, nonces.Burn(Alpha, "n", Limits.NonceMs - 1));
        Assert.Equal(NonceCache.Use.Fresh, nonces.Burn(Alpha, "n", Limits.NonceMs));
        Assert.Equal(1, nonces.Count);
    }

    [Fact]
    public void Two_senders_may_use_the_same_nonce()
    {
        var nonces = new NonceCache();

        Assert.Equal(NonceCache.Use.Fresh, nonces.Burn(Alpha, "n", 0));
        Assert.Equal(NonceCache.Use.Fresh, nonces.Burn(Bravo, "n", 0));
    }

    [Fact]
    public void One_sender_cannot_take_the_room_of_the_others_and_gets_it_back_in_time()
    {
        var nonces = new NonceCache();
        Fill(nonces, Alpha, Limits.NoncesPerSender);

        Assert.Equal(NonceCache.Use.Full, nonces.Burn(Alpha, "more", 1));
        Assert.Equal(NonceCache.Use.Replayed, nonces.Burn(Alpha, "0", 1));
        Assert.Equal(NonceCache.Use.Fresh, nonces.Burn(Bravo, "more", 1));
        Assert.Equal(NonceCache.Use.Fresh, nonces.Burn(Alpha, "more", Limits.NonceMs));
        Assert.Equal(2, nonces.Count);
    }

    [Fact]
    public void When_it_is_full_it_refuses_and_forgets_nothing()
    {
        var nonces = new NonceCache();
        for (var sender = 0; sender < Limits.Nonces / Limits.NoncesPerSender; sender++)
            Fill(nonces, sender.ToString("x16", CultureInfo.InvariantCulture), Limits.NoncesPerSender);

        Assert.Equal(Limits.Nonces, nonces.Count);
        Assert.Equal(NonceCache.Use.Full, nonces.Burn(Alpha, "one", 1));
        Assert.Equal(NonceCache.Use.Replayed, nonces.Burn(new string('0', 16), "0", 1));
        Assert.IsType<Verdict.TooMany>(new SignedCall().Judge(nonces, At(Noon, 1)));
    }

    private static void Fill(NonceCache nonces, string sender, int count)
    {
        for (var i = 0; i < count; i++)
            Assert.Equal(NonceCache.Use.Fresh, nonces.Burn(sender, i.ToString(CultureInfo.InvariantCulture), 0));
    }
}
