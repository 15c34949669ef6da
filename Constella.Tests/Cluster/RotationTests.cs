using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Signing;
using Constella.Core.Wire;
using Constella.Tests.Simulation;

namespace Constella.Tests.Cluster;

/// <summary>Rule X2: install, use, remove; who is left behind; eviction.</summary>
public sealed class RotationTests
{
    private static Answer? Ask(ClusterHarness net, int at, Func<long, Input> input, long within = 12_000)
    {
        Answer? got = null;
        net[at].Ask(input, answer => got = answer);
        net.Await(() => got is not null, within, "an answer");
        return got;
    }

    private static bool Ended(ClusterHarness net, params int[] nodes) =>
        nodes.All(i => net[i].Disk is { SecretGeneration: 2, OtherSecret: null, Rotation.Over: true });

    [Fact]
    public void X2_A_rotation_asked_for_anywhere_ends_under_one_new_secret_and_nobody_loses_a_beat()
    {
        var net = new ClusterHarness(3).Settled();
        Assert.Equal(new Answer.Done(), Ask(net, 2, t => new Input.RotateRequested(t)));
        net.Await(() => Ended(net, 0, 1, 2), 5_000, "all have ended it");
        Assert.Single(net.World.Nodes.Select(n => n.Disk.NetworkSecret).Distinct());
        Assert.NotEqual("simulated", net[0].Disk.NetworkSecret);
        net.RunFor(10_000);
        Assert.All(net.World.Nodes, n => Assert.All(n.View.Members, m => Assert.Equal(Health.Alive, m.Health)));
        Assert.DoesNotContain(net.Notices, n => n.Notice.Kind is NoticeKind.NodeDown or NoticeKind.LeftBehind or NoticeKind.HostLost);
    }

    [Fact]
    public void X2_The_new_secret_never_travels_but_in_boxes()
    {
        var net = new ClusterHarness(3).Settled();
        Ask(net, 1, t => new Input.RotateRequested(t));
        net.Await(() => Ended(net, 0, 1, 2), 5_000, "all have ended it");
        var wire = string.Join('\n', net.Sends.Select(s => System.Text.Json.JsonSerializer.Serialize(s.Send.Message, ConstellaJson.Default.Heartbeat)));
        Assert.Contains("\"sealed\":[{", wire, StringComparison.Ordinal);
        Assert.DoesNotContain(net[0].Disk.NetworkSecret, wire, StringComparison.Ordinal);
        Assert.All(net.World.Nodes, n => Assert.DoesNotContain(n.Disk.NodeKey!, wire, StringComparison.Ordinal));
    }

    [Fact]
    public void X2_A_node_that_is_heard_holds_the_rotation_up_until_it_has_followed()
    {
        var net = new ClusterHarness(3).Settled();
        // It says that it lives, and hears nothing: the way to it is closed.
        net.World.Links.Cut(net[0], net[2]);
        net.World.Links.Cut(net[1], net[2]);
        net[0].Ask(t => new Input.RotateRequested(t), _ => { });
        net.RunFor(1_500);
        Assert.Equal(RotationPhase.Install, net[1].Disk.Rotation!.Phase);
        Assert.Equal(1, net[0].Disk.SecretGeneration);
        net.Recover();
        net.Await(() => Ended(net, 0, 1, 2), 10_000, "all have ended it");
    }

    [Fact]
    public void X2_Who_asks_when_the_new_secret_is_in_use_gets_another()
    {
        var net = new ClusterHarness(3).Settled();
        Ask(net, 0, t => new Input.RotateRequested(t));
        Assert.Equal((2, RotationPhase.Use), (net[0].Disk.SecretGeneration, net[0].Disk.Rotation!.Phase));
        Assert.Equal(new Answer.Done(), Ask(net, 1, t => new Input.RotateRequested(t)));
        Assert.Equal(3, net[1].Disk.SecretGeneration);
    }

    [Fact]
    public void X2_Who_is_away_is_left_behind_says_so_and_asks_for_nothing()
    {
        var net = new ClusterHarness(3).Settled();
        net.Isolate(2);
        net.RunFor(8_000);
        Assert.Equal(new Answer.Done(), Ask(net, 0, t => new Input.RotateRequested(t)));
        net.Await(() => Ended(net, 0, 1), 5_000, "the living have ended it");
        net.Recover();
        net.Await(() => net[2].View.LeftBehind, 10_000, "it knows");
        Assert.Equal(1, net[2].Disk.SecretGeneration);
        Assert.Single(net.Notices, n => n.Node == net[2] && n.Notice.Kind == NoticeKind.LeftBehind);
        net.RunFor(30_000);
        Assert.False(net[2].Bot.Running);
        Assert.Equal(net[0], net.Host);
        Assert.False(net[0].View.LeftBehind);
    }

    [Fact]
    public void X2_A_node_that_comes_back_before_the_old_secret_is_removed_catches_up_by_its_own_calls()
    {
        var net = new ClusterHarness(3).Settled();
        net.Isolate(2);
        net.RunFor(8_000);
        net[0].Ask(t => new Input.RotateRequested(t), _ => { });
        for (var ms = 0; ms < 2_000 && net[1].Disk.Rotation is not { Phase: RotationPhase.Use }; ms++)
            net.RunFor(1);
        // The Host dies before it can write the end: one node is left that signs under the new secret, and accepts the old one.
        net[0].Crash(machine: true);
        Assert.Equal((2, 1), (net[1].Disk.SecretGeneration, net[1].Disk.OtherSecret!.Generation));
        net.Recover();
        net.Await(() => net[2].Disk.SecretGeneration == 2, 10_000, "it has the new secret");
        net.Await(() => Ended(net, 1, 2), 20_000, "both have ended it");
    }

    [Fact]
    public void X2_The_next_Host_goes_on_with_the_same_secret()
    {
        var net = new ClusterHarness(3).Settled();
        net[0].Ask(t => new Input.RotateRequested(t), _ => { });
        net.Await(() => net[1].Disk.Rotation is { Phase: RotationPhase.Install } && net[2].Disk.Rotation is not null, 2_000, "the others have installed it");
        var secret = net[0].Disk.OtherSecret ?? new NumberedSecret(net[0].Disk.NetworkSecret, net[0].Disk.SecretGeneration);
        net[0].Crash(machine: true);
        net.Await(() => Ended(net, 1, 2), 30_000, "the next Host has ended it");
        Assert.Equal(secret.Secret, net[1].Disk.NetworkSecret);
        Assert.NotEqual(net[0].Id, net[1].Disk.Rotation!.Stamp.Term.NodeId);
    }

    [Fact]
    public void X2_A_voter_grants_nobody_who_knows_less_of_a_rotation()
    {
        var node = new LoneNode(3, 1, s => s with
        {
            Rotation = new Rotation
            {
                Stamp = new Stamp(LoneNode.FirstTerm, 2),
                Generation = 2,
                Phase = RotationPhase.Remove,
                Started = LoneNode.Start,
            },
            SecretGeneration = 2,
        });
        node.Advance(8_000);
        var ask = new Ask(new Term(9, LoneNode.Id(0)), Held: false);
        var stale = node.Beat(0, ask, m => m with { Vitals = m.Vitals with { Rotation = new Stamp(LoneNode.FirstTerm, 1) } });
        Assert.Equal("stale", stale.Grant!.Refused);
        Assert.NotNull(stale.State!.Rotation);
        Assert.Null(node.Beat(0, ask).Grant!.Refused);
    }

    [Fact]
    public void X2_A_late_phase_takes_nothing_back()
    {
        var net = new ClusterHarness(2).Settled();
        Heartbeat? install = null;
        net[0].Ask(t => new Input.RotateRequested(t), _ => { });
        net.Await(() => Ended(net, 0, 1), 5_000, "both have ended it");
        install = net.Sends.First(s => s.Send.Message.State?.Rotation is { Phase: RotationPhase.Install }).Send.Message;
        var before = net[1].Disk;
        net[1].Step(new Input.HeartbeatReceived(install, 999));
        Assert.Equal((before.NetworkSecret, before.OtherSecret, before.Rotation), (net[1].Disk.NetworkSecret, net[1].Disk.OtherSecret, net[1].Disk.Rotation));
    }

    [Fact]
    public void X2_A_secret_is_on_disk_before_its_receipt_is_told()
    {
        var net = new ClusterHarness(2).Settled();
        net[0].Ask(t => new Input.RotateRequested(t), _ => { });
        net.Await(() => Ended(net, 0, 1), 5_000, "both have ended it");
        var node = new LoneNode(2, 1);
        var rotation = net.Sends.First(s => s.Send.Message.State?.Rotation is { Phase: RotationPhase.Install }).Send.Message.State!.Rotation!;
        var secret = SecretBox.Text(new byte[32]);
        var ephemeral = SecretBox.Text([.. Enumerable.Repeat((byte)7, 32)]);
        var box = SecretBox.Seal(secret, ephemeral, LoneNode.Record(1).Key, new BoxLabel(node.Disk.NetworkId, 2, LoneNode.Id(1)))!;
        rotation = rotation with { Key = SecretBox.PublicOf(ephemeral), Sealed = [new SealedSecret(LoneNode.Id(1), box)] };
        node.Forget();
        var answer = node.Call(0, with: m => m with { State = new SharedState { Rotation = rotation } });
        Assert.Equal(rotation.Stamp, answer.Vitals.Rotation);
        Assert.Equal(new NumberedSecret(secret, 2), node.Disk.OtherSecret);
        Assert.Equal(0, node.Effects.FindIndex(e => e is Effect.Persist));
        Assert.Equal(new NumberedSecret(secret, 2), node.Restart().Core.State.OtherSecret);
    }

    [Fact]
    public void X2_What_a_node_cannot_open_it_does_not_claim_to_have_followed()
    {
        var node = new LoneNode(2, 1);
        var rotation = new Rotation
        {
            Stamp = new Stamp(LoneNode.FirstTerm, 9),
            Generation = 2,
            Phase = RotationPhase.Install,
            Started = LoneNode.Start,
            Key = LoneNode.Record(0).Key,
        };
        var answer = node.Call(0, with: m => m with { State = new SharedState { Rotation = rotation } });
        Assert.Equal(Stamp.None, answer.Vitals.Rotation);
        Assert.Null(node.Disk.OtherSecret);
    }

    [Fact]
    public void X2_A_state_without_a_node_key_gets_one_and_tells_it()
    {
        var node = new LoneNode(2, 1, s => s with { NodeKey = null, Peers = [LoneNode.Record(0), LoneNode.Record(1) with { Key = null }] });
        node.Advance(250);
        var own = MemberTable.Find(node.Disk.Peers, LoneNode.Id(1))!;
        Assert.Equal((SecretBox.PublicOf(node.Disk.NodeKey!), 2), (own.Key, own.Incarnation));
        Assert.Equal(node.Disk.NodeKey, node.Restart().Core.State.NodeKey);
    }

    [Fact]
    public void X2_The_evicted_is_out_stops_and_never_learns_the_secret_that_follows()
    {
        var net = new ClusterHarness(3).Settled();
        Assert.Equal(new Answer.Done(), Ask(net, 1, t => new Input.EvictRequested(net[2].Id, t)));
        net.Await(() => Ended(net, 0, 1) && net[2].View.Removed, 8_000, "the secret is changed, and it knows that it is out");
        Assert.Equal(MemberStatus.Evicted, MemberTable.Find(net[2].Disk.Peers, net[2].Id)!.Status);
        Assert.Equal(net[2].Id, Assert.Single(net[0].Disk.Rotation!.Evicted));
        Assert.DoesNotContain(net[0].Disk.Rotation!.Sealed, s => s.Node == net[2].Id);
        net.RunFor(20_000);
        Assert.Equal(("simulated", null), (net[2].Disk.NetworkSecret, net[2].Disk.OtherSecret));
        Assert.Equal(2, net[0].Disk.Members.Ids.Length);
        Assert.Equal(2, net[0].Disk.SecretGeneration);
    }

    [Fact]
    public void X2_A_dead_member_can_be_evicted_and_the_Host_too()
    {
        var net = new ClusterHarness(4).Settled();
        net[3].Crash(machine: true);
        net.RunFor(8_000);
        Assert.Equal(new Answer.Done(), Ask(net, 1, t => new Input.EvictRequested(net[3].Id, t)));
        net.Await(() => Ended(net, 0, 1, 2), 10_000, "the secret is changed");
        Assert.Equal(net[0], net.Host);
        Assert.Equal(new Answer.Done(), Ask(net, 1, t => new Input.EvictRequested(net[0].Id, t)));
        net.Await(() => net[1].Disk is { SecretGeneration: 3, OtherSecret: null } && net[0].View.Removed, 15_000, "the Host is out");
        Assert.Equal(net[1], net.Host);
    }

    [Fact]
    public void M1_Nobody_is_put_out_where_the_rest_that_lives_would_be_no_majority()
    {
        var net = new ClusterHarness(3).Settled();
        net[2].Crash(machine: true);
        net.RunFor(8_000);
        Assert.IsType<Answer.Done>(Ask(net, 0, t => new Input.EvictRequested(net[1].Id, t), 15_000));
        Assert.Equal(3, net[0].Disk.Members.Ids.Length);
        Assert.Equal(net[0], net.Host);
    }

    [Fact]
    public void X2_Who_joined_under_a_Host_that_did_not_know_of_the_rotation_gets_the_secret_too()
    {
        var (secret, ephemeral) = (SecretBox.Text(new byte[32]), World.NodeKeyOf("ephemeral"));
        var node = new LoneNode(3, 0, state => state with
        {
            OtherSecret = new NumberedSecret(secret, 2),
            Rotation = new Rotation
            {
                Stamp = new Stamp(LoneNode.FirstTerm, 1),
                Generation = 2,
                Phase = RotationPhase.Install,
                Started = LoneNode.Start,
                Key = SecretBox.PublicOf(ephemeral),
                Sealed = [new SealedSecret(state.NodeId, SecretBox.Seal(secret, ephemeral, LoneNode.Record(0).Key, new BoxLabel(state.NetworkId, 2, state.NodeId))!)],
            },
        });
        node.Live(20_000, (_, vitals) => vitals with { Rotation = Stamp.None });
        var rotation = node.Disk.Rotation!;
        Assert.Equal((RotationPhase.Install, 3), (rotation.Phase, rotation.Sealed.Length));
        Assert.All(rotation.Sealed, box => Assert.Equal(secret, SecretBox.Open(box.Box, rotation.Key, World.NodeKeyOf(box.Node), new BoxLabel(node.Disk.NetworkId, 2, box.Node))));
    }

    [Fact]
    public void X2_Nobody_joins_while_the_secret_changes()
    {
        var net = new ClusterHarness(3).Settled();
        Ask(net, 0, t => new Input.InviteRequested("i1", "key", TimeSpan.FromMinutes(15), t));
        net[0].Ask(t => new Input.RotateRequested(t), _ => { });
        net.Await(() => net[0].Disk.Rotation is not null, 2_000, "it has begun");
        var request = new JoinRequest
        {
            Invite = "i1",
            NetworkId = net[0].Disk.NetworkId,
            NodeId = "00000000000000ff",
            Name = "new-one",
            Addr = "203.0.113.99:4747",
            Nonce = "n",
            Key = "",
            Mac = "",
            NodeKey = LoneNode.Record(0).Key!,
        };
        var refused = Assert.IsType<Answer.Joined>(Ask(net, 0, t => new Input.JoinRequested(request, t)));
        Assert.Equal(Errors.Rotating, refused.Content.Error);
        Assert.Null(net[0].Disk.Invites[0].RedeemedNonce);
        net.Await(() => Ended(net, 0, 1, 2), 5_000, "it has ended");
        var joined = Assert.IsType<Answer.Joined>(Ask(net, 0, t => new Input.JoinRequested(request, t)));
        Assert.Equal((null, 2, net[1].Disk.NetworkSecret), (joined.Content.Error, joined.Content.SecretGeneration, joined.Content.NetworkSecret));
    }

    [Fact]
    public void A_node_does_not_evict_itself_nor_a_stranger()
    {
        var net = new ClusterHarness(2).Settled();
        Assert.Equal(Errors.IsSelf, Assert.IsType<Answer.Done>(Ask(net, 0, t => new Input.EvictRequested(net[0].Id, t))).Error);
        Assert.Equal(Errors.NotMember, Assert.IsType<Answer.Done>(Ask(net, 0, t => new Input.EvictRequested("00000000000000ff", t))).Error);
    }
}
