using Constella.Core;
using Constella.Core.Wire;

namespace Constella.Tests.Simulation;

/// <summary>What must come true once the faults have stopped.</summary>
internal sealed class Liveness(World world)
{
    private const long WithLease = 10_000;
    private const long Without = 25_000;
    private long _began;
    private bool _leaseHeld;
    private long? _agreedAt;
    private long _ended = long.MinValue / 2;

    /// <summary>No press waits, neither at Telegram nor at a bot.</summary>
    public bool Answered => world.Telegram.Pending.Count == 0 && world.Workload.Presses.Values.All(p => p.Messages > 0);

    public void QuietBegins()
    {
        _began = world.Now;
        _leaseHeld = world.Nodes.Any(n => n.MayAct && n.Mode == Polls.Lease);
    }

    /// <summary>One leader known to all, and exactly one bot.</summary>
    public void Quiet()
    {
        if (_agreedAt is not null)
            return;
        if (Disagreement() is not { } why)
        {
            _agreedAt = world.Now;
            (_leaseHeld ? world.Totals.WithLease : world.Totals.Without).Took(world.Now - _began);
        }
        else if (world.Now - _began > (_leaseHeld ? WithLease : Without))
            world.Check.Fail($"no agreement in time: {why}");
    }

    /// <summary>A process ended, in the quiet tail: a reboot that was pressed late.</summary>
    public void Ended()
    {
        if (_began > 0)
            _ended = world.Now;
    }

    /// <summary>
    /// Rule L2: where nothing fails and all agree, a lease ends by hand-over only. What all agreed on may have been about to end:
    /// its holder has a beat for a call that renews it.
    /// </summary>
    public void LeaseLost(SimNode node)
    {
        if (world.Now - _agreedAt > Timings.Beat + Timings.CallTimeout && world.Now - _ended > 2 * Timings.Lease)
            world.Check.Fail($"L2: {node.Name} lost its lease, though nothing failed");
    }

    public void End()
    {
        if (Disagreement() is { } why)
            world.Check.Fail($"no agreement at the end: {why}");
        var lost = world.Workload.Presses.Values.FirstOrDefault(p => p.Messages == 0);
        if (lost is not null)
            world.Check.Fail($"W6: press {lost.Id} was never handled");
        if (world.Telegram.Pending.Count > 0)
            world.Check.Fail($"W6: update {world.Telegram.Pending[0]} was never confirmed");
        world.Check.Commands();
        world.Totals.Repeated += world.Workload.Presses.Values.Sum(p => p.Messages - 1);
        foreach (var node in Live())
            SameTable(node);
        world.Rotations.End(Live());
        world.Alerts.End(Live());
        world.Audits.End(Live());
        world.Moves.End(Live());
        world.Moves.EndOfKeys(Live());
    }

    /// <summary>Rules S1 and S4: all know the same, and nobody who did not leave is missing.</summary>
    private void SameTable(SimNode node)
    {
        var first = Live().First();
        if (node.Disk.Members.Cfg != first.Disk.Members.Cfg)
            world.Check.Fail($"M1: {node.Name} and {first.Name} have different member sets");
        if (node.Disk.Settings.Stamp != first.Disk.Settings.Stamp && world.Now - world.Alerts.LastWrite > Alerts.WritesSpread)
            world.Check.Fail($"S4: {node.Name} and {first.Name} have different settings");
        if (!node.Disk.Peers.SequenceEqual(first.Disk.Peers))
            world.Check.Fail($"S1: {node.Name} and {first.Name} have different records");
        foreach (var id in world.Check.Members)
        {
            if (!world.Workload.Crowd.AskedToLeave.Contains(id) && !world.Nodes.Any(n => n.Id == id && world.Rotations.IsOut(n)) && !node.Disk.Members.Ids.Contains(id))
                world.Check.Fail($"M1: {node.Name} lost the member {world.NameById(id)}");
        }
        // A witness's settings may lose against those of a majority that it could not hear.
        if (world.Check.WitnessSeen)
            return;
        foreach (var id in world.Workload.Committed)
        {
            if (!node.Disk.Settings.Reboots.Any(r => r.CommandId == id))
                world.Check.Fail($"S4: {node.Name} lost a change of settings that was committed");
        }
    }

    private List<SimNode> Live() => world.Nodes.Where(n => n.Up && !n.Gone && !n.View.Removed && !world.Rotations.IsOut(n)).ToList();

    private string? Disagreement()
    {
        var live = Live();
        if (live.Count == 0)
            return "nobody lives";
        var hosts = live.Where(n => n.View.IsHost).ToList();
        if (hosts.Count != 1)
            return $"{hosts.Count} hosts: {string.Join(' ', hosts.Select(h => h.Name))}";
        var host = hosts[0];
        if (!host.MayAct)
            return $"{host.Name} may not act";
        var bots = live.Where(n => n.Bot.Running).ToList();
        if (bots.Count != 1 || bots[0] != host)
            return $"host {host.Name}, bots at {string.Join(' ', bots.Select(b => b.Name))}";
        var other = live.FirstOrDefault(n => n.View.HostId != host.Id);
        return other is null ? null : $"{other.Name} takes {world.NameById(other.View.HostId)} for the Host, not {host.Name}";
    }
}
