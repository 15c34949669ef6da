using System.Net.Security;
using System.Security.Cryptography;
using Constella.Core.Signing;

namespace Constella.Api.Tls;

/// <summary>
/// What this node shows to its callers (rule X6): a key of this process alone, signed by the authority of the secret in use. It is
/// looked at with each handshake and made anew in time, when the secret has changed, or when the clock was set.
/// </summary>
public sealed class NodeCertificate(string networkId, string nodeId, Func<KeyRing> keys, TimeProvider time)
{
    /// <summary>From before now, so that a peer whose clock is behind does not refuse it.</summary>
    internal static readonly TimeSpan Before = TimeSpan.FromDays(2);

    internal static readonly TimeSpan Life = TimeSpan.FromDays(30);

    /// <summary>Well before two thirds of its life are over.</summary>
    private static readonly TimeSpan s_renewAfter = TimeSpan.FromDays(15);

    private readonly Lock _lock = new();
    private KeyRing? _ring;
    private DateTimeOffset _made;
    private SslStreamCertificateContext? _context;

    public SslStreamCertificateContext Current
    {
        get
        {
            var (ring, now) = (keys(), time.GetUtcNow());
            lock (_lock)
            {
                if (_context is null || !ReferenceEquals(ring, _ring) || now < _made || now - _made >= s_renewAfter)
                    (_context, _ring, _made) = (Make(networkId, ring, nodeId, now), ring, now);
                return _context;
            }
        }
    }

    /// <summary>For a node that has no network yet: nobody can verify it, and nobody is asked to.</summary>
    public static SslStreamCertificateContext Unverifiable(string nodeId, DateTimeOffset now)
    {
        var secret = System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        return Make("none", new KeyRing(secret, 1), nodeId, now);
    }

    // Offline: the authority is nobody's but ours, there is nothing to fetch.
    private static SslStreamCertificateContext Make(string networkId, KeyRing ring, string nodeId, DateTimeOffset now) =>
        SslStreamCertificateContext.Create(
            CertificateAuthority.Issue(networkId, ring, nodeId, now - Before, now - Before + Life), additionalCertificates: null, offline: true);
}
