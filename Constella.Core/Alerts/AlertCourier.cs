using System.Collections.Immutable;
using Constella.Core.Cluster;

namespace Constella.Core.Alerts;

/// <summary>
/// Rule A5: what a node sends to the owner, and when the Host passes the task on. Each alert is sent at least once; what was
/// sent by this process is never sent by it again. Pure, so that the simulator runs the very code.
/// </summary>
public sealed class AlertCourier
{
    // Where nobody gets through, the task goes round ever more slowly: each turn is a write on all nodes.
    private const int MostPasses = 6;

    private readonly Dictionary<string, AlertReceipt> _sent = [];
    private string? _first;
    private long _dueSince;
    private int _passes;
    private long _notBefore = long.MinValue / 2;

    /// <summary>What is to be sent now, in one message; empty when there is nothing, or it is another node's task.</summary>
    /// <param name="mayAct">As <see cref="ClusterView.MayAct"/> says at this moment.</param>
    public ImmutableArray<Alert> Due(ClusterView view, long mono, bool mayAct)
    {
        ArgumentNullException.ThrowIfNull(view);
        var due = Outbox(view);
        // What is new must not begin the time of what waits anew.
        if (!due.Any(alert => alert.Id == _first))
            (_first, _dueSince, _passes) = (due.FirstOrDefault()?.Id, mono, 0);
        // What happens at once is told at once: one message for a rack that went down.
        if (due.IsEmpty || mono < _notBefore || mono - _dueSince < Timings.AlertGather || !IsSender(view, mayAct))
            return [];
        return due.Length > Limits.AlertsPerMessage ? due[..Limits.AlertsPerMessage] : due;
    }

    /// <summary>Telegram has taken the message.</summary>
    public void Sent(ImmutableArray<Alert> alerts)
    {
        foreach (var alert in alerts)
            _sent[alert.Id] = alert.Receipt;
    }

    /// <summary>It has not, or did not answer.</summary>
    /// <param name="waitMs">Where Telegram says when to try again, it means all nodes: nothing is passed on before.</param>
    public void Failed(long mono, long waitMs)
    {
        _notBefore = mono + waitMs;
        if (waitMs >= Timings.AlertPassOn)
            _dueSince = _notBefore;
    }

    /// <summary>What was sent and the network does not know: not yet, or not any more, where the settings of another writer have won (rule W7).</summary>
    public ImmutableArray<AlertReceipt> Receipts(ClusterView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (_sent.Count == 0)
            return [];
        var book = view.Settings.Alerts;
        foreach (var id in _sent.Keys)
        {
            if (_sent.Count > Limits.Alerts && !book.Any(alert => alert.Id == id))
                _sent.Remove(id);
        }
        return [.. book.Where(alert => _sent.TryGetValue(alert.Id, out var receipt) && alert.Told < receipt.Told).Select(alert => _sent[alert.Id])];
    }

    /// <summary>Who shall send from now on, where the Host finds that what is due is not told in time; else null.</summary>
    /// <returns>A node id; empty for the Host itself.</returns>
    public string? PassOn(ClusterView view, long mono, bool mayAct)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (!mayAct || _first is null)
            return null;
        var sender = view.Settings.AlertSender ?? view.NodeId;
        var living = view.Members.Where(m => m.IsSelf || m is { Health: Health.Alive, Telegram: true }).Select(m => m.Record.NodeId).Order(StringComparer.Ordinal).ToArray();
        if (living.Contains(sender) && mono - _dueSince < Timings.AlertPassOn << Math.Min(_passes, MostPasses))
            return null;
        _dueSince = mono;
        _passes++;
        var next = living.FirstOrDefault(id => string.CompareOrdinal(id, sender) > 0) ?? living[0];
        return next == sender ? null : next == view.NodeId ? "" : next;
    }

    private ImmutableArray<Alert> Outbox(ClusterView view)
    {
        var settings = view.Settings;
        if (settings.OwnerId is null or 0 || string.IsNullOrEmpty(settings.BotToken) || !view.AlertsCommitted)
            return [];
        foreach (var alert in settings.Alerts)
        {
            if (IsDue(alert))
                return [.. settings.Alerts.Where(IsDue)];
        }
        return [];
    }

    private bool IsDue(Alert alert) => alert.Due && !(_sent.TryGetValue(alert.Id, out var receipt) && receipt.Told >= alert.Receipt.Told);

    // A lease is no fence for a message: whom the Host has asked to send needs none, as long as it knows a Host that may take it back.
    private static bool IsSender(ClusterView view, bool mayAct) =>
        view.IsHost ? mayAct && (view.Settings.AlertSender is null || view.Settings.AlertSender == view.NodeId) : view.HostId is not null && view.Settings.AlertSender == view.NodeId;
}
