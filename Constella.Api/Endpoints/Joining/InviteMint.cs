using Constella.Api.Cluster;
using Constella.Core;
using Constella.Core.Cluster;
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
        var view = cluster.View;
        if (MintedInvite.New(view.Members.First(member => member.IsSelf), view.NetworkId, ttl) is not { } minted)
            return (null, new Answer.Done(Errors.Invalid, "the address of this node cannot stand in a link; set it by: constella config set address HOST:PORT"));
        var answer = await cluster.AskAsync(ticket => new Input.InviteRequested(minted.Id, minted.Key, ttl, ticket), cancellation);
        return answer is Answer.Done { Error: null }
            ? (new InviteAnswer(minted.Id, minted.Link, time.GetUtcNow() + ttl), null)
            : (null, answer as Answer.Done ?? new Answer.Done(Errors.Timeout));
    }
}
