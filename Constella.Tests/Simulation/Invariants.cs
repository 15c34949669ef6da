using System.Globalization;
using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Tests.Simulation;

/// <summary>What must hold at each step; every check is against what the step changed, so that it costs little.</summary>
internal sealed class Invariants(World world)
{
    /// <summary>
    /// With updates waiting, a Bot API server serves both of two pollers and tells neither: a witness and another right may
    /// both confirm until the queue stays empty and the 409s have decided it (rule W2), longer under steady presses. By lease
    /// alone: never.
    /// </summary>
    private const long OverlapMax = 8_000;

    private readonly Dictionary<string, int> _executed = [];
    private readonly Dictionary<Stamp, string> _sets = [];
    private readonly Dictionary<string, HashSet<string>> _tombstones = [];
    private readonly HashSet<string> _left = [];
    private readonly List<string> _members = [];
    private readonly Dictionary<SimNode, (Polls Mode, long? ConfirmedAt)> _tenures = [];
    private long? _overlapSince;
    private Term _won = Term.None;
    private string? _winner;
    private Term _handedOver = Term.None;

    public bool WitnessSeen { get; private set; }

    public void Joined(SimNode node) => _members.Add(node.Id);

    /// <summary>Rule L3: in real time, at most one node may act by a majority's lease.</summary>
    public void After(SimNode node)
    {
        if (!node.Up)
            return;
        var mode = node.View.Bot.Mode;
        var tenure = _tenures.GetValueOrDefault(node);
        if (tenure.Mode != mode)
        {
            _tenures[node] = (mode, null);
            Began(mode);
        }
        if (mode != Polls.Lease || !node.MayAct)
            return;
        foreach (var other in world.Nodes)
        {
            if (other != node && other.Up && other.View.Bot.Mode == Polls.Lease && other.MayAct)
                Fail($"L3: {node.Name} and {other.Name} both hold a majority's lease");
        }
    }

    public void Ended(SimNode node) => _tenures.Remove(node);

    private void Began(Polls mode)
    {
        if (mode == Polls.Lease)
            world.Totals.Elections++;
        if (mode != Polls.Witness)
            return;
        world.Totals.Witnesses++;
        WitnessSeen = true;
    }

    /// <summary>Rule L7: terms of winners only grow.</summary>
    public void BotStarts(SimNode node, Effect.StartBot start)
    {
        if (start.Mode != Polls.Lease)
            return;
        if (start.Term < _won || (start.Term == _won && _winner != node.Id))
            Fail($"L7: {node.Name} won {start.Term} after {_won}");
        (_won, _winner) = (start.Term, node.Id);
    }

    public void HandedOver(LeaseClaim claim)
    {
        if (claim.Term == _handedOver)
            return;
        _handedOver = claim.Term;
        world.Totals.HandOvers++;
    }

    /// <summary>Rules W6 and W7: only with the right, and at most one poller that confirms.</summary>
    public void Confirms(SimNode node, long offset)
    {
        if (!node.MayAct)
            Fail($"W6: {node.Name} confirms below {offset} without the right");
    }

    /// <summary>A confirming call has reached Telegram.</summary>
    public void Confirming(SimNode node)
    {
        var mode = _tenures.GetValueOrDefault(node).Mode;
        _tenures[node] = (mode, world.Now);
        SimNode? rival = null;
        foreach (var other in world.Nodes)
        {
            if (other != node && other.MayAct && world.Now - _tenures.GetValueOrDefault(other).ConfirmedAt < Timings.Lease)
                rival = other;
        }
        if (rival is null)
        {
            _overlapSince = null;
            return;
        }
        if (_overlapSince is null)
            world.Totals.Overlaps++;
        _overlapSince ??= world.Now;
        if (world.Now - _overlapSince > OverlapMax)
            Fail($"W7: {node.Name} ({mode}) and {rival.Name} ({rival.View.Bot.Mode}) have both been confirming for too long");
    }

    /// <summary>Rule W6: the bot checks before each side effect; here the world checks that nobody else has the lease.</summary>
    public void SideEffect(SimNode node)
    {
        if (!node.MayAct)
            Fail($"W6: {node.Name} acts without the right");
        if (node.View.Bot.Mode != Polls.Lease)
            return;
        foreach (var other in world.Nodes)
        {
            if (other != node && other.MayAct && other.View.Bot.Mode == Polls.Lease)
                Fail($"W6: {node.Name} acts while {other.Name} holds the lease");
        }
    }

    /// <summary>Rule W6: an update that Telegram forgets was handled.</summary>
    public void Forgotten(long id)
    {
        if (world.Workload.Presses[id].Messages == 0)
            Fail($"W6: update {id} was confirmed before it was handled");
    }

    /// <summary>Rule C1: once per command id, and by the node that it names.</summary>
    public void Executed(SimNode node, Effect.Execute execute)
    {
        var count = _executed[execute.CommandId] = _executed.GetValueOrDefault(execute.CommandId) + 1;
        if (count > 1)
            Fail($"C1: {node.Name} executed {execute.CommandId} {count} times");
        if (!node.Disk.Commands.Any(c => c.Id == execute.CommandId))
            Fail($"C1: {node.Name} executed {execute.CommandId} before it was on disk");
    }

    public void Persisted(SimNode node, NetworkState before, NetworkState state)
    {
        if (state.Term < before.Term)
            Fail($"L7: {node.Name} forgot term {before.Term}");
        world.Rotations.Persisted(node, before, state);
        if (!before.Peers.Equals(state.Peers))
            Records(node, before, state);
        if (before.Members.Cfg != state.Members.Cfg)
            Set(node, before.Members, state.Members);
    }

    /// <summary>Rule S1: records are never lost, and who left stays away.</summary>
    private void Records(SimNode node, NetworkState before, NetworkState state)
    {
        foreach (var old in before.Peers)
        {
            if (!state.Peers.Any(p => p.NodeId == old.NodeId))
                Fail($"S1: {node.Name} lost the record of {old.Name}");
        }
        foreach (var record in state.Peers)
        {
            if (record.Status == MemberStatus.Active)
            {
                if (_left.Contains(record.NodeId))
                    Fail($"S1: {record.Name} came back at {node.Name} after it had left everywhere");
                continue;
            }
            if (!_tombstones.TryGetValue(record.NodeId, out var knowing))
                _tombstones.Add(record.NodeId, knowing = []);
            knowing.Add(node.Id);
            if (world.Workload.Crowd.Underway == 0 && world.Nodes.All(n => n.Gone || knowing.Contains(n.Id)))
                _left.Add(record.NodeId);
        }
    }

    /// <summary>Rule M1: one set per number, one change at a time, never backwards.</summary>
    private void Set(SimNode node, MemberSet before, MemberSet after)
    {
        if (after.Cfg < before.Cfg)
            Fail($"M1: {node.Name} went back from {before.Cfg} to {after.Cfg}");
        var ids = string.Join(' ', after.Ids);
        if (!_sets.TryAdd(after.Cfg, ids) && _sets[after.Cfg] != ids)
            Fail($"M1: two sets are numbered {after.Cfg}");
    }

    public void Begin()
    {
        world.Telegram.Confirmed = Forgotten;
        _members.AddRange(world.Nodes.Select(n => n.Id));
        foreach (var node in world.Nodes)
            _sets[node.Disk.Members.Cfg] = string.Join(' ', node.Disk.Members.Ids);
    }

    public IReadOnlyList<string> Members => _members;

    public int ExecutedCount(string commandId) => _executed.GetValueOrDefault(commandId);

    public void Fail(string what) => throw new ViolationException(
        string.Create(CultureInfo.InvariantCulture, $"seed {world.Seed} at {world.Now / 1000.0:F3} s: {what}"));
}
