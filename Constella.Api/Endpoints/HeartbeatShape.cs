using System.Collections.Immutable;
using Constella.Api.Audit;
using Constella.Core;
using Constella.Core.Alerts;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Signing;
using Constella.Core.Wire;

namespace Constella.Api.Endpoints;

/// <summary>
/// What a well-formed heartbeat may hold: the protocol behind it trusts the shape of what it is given. Sizes are those of a full
/// network with its tombstones, doubled; counters leave room to go on counting.
/// </summary>
internal static class HeartbeatShape
{
    private const int Records = Limits.Members * 4;
    private const int Proposals = 64;
    private const int TextLimit = 128;
    private const long Counter = 1L << 53;
    private const int Generations = 1 << 30;

    /// <returns>What is wrong, or null.</returns>
    public static string? Wrong(Heartbeat message)
    {
        if ((Wrong(message.Vitals) ?? Wrong(message.Ask)) is { } wrong)
            return wrong;
        if (IsBad(message.Release ?? Term.None) || IsBad(message.HandOver))
            return "the release or the hand-over is malformed";
        if (message.Proposals.IsDefault || message.Proposals.Length > Proposals || message.Proposals.Any(IsBad))
            return "the proposals are malformed";
        return IsBad(message.Ended) ? "the ends of proposals are malformed" : Wrong(message.State);
    }

    /// <returns>What is wrong, or null.</returns>
    public static string? Wrong(HeartbeatAnswer message)
    {
        if (Wrong(message.Vitals) is { } wrong)
            return wrong;
        if (message.Grant is { } grant && (IsBad(grant.Term) || grant.Ms is < 0 or > Timings.Lease))
            return "the grant is malformed";
        return IsBad(message.Ended) ? "the ends of proposals are malformed" : Wrong(message.State);
    }

    private static string? Wrong(Vitals vitals)
    {
        if (!Ids.IsNode(vitals.Node) || !Ids.IsNode(vitals.Run))
            return "node or run id is malformed";
        if (IsBad(vitals.Term) || IsBad(vitals.Cfg) || IsBad(vitals.Settings) || IsBad(vitals.Rotation) || IsBad(vitals.Lease))
            return "a term is malformed";
        if (vitals.Boot.Length > TextLimit || vitals.Digest.Length > TextLimit || vitals.Build?.Length > TextLimit)
            return "a text is too long";
        if (vitals.V is < 0 or > 1_000 || !Enum.IsDefined(vitals.Polls) || IsBad(vitals.Priority) || IsBad(vitals.Incarnation) || IsBad(vitals.Seq) || IsBad(vitals.At) || vitals.Members is < 0 or > Limits.Members || IsBad(vitals.Load) || AuditShape.IsBad(vitals.Audit) || (vitals.Traffic is { } traffic && (IsBad(traffic.Received) || IsBad(traffic.Sent))))
            return "a number is out of its range";
        return vitals.Unheard.IsDefault || vitals.Unheard.Length > Limits.Members || !vitals.Unheard.All(Ids.IsNode)
            ? "the list of unheard nodes is malformed"
            : null;
    }

    private static string? Wrong(Ask? ask) =>
        ask is not null && (IsBad(ask.Term) || IsBad(ask.Released)) ? "the ask is malformed" : null;

    public static string? Wrong(SharedState? state)
    {
        if (state is null)
            return null;
        if (state.Peers.IsDefault || state.Peers.Length > Records || state.Peers.Any(IsBad) || !Ascends(state.Peers.Select(peer => peer.NodeId))
            || state.Peers.Count(peer => peer.Status == MemberStatus.Active) > Limits.Members)
            return "the member records are malformed";
        if (state.Updates.IsDefault || state.Updates.Length > Limits.Ledger * 2)
            return "the handled updates are malformed";
        if (state.Members is { } set && (set.Ids.IsDefaultOrEmpty || set.Ids.Length > Limits.Members || IsBad(set.Cfg)
            || !set.Ids.All(Ids.IsNode) || !Ascends(set.Ids)))
            return "the member set is malformed";
        if (state.Rotation is { } rotation && IsBad(rotation))
            return "the rotation is malformed";
        return state.Settings is { } settings && (IsBad(settings.Stamp) || settings.Reboots.IsDefault || settings.Reboots.Any(reboot => reboot is null)
            || IsBad(settings.Options) || IsBad(settings.Alerts) || settings.AlertSender?.Length > TextLimit)
            ? "the settings are malformed"
            : null;
    }

    private static bool IsBad(Proposal? proposal) =>
        proposal is null || proposal.Id.Length > TextLimit || (proposal.Add is { } add && IsBad(add))
        || (proposal.Remove is { } remove && !Ids.IsNode(remove)) || (proposal.Patch is { } patch && IsBad(patch));

    private static bool IsBad(SettingsPatch patch) =>
        patch.OwnerUsername?.Length > 32 || patch.OwnerId < 0 || patch.OwnerLanguage?.Length > 8 || patch.BotToken?.Length > TextLimit
        || patch.Message?.Screen.Length > TextLimit || patch.EndReboot?.Length > TextLimit
        || IsBad(patch.Options) || IsBad(patch.Alerts) || patch.Told.Length > Limits.Alerts || patch.Told.Any(receipt => receipt?.Id is null || !Enum.IsDefined(receipt.Told))
        || (patch.AlertSender is not (null or "") && !Ids.IsNode(patch.AlertSender));

    // A newer version may know other keys and kinds: only the size is judged.
    private static bool IsBad(ImmutableArray<Option> options) => options.Length > Limits.Options
        || options.Any(option => option is null || option.Key.Length > TextLimit || option.Value.Length > TextLimit || (option.Node is not null && !Ids.IsNode(option.Node)));

    private static bool IsBad(ImmutableArray<Alert> alerts) => alerts.Length > Limits.Alerts
        || alerts.Any(alert => alert is null || alert.Id.Length > TextLimit || alert.Detail?.Length > TextLimit || alert.Stage < 0 || !Enum.IsDefined(alert.Told) || (alert.Node is not null && !Ids.IsNode(alert.Node)));

    private static bool IsBad(Rotation rotation) =>
        IsBad(rotation.Stamp) || rotation.Generation is < 1 or > Generations || !Enum.IsDefined(rotation.Phase) || rotation.Key?.Length > TextLimit
        || rotation.Sealed.Length > Records || rotation.Sealed.Any(box => box is null || !Ids.IsNode(box.Node) || box.Box?.Length != SecretBox.BoxLength)
        || rotation.Evicted.Length > Records || !rotation.Evicted.All(Ids.IsNode);

    private static bool IsBad(int priority) => priority is < 0 or > 1_000_000;

    private static bool IsBad(MemberRecord? record) =>
        record is null || !Ids.IsNode(record.NodeId) || !NodeName.IsValid(record.Name) || !NodeAddress.IsValid(record.Addr)
        || (record.AltAddr is { } other && !NodeAddress.IsValid(other)) || IsBad(record.Incarnation) || IsBad(record.Priority) || record.Key?.Length > TextLimit || IsBad(record.Overlay) || !Enum.IsDefined(record.Status);

    // It becomes part of a configuration file. A proposal to add a member may leave its address to the Host (O1).
    private static bool IsBad(OverlayPlace? place) => place is not null && !Overlay.IsAsked(place);

    private static bool IsBad(ImmutableArray<ProposalEnd> ends) =>
        ends.IsDefault || ends.Length > Proposals || ends.Any(end => end?.Id is null);

    private static bool IsBad(LeaseClaim? claim) => claim is not null && (!Ids.IsNode(claim.Holder) || !Ids.IsNode(claim.Run) || IsBad(claim.Term));

    private static bool IsBad(Load? load) =>
        load is not null && (load.Cpu is < 0 or > 100 || load.Ram is < 0 or > 100 || load.Disk is < 0 or > 100);

    private static bool IsBad(Stamp stamp) => IsBad(stamp.Term) || IsBad(stamp.Counter);

    public static bool IsBad(Term term) => IsBad(term.Counter) || (term.NodeId is not "" && !Ids.IsNode(term.NodeId));

    private static bool IsBad(long counter) => counter is < 0 or > Counter;

    private static bool Ascends(IEnumerable<string> ids)
    {
        var last = "";
        foreach (var id in ids)
        {
            if (string.CompareOrdinal(id, last) <= 0)
                return false;
            last = id;
        }
        return true;
    }
}
