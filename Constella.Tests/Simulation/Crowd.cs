using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Signing;
using Constella.Core.Wire;

namespace Constella.Tests.Simulation;

/// <summary>Who comes and who goes.</summary>
internal sealed class Crowd(World world, SimRandom random)
{
    private const int MaxNodes = 9;
    private readonly Dictionary<string, string> _redeemed = [];
    private readonly SimRandom _force = new((ulong)world.Seed ^ 0x9FB21C651E98DF25);
    private int _minted;
    private int _joiners;

    /// <summary>Joiners that may hold an answer which they have not used yet.</summary>
    public int Underway { get; private set; }

    public HashSet<string> AskedToLeave { get; } = [];

    /// <summary>Those of whom somebody said that they are gone for good.</summary>
    public HashSet<string> AskedToForce { get; } = [];

    public void Plan()
    {
        var joins = random.Index(3);
        for (var i = 0; i < joins; i++)
            world.At(random.Next(5_000, world.QuietFrom - 60_000), () => Invite(null));
        var leaves = random.Index(2);
        for (var i = 0; i < leaves; i++)
            world.At(random.Next(60_000, world.QuietFrom - 30_000), LeaveSomebody);
        if (!_force.Chance(250))
            return;
        for (var i = 1 + _force.Index(3); i > 0; i--)
            world.At(_force.Next(60_000, world.QuietFrom - 30_000), ForceSomebody);
    }

    /// <summary>A link is minted at a node, and a new machine uses it there; now and then a second one tries the same link.</summary>
    public void Invite(SimNode? seed)
    {
        seed ??= world.Nodes[random.Index(world.Nodes.Count)];
        if (!seed.Running || seed.View.Removed || world.Nodes.Count >= MaxNodes)
            return;
        var invite = FormattableString.Invariant($"invite-{++_minted}");
        seed.Ask(ticket => new Input.InviteRequested(invite, "key", TimeSpan.FromMinutes(15), ticket), answer =>
        {
            if (answer is not Answer.Done { Error: null })
                return;
            var wait = random.Next(500, 10_000);
            Underway++;
            world.At(world.Now + wait, () => Join(seed, invite));
            if (!random.Chance(300))
                return;
            Underway++;
            world.At(world.Now + wait + random.Next(0, 3_000), () => Join(seed, invite));
        });
    }

    private void Join(SimNode seed, string invite)
    {
        var request = new JoinRequest
        {
            Invite = invite,
            NetworkId = seed.Disk.NetworkId,
            NodeId = random.Hex16(),
            Name = "joined-" + random.Hex16()[..8],
            Addr = World.AddressOf(100 + _joiners++),
            Priority = random.Chance(200) ? 50 : 100,
            Nonce = random.Hex16(),
            Key = "",
            NodeKey = "",
            Mac = "",
        };
        request = request with { NodeKey = SecretBox.PublicOf(World.NodeKeyOf(request.NodeId)) };
        Ask(seed, request);
    }

    private void Ask(SimNode seed, JoinRequest request)
    {
        // It never gives up: a member that never comes would count as dead for ever.
        var ended = false;
        world.At(world.Now + (seed.Running && world.Now < world.QuietFrom ? 15_000 : 1_500), () =>
        {
            if (ended)
                return;
            ended = true;
            Ask(seed, request);
        });
        if (!seed.Running)
            return;
        seed.Ask(ticket => new Input.JoinRequested(request, ticket), answer =>
        {
            // One answer in ten is lost on its way: the joiner repeats with the same nonce.
            if (ended || random.Chance(100))
                return;
            if (answer is Answer.Joined { Content: { Error: null, State: not null } content })
            {
                ended = true;
                Redeemed(request);
                world.At(world.Now + random.Next(50, 3_000), () => Begin(seed, request, content));
                return;
            }
            var error = (answer as Answer.Joined)?.Content.Error ?? (answer as Answer.Done)?.Error;
            if (error is not (Errors.LinkUsed or Errors.LinkExpired or Errors.LinkRefused or Errors.NameTaken or Errors.NetworkFull))
                return;
            ended = true;
            Underway--;
        });
    }

    private void Redeemed(JoinRequest request)
    {
        if (_redeemed.TryGetValue(request.Invite, out var nonce) && nonce != request.Nonce)
            world.Check.Fail($"J2: {request.Invite} was redeemed by two joiners");
        _redeemed[request.Invite] = request.Nonce;
    }

    private void Begin(SimNode seed, JoinRequest request, JoinContent content)
    {
        Underway--;
        var state = new NetworkState
        {
            NetworkId = content.NetworkId ?? seed.Disk.NetworkId,
            NetworkSecret = content.NetworkSecret!,
            SecretGeneration = content.SecretGeneration,
            NodeKey = World.NodeKeyOf(request.NodeId),
            Rotation = content.State!.Rotation,
            NodeId = request.NodeId,
            Peers = content.State!.Peers,
            Members = content.State.Members ?? new MemberSet(),
            Settings = content.State.Settings ?? new Settings(),
            Updates = content.State.Updates,
        };
        world.Totals.Joins++;
        var node = world.AddNode(state, request.Addr);
        if (world.Tracing)
            world.Trace(node, $"JOINED {node.Id} at {node.Address}");
        world.Check.Joined(node);
        node.Start();
    }

    private void LeaveSomebody()
    {
        var node = world.Nodes[random.Index(world.Nodes.Count)];
        // A seed with a link out stays: its joiner would have nobody to ask.
        if (Underway == 0 && node.Running && !node.View.Removed && node.View.Members.Length >= 3)
            Leave(node);
    }

    // One who is down, where there is one; else one that lives, and is not to be put out (M3).
    private void ForceSomebody()
    {
        var node = world.Nodes[_force.Index(world.Nodes.Count)];
        if (Underway > 0 || !node.Running || node.View.Removed || node.View.Members.Length < 3)
            return;
        var others = world.Nodes.Where(other => other != node && node.View.Members.Any(member => member.Record.NodeId == other.Id)).ToList();
        if (others.Count > 0)
            ForceLeave(node, others.Find(other => !other.Up) ?? others[_force.Index(others.Count)]);
    }

    public void ForceLeave(SimNode node, SimNode target)
    {
        // Who was asked to leave or evicted before may be put out for that.
        if (AskedToLeave.Add(target.Id))
            AskedToForce.Add(target.Id);
        if (world.Tracing)
            world.Trace(node, $"says that {target.Name} is gone for good");
        node.Ask(ticket => new Input.ForceLeaveRequested(target.Id, ticket), answer =>
        {
            if (answer is Answer.Done { Error: null })
                world.Totals.ForcedLeaves++;
        });
    }

    public void Leave(SimNode node)
    {
        AskedToLeave.Add(node.Id);
        AskedToForce.Remove(node.Id);
        if (world.Tracing)
            world.Trace(node, "leaves");
        node.Ask(ticket => new Input.LeaveRequested(node.Id, ticket), answer =>
        {
            if (answer is not Answer.Done { Error: null })
                return;
            world.Totals.Leaves++;
            node.Gone = true;
            world.At(world.Now, node.End);
        });
    }
}
