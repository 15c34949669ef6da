using System.Collections.Concurrent;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Constella.Core.Signing;

namespace Constella.Api.Tls;

/// <summary>
/// Whom this node believes to be the node that it calls (rule X6): who shows a certificate for that node id, signed by an authority
/// of the secrets on the ring. Nothing else on this machine is asked, and nothing is fetched.
/// </summary>
public sealed class PeerTrust(string networkId, Func<KeyRing> keys, TimeProvider time, ILogger? log)
{
    private const string Foreign = "its certificate is not of this network";
    private static readonly TimeSpan s_silence = TimeSpan.FromMinutes(1);

    /// <summary>Who joins answers with a certificate of no network for a moment, until it is started as a member.</summary>
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, TimeSpan> _tellFrom = new();
    private readonly ConcurrentDictionary<string, bool> _foreign = new();
    private Authorities? _authorities;

    /// <summary>For calls to members. The name to verify is the one in the request's <c>Host</c>.</summary>
    internal SslClientAuthenticationOptions Members => Options((sender, certificate, _, _) =>
        sender is SslStream { TargetHostName: var name } && Accepts(name, certificate as X509Certificate2));

    /// <summary>
    /// For <c>/join</c> and for <c>/health</c> of who is no member yet: there the token's MAC and seal are the trust (rule J1), and
    /// the certificate is not looked at.
    /// </summary>
#pragma warning disable CA5359 // What is believed there is not the certificate.
    internal static SslClientAuthenticationOptions Anybody => Options(static (_, _, _, _) => true);
#pragma warning restore CA5359

    /// <summary>Why a certificate does not prove the node of that name; null where it does.</summary>
    internal string? WhyNot(X509Certificate2? certificate, string name)
    {
        if (certificate is null)
            return "it shows no certificate";
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(AuthoritiesOf(keys()));
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.VerificationTime = time.GetUtcNow().UtcDateTime;
        if (!chain.Build(certificate))
        {
            var found = chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, static (all, one) => all | one.Status);
            return found == X509ChainStatusFlags.NotTimeValid
                ? $"its certificate is good from {certificate.NotBefore.ToUniversalTime():u} to {certificate.NotAfter.ToUniversalTime():u}; is the time of both machines right?"
                : Foreign;
        }
        return certificate.MatchesHostname(name, allowWildcards: false, allowCommonName: false)
            ? null
            : $"its certificate is for {certificate.GetNameInfo(X509NameType.DnsName, false)}";
    }

    /// <summary>Says what is wrong with who answers in a node's place: where it lasts, and once a minute at most.</summary>
    internal void Tell(string name, string reason)
    {
        var now = time.GetElapsedTime(0);
        var from = _tellFrom.GetOrAdd(name, now + s_patience);
        if (now < from || !_tellFrom.TryUpdate(name, now + s_silence, from))
            return;
        log?.LogWarning("what answers in the place of {Name} is not called: {Reason}", name, reason);
    }

    /// <summary>Whether the last certificate in a node's place was of no secret that this node knows: that one's, or its own, is an old one.</summary>
    internal bool IsForeign(string name) => _foreign.GetValueOrDefault(name);

    private bool Accepts(string name, X509Certificate2? certificate)
    {
        var why = WhyNot(certificate, name);
        _foreign[name] = why == Foreign;
        if (why is not { } reason)
            return true;
        Tell(name, reason);
        return false;
    }

    private X509Certificate2Collection AuthoritiesOf(KeyRing ring)
    {
        var known = _authorities;
        if (known is null || !ReferenceEquals(known.Ring, ring))
            _authorities = known = new Authorities(ring, [.. ring.Generations.Select(generation => CertificateAuthority.Certificate(networkId, ring, generation))]);
        return known.Certificates;
    }

    private static SslClientAuthenticationOptions Options(RemoteCertificateValidationCallback validation) => new()
    {
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
        // A resumed session would outlive the certificate that it began with; connections are few and long.
        AllowTlsResume = false,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        // The framework's own look at the chain decides nothing; it need not load this machine's authorities for it.
        CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        },
        RemoteCertificateValidationCallback = validation,
    };

    private sealed record Authorities(KeyRing Ring, X509Certificate2Collection Certificates);
}
