using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;
using Constella.Tests.Simulation;

namespace Constella.Tests.Cluster;

/// <summary>Rules M1 to M3 and the node's part of J2 and J3.</summary>
public sealed class MembershipTests
{
    private static JoinRequest Request(string nonce = "n1", string name = "new-one", string invite = "i1", int index = 9) => new()
    {
        Invite = invite,
        NetworkId = "aaaaaaaaaaaaaaaa",
        NodeId = LoneNode.Id(index),
        Name = name,
        Addr = "203.0.113.99:4747",
        Nonce = nonce,
        Key = "",
        NodeKey = "",
        Mac = "",
    };

    private static LoneNode Seed()
    {
        var seed = new LoneNode(1, 0);
        seed.Advance(2_000);
        Assert.Equal(new Answer.Done(), seed.Ask(t => new Input.InviteRequested("i1", "key", TimeSpan.FromMinutes(15), t)));
        return seed;
    }

    private static string? Error(Answer answer) => answer switch
    {
        Answer.Joined joined => joined.Content.Error,
        Answer.Done done => done.Error,
        _ => throw new InvalidOperationException($"not an answer to a join: {answer}"),
    };

    [Fact]
    public void J2_A_join_is_on_disk_before_it_is_answered()
    {
        var seed = Seed();
        seed.Forget();
        var joined = Assert.IsType<Answer.Joined>(seed.Ask(t => new Input.JoinRequested(Request(), t)));
        Assert.Null(joined.Content.Error);
        Assert.Contains(joined.Content.State!.Peers, p => p.NodeId == LoneNode.Id(9));
        Assert.Equal("123:ABC", joined.Content.State.Settings!.BotToken);
        var persist = seed.Effects.FindIndex(e => e is Effect.Persist p && p.State.Peers.Any(r => r.NodeId == LoneNode.Id(9)) && p.State.Invites[0].RedeemedNonce == "n1");
        Assert.InRange(persist, 0, seed.Effects.FindIndex(e => e is Effect.Reply) - 1);
    }

    [Fact]
    public void M2_A_joiner_votes_only_after_it_has_answered_one_ask()
    {
        var seed = Seed();
        seed.Ask(t => new Input.JoinRequested(Request(), t));
        var before = seed.Disk.Members.Cfg;
        Assert.Equal(LoneNode.Id(0), Assert.Single(seed.Disk.Members.Ids));
        seed.Forget();
        seed.Advance(2_250);
        var ask = seed.Effects.OfType<Effect.Send>().Last(s => s.Message.Ask is not null);
        var grant = new Grant(ask.Message.Ask!.Term, Timings.Lease);
        seed.Step(new Input.HeartbeatAnswered(ask.Peer, ask.Id, new HeartbeatAnswer { Vitals = seed.Vitals(9), Grant = grant }));
        seed.Advance(250);
        Assert.Equal(LoneNode.Id(0) + " " + LoneNode.Id(9), string.Join(' ', seed.Disk.Members.Ids));
        Assert.True(seed.Disk.Members.Cfg > before);
    }

    [Fact]
    public void M1_A_lower_number_is_refused()
    {
        var node = new LoneNode(3, 2);
        var older = new MemberSet { Cfg = new Stamp(LoneNode.FirstTerm, 1), Ids = [LoneNode.Id(0)] };
        node.Beat(0, null, m => m with { State = new SharedState { Members = older } });
        Assert.Equal(3, node.Disk.Members.Ids.Length);
        var newer = new MemberSet { Cfg = new Stamp(LoneNode.FirstTerm, 9), Ids = [LoneNode.Id(0), LoneNode.Id(2)] };
        node.Beat(0, null, m => m with { State = new SharedState { Members = newer } });
        Assert.Equal(newer.Ids, node.Disk.Members.Ids);
    }

    [Fact]
    public void M1_A_candidate_with_an_older_set_of_voters_is_refused_and_told_the_newer_one()
    {
        var voter = new LoneNode(3, 2);
        var ask = new Ask(new Term(LoneNode.FirstTerm.Counter + 1, LoneNode.Id(0)), false);
        var older = voter.Disk.Members.Cfg with { Counter = 1 };
        var answer = voter.Beat(0, ask, m => m with { Vitals = m.Vitals with { Cfg = older } });
        Assert.Equal("stale", answer.Grant!.Refused);
        Assert.Equal(voter.Disk.Members, answer.State!.Members);
        Assert.Null(voter.Beat(0, ask).Grant!.Refused);
    }

    [Fact]
    public void M1_A_change_waits_for_a_majority()
    {
        var cluster = new ClusterHarness(3).Settled();
        cluster.Isolate(0);
        Answer? answer = null;
        cluster[0].Ask(t => new Input.LeaveRequested(cluster[2].Id, t), a => answer = a);
        cluster.RunFor(3_000);
        Assert.False(answer is Answer.Done { Error: null });
        cluster.Recover();
        cluster.RunFor(30_000);
        Assert.Single(cluster.World.Nodes.Select(n => n.Disk.Members.Cfg).Distinct());
    }

    [Fact]
    public void M1_A_leave_is_known_to_all_and_shrinks_the_majority()
    {
        var cluster = new ClusterHarness(4).Settled();
        cluster.World.Workload.Crowd.Leave(cluster[3]);
        cluster.Await(() => cluster[3].Gone, 10_000, "node 3 has left");
        cluster.RunFor(5_000);
        Assert.All(cluster.World.Nodes.Take(3), n => Assert.Equal(3, n.Disk.Members.Ids.Length));
        cluster[2].Crash(machine: true);
        cluster.RunFor(15_000);
        Assert.Equal(Polls.Lease, cluster[0].View.Bot.Mode);
    }

    [Fact]
    public void M1_After_one_of_two_has_left_the_next_joiner_votes()
    {
        var cluster = new ClusterHarness(2).Settled();
        cluster.World.Workload.Crowd.Leave(cluster[1]);
        cluster.Await(() => cluster[1].Gone, 10_000, "node 1 has left");
        cluster.World.Workload.Crowd.Invite(cluster[0]);
        cluster.Await(() => cluster.World.Nodes.Count == 3 && cluster[2].Up, 60_000, "a joiner");
        cluster.Await(() => cluster[0].Disk.Members.Ids.Contains(cluster[2].Id), 10_000, "the joiner votes");
    }

    [Fact]
    public void M2_A_joiner_behind_a_closed_port_does_not_cost_the_lease()
    {
        var seed = Seed();
        seed.Ask(t => new Input.JoinRequested(Request(), t));
        for (var i = 0; i < 240; i++)
        {
            foreach (var send in seed.Effects.OfType<Effect.Send>().ToList())
                seed.Step(new Input.PeerFailed(send.Peer, send.Id, "refused"));
            seed.Forget();
            seed.Advance(250);
            Assert.Equal(Polls.Lease, seed.View.Bot.Mode);
        }
    }

    [Fact]
    public void M3_Who_is_gone_is_put_out_by_force_the_secret_stays_and_it_learns_its_end_when_it_is_back()
    {
        var cluster = new ClusterHarness(3).Settled();
        var (secret, generation) = (cluster[0].Disk.NetworkSecret, cluster[0].Disk.SecretGeneration);
        cluster[2].Crash(machine: true);
        cluster.RunFor(10_000);
        Assert.Null(ForceLeave(cluster, cluster[1], cluster[2]));
        cluster.RunFor(3_000);
        Assert.All(cluster.World.Nodes.Take(2), n => Assert.Equal((2, secret, generation), (n.Disk.Members.Ids.Length, n.Disk.NetworkSecret, n.Disk.SecretGeneration)));
        Assert.Equal(MemberStatus.Left, MemberTable.Find(cluster[0].Disk.Peers, cluster[2].Id)!.Status);
        cluster[2].Start();
        cluster.Await(() => cluster[2].View.Removed, 10_000, "node 2 knows that it is out");
        Assert.Same(cluster[0], cluster.Host);
    }

    [Fact]
    public void M3_Who_lives_is_not_put_out_by_force()
    {
        var cluster = new ClusterHarness(3).Settled();
        Assert.Equal(Errors.IsAlive, ForceLeave(cluster, cluster[1], cluster[2]));
        Assert.Equal(3, cluster[0].Disk.Members.Ids.Length);
    }

    [Fact]
    public void M3_Whom_another_voter_reaches_is_not_put_out_by_force()
    {
        var cluster = new ClusterHarness(5).Settled();
        cluster.Cut(0, 4);
        cluster.Cut(1, 4);
        cluster.RunFor(15_000);
        Assert.Same(cluster[0], cluster.Host);
        Assert.Equal(Health.Down, cluster[0].View.Members.Single(m => m.Record.NodeId == cluster[4].Id).Health);
        Assert.Equal(Errors.IsAlive, ForceLeave(cluster, cluster[1], cluster[4]));
        Assert.Equal(5, cluster[0].Disk.Members.Ids.Length);
    }

    [Fact]
    public void M3_A_Host_that_was_frozen_does_not_put_itself_out_when_it_reads_what_was_asked_meanwhile()
    {
        static Vitals Unhearing(int peer, Vitals vitals) => vitals with { Unheard = [LoneNode.Id(0)] };
        var node = new LoneNode(3, 0);
        node.Live(5_000);
        node.Live(2_500, Unhearing);
        var asked = new Heartbeat { Vitals = Unhearing(1, node.Vitals(1)), Proposals = [new Proposal { Id = "asked", Remove = LoneNode.Id(0), Forced = true }] };
        node.Step(new Input.HeartbeatReceived(asked, 1_000));
        node.Live(3_000, Unhearing);
        Assert.True(node.View.IsHost);
        Assert.Equal(3, node.Disk.Members.Ids.Length);
    }

    private static string? ForceLeave(ClusterHarness cluster, SimNode node, SimNode target)
    {
        Answer? answer = null;
        node.Ask(t => new Input.ForceLeaveRequested(target.Id, t), a => answer = a);
        cluster.Await(() => answer is not null, 12_000, "an answer");
        return Error(answer!);
    }

    [Fact]
    public void J2_A_link_is_redeemed_once_and_the_same_joiner_may_repeat_it()
    {
        var seed = Seed();
        Assert.Null(Error(seed.Ask(t => new Input.JoinRequested(Request(), t))));
        Assert.Null(Error(seed.Ask(t => new Input.JoinRequested(Request(), t))));
        Assert.Equal(2, seed.Disk.Peers.Length);
        Assert.Equal(Errors.LinkUsed, Error(seed.Ask(t => new Input.JoinRequested(Request("n2", "other", index: 8), t))));
        var restarted = seed.Restart();
        restarted.Advance(2_000);
        Assert.Equal(Errors.LinkUsed, Error(restarted.Ask(t => new Input.JoinRequested(Request("n2", "other", index: 8), t))));
        Assert.Equal(2, restarted.Disk.Peers.Length);
    }

    [Fact]
    public void J2_An_expired_and_an_unknown_link_are_refused_and_change_nothing()
    {
        var seed = Seed();
        var before = seed.Disk;
        Assert.Equal(Errors.LinkRefused, Error(seed.Ask(t => new Input.JoinRequested(Request(invite: "i2"), t))));
        seed.WallSkew = (long)TimeSpan.FromMinutes(16).TotalMilliseconds;
        Assert.Equal(Errors.LinkExpired, Error(seed.Ask(t => new Input.JoinRequested(Request(), t))));
        Assert.Equal(before.Members.Ids, seed.Disk.Members.Ids);
        Assert.Equal(before.Peers, seed.Disk.Peers);
    }

    [Fact]
    public void J2_A_revoked_link_is_refused()
    {
        var seed = Seed();
        seed.Ask(t => new Input.InviteRevoked("i1", t));
        Assert.NotNull(Error(seed.Ask(t => new Input.JoinRequested(Request(), t))));
        Assert.Single(seed.Disk.Peers);
    }

    [Fact]
    public void J3_A_name_that_is_taken_is_refused_and_the_link_stays_good()
    {
        var seed = Seed();
        Assert.Equal(Errors.NameTaken, Error(seed.Ask(t => new Input.JoinRequested(Request(name: "node-00"), t))));
        Assert.Null(Error(seed.Ask(t => new Input.JoinRequested(Request(), t))));
    }

    [Fact]
    public void A_machine_that_joins_is_a_member_everywhere()
    {
        var cluster = new ClusterHarness(3).Settled();
        cluster.World.Workload.Crowd.Invite(cluster[1]);
        cluster.Await(() => cluster.World.Nodes.Count == 4 && cluster[3].Up, 30_000, "a fourth node");
        cluster.Await(() => cluster.World.Nodes.All(n => n.View.Members.Count(m => m.Health == Health.Alive) == 4), 10_000, "all four alive for all");
    }

    [Fact]
    public void A_network_grows_from_one_node()
    {
        var cluster = new ClusterHarness(1).Settled();
        for (var size = 2; size <= 5; size++)
        {
            cluster.World.Workload.Crowd.Invite(cluster[0]);
            cluster.Await(() => cluster.World.Nodes.Count >= size && cluster[size - 1].Up, 60_000, $"node {size}");
        }
        cluster.RunFor(20_000);
        Assert.Equal(1, cluster.WithLease);
        Assert.All(cluster.World.Nodes, n => Assert.Equal(cluster.World.Nodes.Count, n.Disk.Members.Ids.Length));
    }
}
