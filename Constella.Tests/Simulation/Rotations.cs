using Constella.Core.Cluster;
using Constella.Core.Members;

namespace Constella.Tests.Simulation;

/// <summary>New secrets and evictions in the middle of everything else, and what must hold of them (rule X2).</summary>
internal sealed class Rotations(World world, SimRandom random)
{
    private readonly Dictionary<string, HashSet<string>> _keptFrom = [];
    private readonly List<int> _promised = [];
    private NumberedSecret? _latest;

    public void Plan()
    {
        if (!random.Chance(400))
            return;
        for (var left = random.Index(3); left >= 0; left--)
            world.At(random.Next(15_000, world.QuietFrom - 20_000), Rotate);
        if (random.Chance(500))
            world.At(random.Next(30_000, world.QuietFrom - 30_000), EvictSomebody);
    }

    /// <summary>
    /// The old secret ended while it was away, or it was evicted, or it asked to leave and was let go before it could hear of both:
    /// it is out until it joins anew.
    /// </summary>
    public bool IsOut(SimNode node) => _latest is { } latest && node.Disk.SecretGeneration <= latest.Generation
        && (!Knows(node, latest) || (node.Up && node.View.LeftBehind && world.Workload.Crowd.AskedToLeave.Contains(node.Id)));

    public void Rotate()
    {
        if (Somebody() is not { } node)
            return;
        var before = node.Disk.SecretGeneration;
        node.Ask(ticket => new Input.RotateRequested(ticket), answer =>
        {
            if (answer is Answer.Done { Error: null })
                _promised.Add(before + 1);
        });
    }

    private void EvictSomebody()
    {
        if (Somebody() is not { } node || world.Workload.Crowd.Underway > 0)
            return;
        var others = world.Nodes.Where(n => n != node && !n.Gone && node.View.Members.Any(m => m.Record.NodeId == n.Id)).ToList();
        if (others.Count < 2)
            return;
        Evict(node, others.Find(IsOut) ?? others[random.Index(others.Count)]);
    }

    public void Evict(SimNode node, SimNode target)
    {
        world.Workload.Crowd.AskedToLeave.Add(target.Id);
        world.Workload.Crowd.AskedToForce.Remove(target.Id);
        if (world.Tracing)
            world.Trace(node, $"evicts {target.Name}");
        node.Ask(ticket => new Input.EvictRequested(target.Id, ticket), answer =>
        {
            if (answer is Answer.Done { Error: null })
                world.Totals.Evictions++;
        });
    }

    private SimNode? Somebody()
    {
        var node = world.Nodes[random.Index(world.Nodes.Count)];
        return node.Running && !node.View.Removed ? node : null;
    }

    public void Persisted(SimNode node, NetworkState before, NetworkState state)
    {
        foreach (var secret in Secrets(state))
        {
            if (_keptFrom.TryGetValue(secret.Secret, out var evicted) && evicted.Contains(node.Id))
                world.Check.Fail($"X2: {node.Name} was evicted and knows {secret}");
        }
        if (state.SecretGeneration < before.SecretGeneration)
            world.Check.Fail($"X2: {node.Name} went back to generation {state.SecretGeneration}");
        if (state.Rotation is not { } rotation || rotation.Stamp == (before.Rotation?.Stamp ?? Stamp.None))
            return;
        if (Secrets(state).FirstOrDefault(s => s.Generation == rotation.Generation) is not { } current)
            return;
        if (!_keptFrom.TryGetValue(current.Secret, out var kept))
            _keptFrom.Add(current.Secret, kept = []);
        kept.UnionWith(rotation.Evicted);
        if (!rotation.Over)
            return;
        if (rotation.Generation > (_latest?.Generation ?? 0))
        {
            world.Totals.Rotations++;
            _latest = current;
        }
        if (rotation.Stamp.Term.NodeId == node.Id)
            AllTheLivingKnow(node, current);
    }

    /// <summary>Nobody whom the Host hears is locked out, and a majority has the new secret on disk.</summary>
    private void AllTheLivingKnow(SimNode host, NumberedSecret secret)
    {
        foreach (var member in host.View.Members)
        {
            if (member.Health.IsHeard() && world.Nodes.First(n => n.Id == member.Record.NodeId) is var node && !Knows(node, secret))
                world.Check.Fail($"X2: {host.Name} ended a rotation that {node.Name}, which it hears, has not followed");
        }
        var set = host.Disk.Members;
        if (world.Nodes.Count(n => set.Ids.Contains(n.Id) && Knows(n, secret)) < set.Majority)
            world.Check.Fail($"X2: {host.Name} ended a rotation that no majority has followed");
    }

    /// <summary>In the end all the living sign under one secret, and what was promised has come.</summary>
    public void End(IReadOnlyList<SimNode> live)
    {
        world.Totals.LeftBehind += world.Nodes.Count(n => !n.Gone && n.Up && !n.View.Removed && IsOut(n));
        foreach (var node in live)
        {
            var first = live[0].Disk;
            if ((node.Disk.SecretGeneration, node.Disk.NetworkSecret) != (first.SecretGeneration, first.NetworkSecret))
                world.Check.Fail($"X2: {node.Name} signs under g{node.Disk.SecretGeneration}, {live[0].Name} under g{first.SecretGeneration}");
            if (node.Disk.OtherSecret is not null || node.Disk.Rotation is { Over: false })
                world.Check.Fail($"X2: the rotation has not ended at {node.Name}");
            if (_promised.Any(generation => generation > node.Disk.SecretGeneration))
                world.Check.Fail($"X2: a rotation that was promised never came to {node.Name}");
            var owed = node.Disk.Peers.FirstOrDefault(p => p.Status == MemberStatus.Evicted && node.Disk.Rotation?.Evicted.Contains(p.NodeId) is not true);
            if (owed is not null)
                world.Check.Fail($"X2: no secret was kept from {owed.Name}, which was evicted");
        }
        foreach (var node in world.Nodes.Where(n => n.Up && !n.Gone && IsOut(n)))
        {
            // One whose member set is as old as its secret may know too few of those who refuse it to be sure.
            var ids = node.Disk.Members.Ids;
            var refusing = world.Nodes.Count(n => n != node && n.Up && ids.Contains(n.Id) && !n.Accepts(node.Secret));
            if (refusing >= Math.Min(node.Disk.Members.Majority, ids.Length - 1) && !node.View.Removed && !node.View.LeftBehind)
                world.Check.Fail($"X2: {node.Name} is refused and does not say so");
            if (node.Bot.Running)
                world.Check.Fail($"X2: {node.Name} is refused and runs the bot");
        }
    }

    private static bool Knows(SimNode node, NumberedSecret secret) => Secrets(node.Disk).Any(s => s.Secret == secret.Secret);

    private static IEnumerable<NumberedSecret> Secrets(NetworkState state)
    {
        yield return new NumberedSecret(state.NetworkSecret, state.SecretGeneration);
        if (state.OtherSecret is { } other)
            yield return other;
    }
}
