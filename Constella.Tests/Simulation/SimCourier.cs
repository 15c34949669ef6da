using System.Collections.Immutable;
using Constella.Core.Alerts;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Tests.Simulation;

/// <summary>The product's sender of alerts in small: the real <see cref="AlertCourier"/>, and calls that take their time and get lost.</summary>
internal sealed class SimCourier(World world, SimNode node)
{
    private const long Turn = 1_000;
    private const long CallTimeout = 2_000;
    private readonly AlertCourier _courier = new();
    private bool _asking;
    private bool _sending;

    public void Start() => Next();

    private void Next() => world.At(world.Now + Turn, node, () =>
    {
        // The view is made only where this node may have something to send: it costs more than all the rest.
        if (node.Mode != Polls.None || node.Disk.Settings.AlertSender == node.Id)
            TakeTurn();
        Next();
    });

    private void TakeTurn()
    {
        var (view, mayAct) = (node.View, node.MayAct);
        Report();
        if (!_sending && _courier.Due(view, node.Mono, mayAct) is { IsEmpty: false } due)
            Send(due);
        if (_courier.PassOn(view, node.Mono, mayAct) is { } next)
            Ask(new SettingsPatch { AlertSender = next });
    }

    private void Report()
    {
        if (_courier.Receipts(node.View) is { IsEmpty: false } receipts)
            Ask(new SettingsPatch { Told = receipts });
    }

    private void Ask(SettingsPatch patch)
    {
        if (_asking)
            return;
        _asking = true;
        node.Ask(ticket => new Input.SettingsChanged(patch, ticket), _ => _asking = false);
    }

    private void Send(ImmutableArray<Alert> alerts)
    {
        _sending = true;
        var (over, epoch) = (false, node.Epoch);
        void End(bool taken)
        {
            if (over)
                return;
            over = true;
            _sending = false;
            if (taken)
                _courier.Sent(alerts);
            else
                _courier.Failed(node.Mono, 1_000);
            world.Alerts.Answered(node, alerts, taken);
            Report();
        }

        world.At(world.Now + CallTimeout, node, () => End(false));
        if (!node.ReachesTelegram || world.Alerts.Refused(node))
            return;
        world.At(world.Now + node.Random.Next(10, 150), () =>
        {
            world.Alerts.Taken(node, alerts);
            if (epoch == node.Epoch && node.ReachesTelegram && !world.Alerts.LosesAnswer())
                world.At(world.Now + node.Random.Next(10, 150), node, () => End(true));
        });
    }
}
