using System.Security.Cryptography.X509Certificates;
using Constella.Api.Tls;
using Constella.Core.Signing;
using Microsoft.Extensions.Logging;

namespace Constella.Tests.Api.Tls;

/// <summary>Rule X6: whose certificate is believed, and how long a node shows one.</summary>
public sealed class CertificateTests
{
    private const string Network = "0123456789abcdef";
    private const string Alpha = "aaaaaaaaaaaaaaaa";
    private const string Bravo = "bbbbbbbbbbbbbbbb";

    private static readonly DateTimeOffset Now = new(2026, 6, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly KeyRing First = new(new string('A', 43), 1);
    private static readonly string OtherSecret = new string('B', 42) + "A";

    private KeyRing _ring = First;

    [Fact]
    public void What_one_member_issues_every_member_believes() => Assert.Null(WhyNot(Issued(First, Bravo), Bravo));

    [Fact]
    public void The_certificate_of_another_node_is_not_believed() =>
        Assert.Equal($"its certificate is for {Bravo}.constella", WhyNot(Issued(First, Bravo), Alpha));

    [Fact]
    public void A_certificate_under_another_secret_is_of_another_network() =>
        Assert.Equal("its certificate is not of this network", WhyNot(Issued(new KeyRing(OtherSecret, 1), Bravo), Bravo));

    [Fact]
    public void A_certificate_that_signed_itself_is_of_another_network()
    {
        using var key = System.Security.Cryptography.ECDsa.Create();
        var request = new CertificateRequest($"CN={Bravo}.constella", key, System.Security.Cryptography.HashAlgorithmName.SHA256);
        using var own = request.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
        Assert.Equal("its certificate is not of this network", WhyNot(own, Bravo));
        Assert.Equal("it shows no certificate", Trust(null).WhyNot(null, Bravo));
    }

    [Theory]
    [InlineData(-3, -1)]
    [InlineData(1, 3)]
    public void A_certificate_out_of_its_time_says_so(int from, int until)
    {
        using var certificate = CertificateAuthority.Issue(Network, First, Bravo, Now.AddDays(from), Now.AddDays(until));
        Assert.StartsWith("its certificate is good from ", WhyNot(certificate, Bravo), StringComparison.Ordinal);
    }

    [Fact]
    public void While_a_secret_rotates_both_authorities_are_believed_and_later_the_new_one_only()
    {
        using var old = Issued(First, Bravo);
        var trust = Trust(null);
        _ring = First.Install(OtherSecret, 2);
        using var next = Issued(_ring.Use(2).Remove(1), Bravo);
        Assert.Null(trust.WhyNot(old, $"{Bravo}.constella"));
        Assert.Null(trust.WhyNot(next, $"{Bravo}.constella"));

        _ring = _ring.Use(2).Remove(1);
        Assert.Equal("its certificate is not of this network", trust.WhyNot(old, $"{Bravo}.constella"));
        Assert.Null(trust.WhyNot(next, $"{Bravo}.constella"));
    }

    [Fact]
    public void A_node_shows_one_certificate_until_it_is_time_for_the_next()
    {
        var time = new SetTime { Utc = Now };
        var node = new NodeCertificate(Network, Bravo, () => _ring, time);
        var first = node.Current;
        Assert.Equal((Now - NodeCertificate.Before).UtcDateTime, first.TargetCertificate.NotBefore.ToUniversalTime());
        Assert.True(first.TargetCertificate.HasPrivateKey);

        time.Utc = Now.AddDays(14);
        Assert.Same(first, node.Current);
        // Before two thirds of its life are over.
        time.Utc = Now - NodeCertificate.Before + (NodeCertificate.Life * 2 / 3);
        var second = node.Current;
        Assert.NotSame(first, second);
        Assert.Null(Trust(null, time).WhyNot(second.TargetCertificate, $"{Bravo}.constella"));
    }

    [Fact]
    public void A_clock_that_was_set_back_locks_no_node_out()
    {
        var time = new SetTime { Utc = Now.AddYears(4) };
        var node = new NodeCertificate(Network, Bravo, () => _ring, time);
        Assert.NotNull(WhyNot(node.Current.TargetCertificate, Bravo));
        time.Utc = Now;
        Assert.Null(WhyNot(node.Current.TargetCertificate, Bravo));
    }

    [Fact]
    public void A_node_shows_what_the_oldest_secret_that_is_accepted_signed()
    {
        var node = new NodeCertificate(Network, Bravo, () => _ring, new SetTime { Utc = Now });
        var old = node.Current.TargetCertificate;
        // Who has not followed the rotation yet must still believe it (X2).
        _ring = First.Install(OtherSecret, 2).Use(2);
        Assert.Equal(old.Issuer, node.Current.TargetCertificate.Issuer);
        _ring = _ring.Remove(1);
        Assert.Equal($"CN=constella {Network} g2", node.Current.TargetCertificate.Issuer);
        Assert.Null(WhyNot(node.Current.TargetCertificate, Bravo));
    }

    [Fact]
    public void What_answers_in_a_nodes_place_is_told_where_it_lasts_and_once_a_minute()
    {
        var time = new SetTime { Utc = Now };
        var log = new Lines();
        var trust = Trust(log, time);
        foreach (var seconds in new[] { 0, 1, 4, 6, 59, 65, 67, 130 })
        {
            time.Utc = Now.AddSeconds(seconds);
            trust.Tell("bravo", "the reason");
        }
        trust.Tell("charlie", "the reason");
        Assert.Equal(3, log.Written.Count);
        Assert.All(log.Written, line => Assert.Equal("what answers in the place of bravo is not called: the reason", line));
    }

    [Fact]
    public void The_authority_is_the_same_for_all_and_without_its_key()
    {
        var (one, other) = (CertificateAuthority.Pem(Network, First, 1), CertificateAuthority.Pem(Network, First, 1));
        Assert.True(CertificateAuthority.Matches(one, Network, First, 1));
        Assert.True(CertificateAuthority.Matches(other, Network, First, 1));
        Assert.DoesNotContain("PRIVATE", one, StringComparison.Ordinal);
        using var certificate = CertificateAuthority.Certificate(Network, First, 1);
        Assert.False(certificate.HasPrivateKey);
        Assert.True(certificate.NotAfter.Year > 2100);
    }

    private static X509Certificate2 Issued(KeyRing ring, string node) => CertificateAuthority.Issue(Network, ring, node, Now.AddDays(-1), Now.AddDays(1));

    private string? WhyNot(X509Certificate2 certificate, string node) => Trust(null).WhyNot(certificate, CertificateAuthority.NameOf(node));

    private PeerTrust Trust(ILogger? log, TimeProvider? time = null) => new(Network, () => _ring, time ?? new SetTime { Utc = Now }, log);

    private sealed class SetTime : TimeProvider
    {
        public DateTimeOffset Utc { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Utc;

        public override long GetTimestamp() => Utc.Ticks;
    }

    private sealed class Lines : ILogger
    {
        public List<string> Written { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Written.Add(formatter(state, exception));
    }
}
