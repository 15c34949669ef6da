using System.Collections.Immutable;
using Constella.Core;
using Constella.Core.Alerts;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Tests.Simulation;

/// <summary>What the owner is told, and what must hold of it (rules A).</summary>
internal sealed class Alerts(World world, SimRandom random)
{
    // Utc here is the node's own, which may be off and jump by seconds.
    private const double DownLeast = 16_000;

    // Gathering, a call that gets lost, and the task passed on.
    private const long Telling = 25_000;
    private readonly Dictionary<(string Id, bool End), Message> _messages = [];
    private readonly Dictionary<SimNode, long> _refusedUntil = [];
    private readonly Dictionary<string, long> _changedAt = [];
    private readonly HashSet<string> _told = [];
    private readonly HashSet<string> _muted = [];

    private sealed record Message(SimNode Node, int Epoch, long At)
    {
        /// <summary>Its sender knows that it arrived.</summary>
        public bool Known { get; set; }
    }

    /// <summary>When a node last wrote alerts; the others have them a moment later.</summary>
    public long LastWrite { get; private set; } = -WritesSpread;

    public const long WritesSpread = 3_000;

    public void Plan()
    {
        foreach (var node in world.Nodes)
            Measure(node, high: false, random.Next(0, 10_000));
        if (!random.Chance(500))
            return;
        for (var left = random.Index(3); left >= 0; left--)
            world.At(random.Next(20_000, world.QuietFrom), RefuseSomebody);
        world.At(random.Next(20_000, world.QuietFrom), MuteSomebody);
    }

    /// <summary>Telegram answers this node's polls, but takes none of its messages.</summary>
    public bool Refused(SimNode node) => _refusedUntil.GetValueOrDefault(node) > world.Now;

    public void Refuse(SimNode node, long ms) => _refusedUntil[node] = world.Now + ms;

    /// <summary>Now and then Telegram takes a message, and its answer is lost.</summary>
    public bool LosesAnswer() => world.Options.Faults && random.Chance(20);

    public void Taken(SimNode node, ImmutableArray<Alert> alerts)
    {
        foreach (var alert in alerts)
            Taken(node, alert);
    }

    public void Answered(SimNode node, ImmutableArray<Alert> alerts, bool taken)
    {
        foreach (var alert in alerts)
        {
            if (taken && _messages.TryGetValue((alert.Id, alert.Ended is not null), out var message) && message.Node == node)
                message.Known = true;
        }
    }

    /// <summary>Rules A1 and A3: only who may act writes alerts, and a node is not down before it has been silent for long.</summary>
    public void Persisted(SimNode node, NetworkState before, NetworkState state)
    {
        if (before.Settings.Alerts == state.Settings.Alerts || state.Settings.Stamp.Term.NodeId != node.Id)
            return;
        var changed = state.Settings.Alerts.Except(before.Settings.Alerts).ToArray();
        var begun = changed.Where(a => !before.Settings.Alerts.Any(b => b.Id == a.Id)).ToArray();
        foreach (var alert in changed)
            _changedAt[alert.Id] = world.Now;
        LastWrite = world.Now;
        // The step that writes may go on to give up the right by which it wrote.
        if (begun.Length > 0 && node.Up && node.Mode == Polls.None && world.Check.ModeBefore(node) == Polls.None)
            world.Check.Fail($"A1: {node.Name} writes {begun[0].Id} without the right");
        foreach (var alert in begun)
            Begun(node, alert);
    }

    private void Begun(SimNode node, Alert alert)
    {
        if (world.Tracing)
            world.Trace(node, $"!! alert {alert.Kind} {world.NameById(alert.Node)} {alert.Detail}");
        if (alert.Ended is null && node.Disk.Settings.Alerts.Count(a => a.Ended is null && a.IsAbout(alert.Kind, alert.Node)) > 1)
            world.Check.Fail($"A4: two alerts {alert.Kind} go on about {world.NameById(alert.Node)}");
        if (alert.Kind != AlertKind.Down)
            return;
        var silent = (node.Clocks.Utc - alert.Since).TotalMilliseconds;
        if (silent < DownLeast && world.Totals.ClockJumps == 0)
            world.Check.Fail($"A3: {world.NameById(alert.Node)} is told as down after {silent:0} ms of silence");
        // No fault is left, and what had one has had time to come back.
        var target = world.Nodes.Find(n => n.Id == alert.Node);
        if (world.Now > world.QuietFrom + 20_000 && target is { Running: true } && !target.View.Removed && !world.Rotations.IsOut(target))
            world.Check.Fail($"A2: {target.Name} is told as down, and is not");
    }

    /// <summary>In the end everything is told, and what is told as going on goes on.</summary>
    public void End(IReadOnlyList<SimNode> live)
    {
        foreach (var alert in live[0].Disk.Settings.Alerts)
        {
            if (world.Now - _changedAt.GetValueOrDefault(alert.Id) < Telling)
                continue;
            if (alert.Due)
                world.Check.Fail($"A5: {alert.Id} was never told");
            if (_messages.ContainsKey((alert.Id, false)) && alert.Ended is not null && !_messages.ContainsKey((alert.Id, true)) && !MaySilence(alert))
                world.Check.Fail($"A4: the end of {alert.Id} was never told");
            if (alert is { Ended: null, Kind: AlertKind.Down } && live.Any(n => n.Id == alert.Node))
                world.Check.Fail($"A4: {world.NameById(alert.Node)} is told as down in the end, and lives");
            if (alert is { Ended: null, Kind: AlertKind.Quorum })
                world.Check.Fail("A4: no quorum in the end, says an alert");
        }
    }

    private bool MaySilence(Alert alert) =>
        alert.Node is { } node && (_muted.Contains(node) || world.Workload.Crowd.AskedToLeave.Contains(node));

    // A5: at least once; again only where nobody who knew of the first message was left to say so.
    private void Taken(SimNode node, Alert alert)
    {
        world.Totals.Alerts++;
        if (node.Up && node.Mode == Polls.None)
            world.Totals.AlertsPassedOn++;
        if (world.Tracing)
            world.Trace(node, $"** told {alert.Id} {(alert.Ended is null ? "begun" : "ended")}");
        var end = alert.Ended is not null;
        if (alert.Told == AlertTold.Begun && end && !_told.Contains(alert.Id))
            world.Check.Fail($"A4: {node.Name} tells the end of {alert.Id}, whose beginning was never told");
        _told.Add(alert.Id);
        if (_messages.TryGetValue((alert.Id, end), out var first))
        {
            world.Totals.AlertsRepeated++;
            if (first.Known)
                world.Totals.AlertsRepeatedKnown++;
            if (first.Node == node && first.Epoch == node.Epoch && first.Known)
                world.Check.Fail($"A5: {node.Name} tells {alert.Id} a second time");
        }
        _messages[(alert.Id, end)] = new Message(node, node.Epoch, world.Now);
    }

    private void Measure(SimNode node, bool high, long after) => world.At(world.Now + after, () =>
    {
        if (node.Running)
            world.Post(node, new Input.LoadMeasured(new Load(high ? 97 : 20, 40, 50)));
        if (random.Chance(60))
            high = !high;
        if (world.Now < world.QuietFrom + 40_000)
            Measure(node, high && world.Now < world.QuietFrom, Timings.LoadEvery);
    });

    private void RefuseSomebody()
    {
        var host = world.Nodes.Find(n => n.Running && n.MayAct) ?? world.Nodes[random.Index(world.Nodes.Count)];
        Refuse(host, Math.Min(world.QuietFrom - world.Now, random.Next(20_000, 120_000)));
    }

    private void MuteSomebody()
    {
        var node = world.Nodes[random.Index(world.Nodes.Count)];
        if (!node.Running || node.View.Removed || !random.Chance(300))
            return;
        _muted.Add(node.Id);
        var until = Options.Time(node.Clocks.Utc.AddMinutes(1));
        node.Ask(ticket => new Input.SettingsChanged(new SettingsPatch { Options = [new Option(Options.AlertMuted, node.Id, until)] }, ticket), _ => { });
    }
}
