using System.Collections.Immutable;
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
    internal const long OverlapMax = 6_000;

    // The shorter of W1's proofs is a full park; the drift of clocks is not worth more than this.
    private const long ProofMin = (Timings.ProbeSeconds * 1_000) - 100;
    private const long SlowMatters = 10_000;

    private readonly Dictionary<string, int> _executed = [];
    private readonly HashSet<string> _cutOff = [];
    private readonly Dictionary<Stamp, string> _sets = [];
    private readonly Dictionary<Stamp, string> _settings = [];
    private readonly Dictionary<string, HashSet<string>> _tombstones = [];
    private readonly HashSet<string> _left = [];
    private readonly List<string> _members = [];
    private readonly Dictionary<SimNode, (Polls Mode, long? ConfirmedAt)> _tenures = [];
    private readonly Dictionary<SimNode, (long At, long ForgottenAt)> _lastLook = [];
    private SimNode? _caller;
    private readonly Dictionary<SimNode, long> _lastWebhook = [];
    private readonly Dictionary<SimNode, (long At, MemberSet Voters)> _setBefore = [];
    private long? _overlapSince;
    private long _forgottenAt = -ProofMin;
    private long _telegramSlowAt = -SlowMatters;
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
        var mode = node.Mode;
        var tenure = _tenures.GetValueOrDefault(node);
        if (tenure.Mode != mode)
        {
            _tenures[node] = (mode, null);
            Began(node, tenure.Mode, mode);
        }
        if (mode != Polls.Lease || !node.MayAct)
            return;
        foreach (var other in world.Nodes)
        {
            if (other != node && other.Up && other.Mode == Polls.Lease && other.MayAct)
                Fail($"L3: {node.Name} and {other.Name} both hold a majority's lease");
        }
    }

    public void Ended(SimNode node) => _tenures.Remove(node);

    /// <summary>By which right it polled before the step that is under way.</summary>
    public Polls ModeBefore(SimNode node) => _tenures.GetValueOrDefault(node).Mode;

    private void Began(SimNode node, Polls before, Polls mode)
    {
        if (mode == Polls.Lease)
            world.Totals.Elections++;
        if (mode != Polls.Witness)
            return;
        world.Totals.Witnesses++;
        WitnessSeen = true;
        // Rule W1: until its last look, nobody confirmed anything for over 4 s; only an ex-holder goes on without (W0).
        var (at, forgottenAt) = _lastLook.GetValueOrDefault(node);
        // Where calls take seconds to arrive, what a challenger can know is shorter by as much, and W2 has to end what comes of it.
        var judged = world.Now - _telegramSlowAt > SlowMatters
            && (!_lastWebhook.TryGetValue(node, out var webhook) || at - webhook > 2 * Timings.ProbeTimeout);
        if (before == Polls.None && judged && at - forgottenAt < ProofMin)
            Fail($"W1: {node.Name} takes over though an update was confirmed during its challenge");
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

    /// <summary>A call that would confirm has reached Telegram; whether it does, Telegram says.</summary>
    public void Calling(SimNode node) => _caller = node;

    private void Confirming(SimNode node)
    {
        var mode = _tenures.GetValueOrDefault(node).Mode;
        _tenures[node] = (mode, world.Now);
        SimNode? rival = null;
        long confirmed = 0;
        foreach (var other in world.Nodes)
        {
            if (other != node && other.MayAct && _tenures.GetValueOrDefault(other).ConfirmedAt is { } at && world.Now - at < Timings.Lease)
                (rival, confirmed) = (other, Math.Max(confirmed, at));
        }
        if (rival is null)
        {
            _overlapSince = null;
            return;
        }
        if (_overlapSince is null)
            world.Totals.Overlaps++;
        _overlapSince ??= world.Now;
        // What one of the two does after the other's last confirmation is no overlap.
        world.Totals.Overlapping.Took(Math.Max(0, confirmed - _overlapSince.Value));
        if (confirmed - _overlapSince > OverlapMax)
            Fail($"W7: {node.Name} ({mode}) and {rival.Name} ({rival.Mode}) have both been confirming for too long");
    }

    /// <summary>Rule W6: the bot checks before each side effect; here the world checks that nobody else has the lease.</summary>
    public void SideEffect(SimNode node)
    {
        if (!node.MayAct)
            Fail($"W6: {node.Name} acts without the right");
        if (node.Mode != Polls.Lease)
            return;
        foreach (var other in world.Nodes)
        {
            if (other != node && other.MayAct && other.Mode == Polls.Lease)
                Fail($"W6: {node.Name} acts while {other.Name} holds the lease");
        }
    }

    /// <summary>An answer leaves Telegram. A webhook's says nothing of the queue (W4), so a challenge that met one is not judged.</summary>
    public void Looked(SimNode node, PollResult result)
    {
        if (result == PollResult.Webhook)
            _lastWebhook[node] = world.Now;
        _lastLook[node] = (world.Now, _forgottenAt);
    }

    /// <summary>Calls to Telegram take long, or have until now.</summary>
    public void TelegramSlow() => _telegramSlowAt = world.Now;

    /// <summary>Rule W6: an update that Telegram forgets was handled.</summary>
    public void Forgotten(long id)
    {
        _forgottenAt = world.Now;
        Confirming(_caller!);
        if (world.Workload.Presses[id].Messages == 0)
            Fail($"W6: update {id} was confirmed before it was handled");
    }

    /// <summary>Rule W6: what a holder may confirm now, a majority knows to be handled.</summary>
    public void Committed(SimNode node, ImmutableArray<long> batch)
    {
        if (node.Mode != Polls.Lease)
            return;
        var voters = node.Disk.Members;
        if (Knowing(voters, batch) >= voters.Majority)
            return;
        // A set that the very same step wrote: the majority that knew was one of the set before it.
        if (_setBefore.TryGetValue(node, out var set) && set.At == world.Now && Knowing(set.Voters, batch) >= set.Voters.Majority)
            return;
        Fail($"W6: {node.Name} may confirm update {batch[0]}, which {Knowing(voters, batch)} of {voters.Ids.Length} know to be handled");
    }

    private int Knowing(MemberSet voters, ImmutableArray<long> batch) =>
        world.Nodes.Count(n => voters.Ids.Contains(n.Id) && batch.All(id => n.Disk.Updates.Any(u => u.Id == id)));

    /// <summary>Rule C1: once per command id, and by the node that it names.</summary>
    public void Executed(SimNode node, Effect.Execute execute)
    {
        var count = _executed[execute.CommandId] = _executed.GetValueOrDefault(execute.CommandId) + 1;
        if (count > 1)
            Fail($"C1: {node.Name} executed {execute.CommandId} {count} times");
        if (world.Workload.Commands.GetValueOrDefault(execute.CommandId)?.Target != node.Id)
            Fail($"C1: {node.Name} executed {execute.CommandId}, which is not its own");
        if (!node.Disk.Commands.Any(c => c.Id == execute.CommandId))
            Fail($"C1: {node.Name} executed {execute.CommandId} before it was on disk");
    }

    /// <summary>A crash fell between two effects: a command that is on disk then is never executed.</summary>
    public void CutOff(IEnumerable<Effect> effects) => _cutOff.UnionWith(effects.OfType<Effect.Execute>().Select(e => e.CommandId));

    /// <summary>Rule C1: what its node has answered for was executed, unless that node died in that very step.</summary>
    public void Commands()
    {
        var lost = world.Workload.Commands.Values.FirstOrDefault(p => p.Taken && !_executed.ContainsKey(p.CommandId) && !_cutOff.Contains(p.CommandId));
        if (lost is not null)
            Fail($"C1: command {lost.CommandId} was answered for and never executed");
    }

    public void Persisted(SimNode node, NetworkState before, NetworkState state)
    {
        if (state.Term < before.Term)
            Fail($"L7: {node.Name} forgot term {before.Term}");
        world.Rotations.Persisted(node, before, state);
        world.Alerts.Persisted(node, before, state);
        if (!before.Peers.Equals(state.Peers))
            Records(node, before, state);
        if (before.Members.Cfg != state.Members.Cfg)
        {
            _setBefore[node] = (world.Now, before.Members);
            Set(node, before.Members, state.Members);
        }
        if (before.Settings.Stamp != state.Settings.Stamp)
            Written(state.Settings);
    }

    /// <summary>Rule S4: two writers never make the same version.</summary>
    private void Written(Settings settings)
    {
        var reboots = string.Join(' ', settings.Reboots.Select(r => r.CommandId));
        if (!_settings.TryAdd(settings.Stamp, reboots) && _settings[settings.Stamp] != reboots)
            Fail($"S4: two versions of the settings are numbered {settings.Stamp}");
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
        if (after.Cfg.Term.NodeId == node.Id && before.Ids.Except(after.Ids).FirstOrDefault(world.Workload.Crowd.AskedToForce.Contains) is { } forced
            && node.View.Members.Any(member => member.Record.NodeId == forced && member.Health.IsHeard()))
            Fail($"M3: {node.Name} puts out {world.NameById(forced)}, which it hears");
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

    public void Fail(string what) => throw new ViolationException($"{world.Place}: {what}");
}
