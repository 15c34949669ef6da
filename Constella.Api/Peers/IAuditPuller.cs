using Constella.Core.Audit;

namespace Constella.Api.Peers;

/// <summary>Asks a member for entries of the audit log (rule U5).</summary>
internal interface IAuditPuller
{
    /// <returns>Well-formed.</returns>
    /// <exception cref="PeerException">It did not answer, or refused.</exception>
    Task<AuditPage> PullAsync(string peer, AuditPull pull, CancellationToken cancellation);
}
