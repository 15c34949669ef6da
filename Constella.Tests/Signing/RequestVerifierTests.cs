using System.Text;
using Constella.Core;
using Constella.Core.Signing;
using static Constella.Tests.Signing.SignedCall;

namespace Constella.Tests.Signing;

/// <summary>Rules X1 to X3.</summary>
public sealed class RequestVerifierTests
{
    [Theory]
    [InlineData("POST", "/reboot?why=test", "{}", BravoRun)]
    [InlineData("GET", "/stats?target=%61&x=%20", "", BravoRun)]
    [InlineData("GET", "/peers", "", null)]
    [InlineData("GET", "/", "", null)]
    public void A_signed_request_is_accepted(string method, string target, string body, string? run)
    {
        var ok = Assert.IsType<Verdict.Ok>(new SignedCall(method, target, body, run: run).Judge());

        Assert.Equal(Alpha, ok.From);
        Assert.Equal(run is not null, ok.RunGiven);
    }

    [Fact]
    public void A_node_may_call_itself() => Assert.IsType<Verdict.Ok>(new SignedCall(from: Bravo).Judge());

    [Fact]
    public void Each_covered_part_that_is_altered_makes_the_request_unauthorized()
    {
        (string Part, Action<SignedCall> Alter)[] alterations =
        [
            ("method", c => c.Request = c.Request with { Method = "PUT" }),
            ("path", c => c.Request = c.Request with { RawTarget = "/rebooT?why=test" }),
            ("query", c => c.Request = c.Request with { RawTarget = "/reboot?why=tesT" }),
            ("query left out", c => c.Request = c.Request with { RawTarget = "/reboot" }),
            ("same target in another encoding", c => c.Request = c.Request with { RawTarget = "/reboot?why=t%65st" }),
            ("body", c => c.Request = c.Request with { Body = Encoding.UTF8.GetBytes("{\"id\":2}") }),
            ("body left out", c => c.Request = c.Request with { Body = ReadOnlyMemory<byte>.Empty }),
            ("digest", c => c[SignatureHeaders.ContentDigest] = ContentDigest.Of("{\"id\":2}"u8)),
            ("digest and body", c =>
            {
                c.Request = c.Request with { Body = "{\"id\":2}"u8.ToArray() };
                c[SignatureHeaders.ContentDigest] = ContentDigest.Of("{\"id\":2}"u8);
            }),
            ("from", c => c[SignatureHeaders.From] = Bravo),
            ("to", c => c[SignatureHeaders.To] = Alpha),
            ("run", c => c[SignatureHeaders.Run] = "0123456789abcdee"),
            ("run left out", c => c.Headers.Remove(SignatureHeaders.Run)),
            ("created", c => Input(c, "created=", "created=1")),
            ("expires", c => Input(c, $"expires={Noon.ToUnixTimeSeconds() + 30}", $"expires={Noon.ToUnixTimeSeconds() + 29}")),
            ("nonce", c => Input(c, "nonce=\"", "nonce=\"A")),
            ("keyid", c => Input(c, "g1", "g2")),
            ("alg", c => Input(c, "hmac-sha256", "hmac-sha512")),
            ("order of components", c => Input(c, "\"@method\" \"@path\"", "\"@path\" \"@method\"")),
            ("signature", c => Flip(c)),
            ("label of one field", c => c[SignatureHeaders.Signature] = c[SignatureHeaders.Signature].Replace("sig1", "sig2", StringComparison.Ordinal)),
        ];
        foreach (var (part, alter) in alterations)
        {
            var nonces = new NonceCache();
            var call = new SignedCall();
            alter(call);
            var verdict = call.Judge(nonces);

            Assert.True(verdict is Verdict.Unauthorized { Proof: null }, $"{part}: {verdict}");
            Assert.Equal(0, nonces.Count);
        }
    }

    [Theory]
    [InlineData(SignatureHeaders.SignatureInput)]
    [InlineData(SignatureHeaders.Signature)]
    [InlineData(SignatureHeaders.ContentDigest)]
    [InlineData(SignatureHeaders.From)]
    [InlineData(SignatureHeaders.To)]
    public void A_missing_or_doubled_field_is_refused(string header)
    {
        var missing = new SignedCall();
        missing.Headers.Remove(header);
        var doubled = new SignedCall();
        doubled.Headers[header].Add(doubled[header]);

        Assert.IsType<Verdict.Unauthorized>(missing.Judge());
        Assert.IsType<Verdict.Unauthorized>(doubled.Judge());
    }

    [Fact]
    public void The_key_of_one_direction_does_not_sign_the_other()
    {
        var call = new SignedCall(from: Bravo, to: Alpha);
        var turned = new SignedCall { [SignatureHeaders.Signature] = call[SignatureHeaders.Signature] };

        Assert.IsType<Verdict.Unauthorized>(turned.Judge());
        Assert.NotEqual(Keys.Key("g1", Alpha, Bravo)!.Of("text", ""), Keys.Key("g1", Bravo, Alpha)!.Of("text", ""));
    }

    [Fact]
    public void Another_networks_secret_is_unauthorized() =>
        Assert.IsType<Verdict.Unauthorized>(new SignedCall(keys: new(Secret[..^2] + "AA"[..1] + "Q", 1)).Judge(keys: Keys));

    [Fact]
    public void A_body_over_the_cap_is_refused_before_it_is_hashed() =>
        Assert.IsType<Verdict.Unauthorized>(new SignedCall(body: new string('x', Limits.BodyBytes + 1)).Judge());

    [Fact]
    public void What_a_signature_proves_decides_the_verdict_after_the_mac()
    {
        Assert.IsType<Verdict.NotMember>(new SignedCall(from: Stranger).Judge());
        Assert.IsType<Verdict.WrongTarget>(new SignedCall(to: Alpha).Judge());
        Assert.IsType<Verdict.WrongRun>(new SignedCall(run: "ffffffffffffffff").Judge());
    }

    [Theory]
    [InlineData(-31, true)]
    [InlineData(31, true)]
    [InlineData(-30, false)]
    [InlineData(30, false)]
    [InlineData(-300, true)]
    public void A_clock_that_is_off_by_more_than_30_seconds_is_told_by_how_much(int seconds, bool off)
    {
        var verdict = new SignedCall(at: Noon.AddSeconds(seconds)).Judge();

        if (off)
            Assert.Equal(TimeSpan.FromSeconds(seconds), Assert.IsType<Verdict.ClockOff>(verdict).Skew);
        else
            Assert.IsType<Verdict.Ok>(verdict);
    }

    [Fact]
    public void A_request_is_accepted_once()
    {
        var nonces = new NonceCache();
        var call = new SignedCall();

        Assert.IsType<Verdict.Ok>(call.Judge(nonces));
        Assert.IsType<Verdict.Replayed>(call.Judge(nonces));
        Assert.IsType<Verdict.Replayed>(call.Judge(nonces, At(Noon.AddSeconds(30), 61_000)));
        Assert.Equal(1, nonces.Count);
    }

    [Fact]
    public void Nothing_that_was_refused_burns_its_nonce()
    {
        var nonces = new NonceCache();
        byte[] nonce = [.. Enumerable.Repeat((byte)9, 16)];
        var forged = new SignedCall(nonce: nonce);
        Flip(forged);

        Assert.IsType<Verdict.Unauthorized>(forged.Judge(nonces));
        Assert.IsType<Verdict.ClockOff>(new SignedCall(nonce: nonce, at: Noon.AddMinutes(5)).Judge(nonces));
        Assert.IsType<Verdict.WrongTarget>(new SignedCall(nonce: nonce, to: Alpha).Judge(nonces));
        Assert.IsType<Verdict.WrongRun>(new SignedCall(nonce: nonce, run: "ffffffffffffffff").Judge(nonces));
        Assert.Equal(0, nonces.Count);
        Assert.IsType<Verdict.Ok>(new SignedCall(nonce: nonce).Judge(nonces));
    }

    [Fact]
    public void The_checks_come_in_the_order_of_X3()
    {
        // Everything is wrong at once; each repair lets the next check speak.
        var late = Noon.AddMinutes(-5);
        var forged = new SignedCall(from: Stranger, to: Alpha, run: "ffffffffffffffff", at: late);
        Flip(forged);

        Assert.IsType<Verdict.Unauthorized>(forged.Judge());
        Assert.IsType<Verdict.ClockOff>(new SignedCall(from: Stranger, to: Stranger, run: "ffffffffffffffff", at: late).Judge());
        Assert.IsType<Verdict.NotMember>(new SignedCall(from: Stranger, to: Stranger, run: "ffffffffffffffff").Judge());
        Assert.IsType<Verdict.WrongTarget>(new SignedCall(to: Stranger, run: "ffffffffffffffff").Judge());
        Assert.IsType<Verdict.WrongRun>(new SignedCall(run: "ffffffffffffffff").Judge());
    }

    private static void Input(SignedCall call, string old, string replacement)
    {
        Assert.Contains(old, call[SignatureHeaders.SignatureInput], StringComparison.Ordinal);
        call[SignatureHeaders.SignatureInput] = call[SignatureHeaders.SignatureInput].Replace(old, replacement, StringComparison.Ordinal);
    }

    private static void Flip(SignedCall call)
    {
        var mac = Convert.FromBase64String(call[SignatureHeaders.Signature]["sig1=:".Length..^1]);
        mac[31] ^= 1;
        call[SignatureHeaders.Signature] = $"sig1=:{Convert.ToBase64String(mac)}:";
    }
}
