using Constella.Api.Cluster;
using Constella.Api.Telegram.Screens;
using Constella.Core;
using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Joining;

namespace Constella.Api.Telegram;

/// <summary><c>/invite 15m</c>: mints a link at this node and puts it into words.</summary>
internal sealed class InviteCommand(ICluster cluster)
{
    /// <returns>What to tell the owner.</returns>
    public async Task<string> AnswerAsync(string? ttlText, Texts texts, CancellationToken cancellation)
    {
        var ttl = Limits.InviteDefault;
        if (ttlText is not null && !Duration.TryParseTtl(ttlText, out ttl, out _))
            return texts[Text.InviteBadTtl];
        var view = cluster.View;
        var self = view.Members.First(member => member.IsSelf);
        if (MintedInvite.New(self, view.NetworkId, ttl) is not { } invite)
            return texts.Format(Text.InviteFailed, Html.EscapeShort(self.Record.Addr));
        var answer = await cluster.AskAsync(ticket => new Input.InviteRequested(invite.Id, invite.Key, ttl, ticket) { By = AuditActors.Owner }, cancellation);
        return answer is Answer.Done { Error: null }
            ? texts.Format(Text.Invite, Duration.Format(ttl), Html.Escape(invite.Link))
            : texts.Format(Text.InviteFailed, Html.EscapeShort((answer as Answer.Done)?.Detail ?? (answer as Answer.Done)?.Error));
    }
}
