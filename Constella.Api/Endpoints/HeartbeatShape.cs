using Constella.Core;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Api.Endpoints;

/// <summary>
/// What a well-formed heartbeat may hold: the protocol behind it trusts the shape of what it is given. Sizes are those of a full
/// network with its tombstones, doubled.
/// </summary>
internal static class HeartbeatShape
{
    private const int Records = Limits.Members * 4;
    private const int Proposals = 64;

    /// <returns>What is wrong, or null.</returns>
    public static string? Wrong(Heartbeat message)
    {
        if (Wrong(message.Vitals) is { } wrong)
            return wrong;
        if (message.Proposals.IsDefault || message.Proposals.Length > Proposals || message.Proposals.Any(IsBad))
            return "the proposals are malformed";
        return message.State is { } state ? Wrong(state) : null;
    }

    /// <returns>What is wrong, or null.</returns>
    public static string? Wrong(HeartbeatAnswer message)
    {
        if (Wrong(message.Vitals) is { } wrong)
            return wrong;
        if (message.Ended.IsDefault || message.Ended.Length > Proposals || message.Ended.Any(end => end is null))
            return "the ends of proposals are malformed";
        return message.State is { } state ? Wrong(state) : null;
    }

    private static string? Wrong(Vitals vitals)
    {
        if (!Ids.IsNode(vitals.Node) || !Ids.IsNode(vitals.Run))
            return "node or run id is malformed";
        return vitals.Unheard.IsDefault || vitals.Unheard.Length > Limits.Members || !vitals.Unheard.All(Ids.IsNode)
            ? "the list of unheard nodes is malformed"
            : null;
    }

    private static string? Wrong(SharedState state)
    {
        if (state.Peers.IsDefault || state.Peers.Length > Records || state.Peers.Any(IsBad))
            return "the member records are malformed";
        if (state.Updates.IsDefault || state.Updates.Length > Limits.Ledger * 2)
            return "the handled updates are malformed";
        if (state.Members is { } set && (set.Ids.IsDefault || set.Ids.Length > Limits.Members || !set.Ids.All(Ids.IsNode)))
            return "the member set is malformed";
        return state.Settings is { } settings && (settings.Reboots.IsDefault || settings.Reboots.Any(reboot => reboot is null))
            ? "the settings are malformed"
            : null;
    }

    private static bool IsBad(Proposal? proposal) => proposal is null || (proposal.Add is { } add && IsBad(add));

    private static bool IsBad(MemberRecord? record) =>
        record is null || !Ids.IsNode(record.NodeId) || !NodeName.IsValid(record.Name) || !NodeAddress.IsValid(record.Addr)
        || (record.AltAddr is { } other && !NodeAddress.IsValid(other));
}
