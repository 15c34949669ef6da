using Constella.Core.Alerts;
using Constella.Core.Members;
using Constella.Core.Traffic;
using Constella.Core.Wire;

namespace Constella.Core.Cluster;

/// <summary>Rules A2 and A3 for what a provider allows and charges: a month's traffic, and until when a machine is paid.</summary>
public sealed partial class ClusterNode
{
    private const int TrafficLow = 80;
    private const int TrafficHigh = 90;
    private const int TrafficFull = 100;

    // Nothing to look at where the owner has set nothing.
    private void ContractSigns(List<Sign> signs)
    {
        if (!HasContracts())
            return;
        foreach (var peer in _peers.Values)
            ContractSigns(signs, peer.Id, peer.Fresh(_now.Mono) ? peer.Vitals?.Traffic : null);
        ContractSigns(signs, Self, _traffic);
    }

    private bool HasContracts()
    {
        foreach (var option in _state.Settings.Options)
        {
            if (option.Key is Options.TrafficQuota or Options.BillExpires)
                return true;
        }
        return false;
    }

    private void ContractSigns(List<Sign> signs, string node, MonthBytes? traffic)
    {
        var options = _state.Settings.Options;
        if (traffic is not null && TrafficPlan.Of(options, node).Percent((traffic.Received, traffic.Sent)) is { } percent)
        {
            var stage = percent >= TrafficFull ? TrafficFull : percent >= TrafficHigh ? TrafficHigh : percent >= TrafficLow ? TrafficLow : 0;
            if (stage > 0 || _someGoOn)
                signs.Add(new Sign(AlertKind.Traffic, node, stage > 0 ? Condition.Bad : Condition.Good, Timings.AlertCalm, Timings.AlertCalm) { Stage = stage, Detail = Whole(stage) });
        }
        // Also of a machine that is down: it may be down because nobody has paid.
        var bill = Bill.Of(options, node);
        if (bill.Expires is not { } expires)
            return;
        var urgency = bill.Stage(_now.Utc);
        if (urgency > 0 || _someGoOn)
            signs.Add(new Sign(AlertKind.Bill, node, urgency > 0 ? Condition.Bad : Condition.Good, 0, 0) { Stage = urgency, Detail = Bill.Date(expires) });
    }

    // What an open alert is about was taken back by the owner, or was lost by a Host of an older version, which knew no such kind (V1).
    private bool IsUnset(Alert alert, string node) => alert.Kind switch
    {
        AlertKind.Traffic => TrafficPlan.Of(_state.Settings.Options, node).Quota is null,
        AlertKind.Bill => Bill.Of(_state.Settings.Options, node).Expires is null,
        AlertKind.Unknown => !alert.Due,
        _ => false,
    };
}
