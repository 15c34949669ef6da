using System.Security.Cryptography;
using Constella.Api.Cluster;
using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Joining;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Api.Endpoints.Joining;

/// <summary>Makes invites of this node (rule J1): the token leaves in the link and is kept nowhere.</summary>
public sealed class InviteMint(ICluster cluster, TimeProvider time)
{
    /// <returns>The invite, or why there is none.</returns>
    public async Task<(InviteAnswer? Invite, Answer.Done? Refused)> MintAsync(TimeSpan ttl, CancellationToken cancellation)
    {
        if (ttl < Limits.InviteMin || ttl > Limits.InviteMax)
            return (null, new Answer.Done(Errors.Invalid, "an invite lives from 1 minute to 24 hours"));
        var token = RandomNumberGenerator.GetBytes(32);
        var (id, key) = JoinExchange.Derive(token);
        var answer = await cluster.AskAsync(ticket => new Input.InviteRequested(id, key, ttl, ticket), cancellation);
        if (answer is not Answer.Done { Error: null })
            return (null, answer as Answer.Done ?? new Answer.Done(Errors.Timeout));
        var view = cluster.View;
        var own = view.Members.First(member => member.IsSelf).Record.Addr;
        return NodeAddress.TryParse(own, out var seed, out var problem)
            ? (new InviteAnswer(id, JoinLink.Mint(seed, view.NetworkId, token, ttl).ToString(), time.GetUtcNow() + ttl), null)
            : (null, new Answer.Done(Errors.Invalid, problem));
    }
}
