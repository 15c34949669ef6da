using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Tests.Cluster;

/// <summary>Rules L1 to L7.</summary>
public sealed class LeaseTests
{
    private static Term Next(int node, long counter = 6) => new(counter, LoneNode.Id(node));

    [Fact]
    public void L1_A_candidacy_that_is_not_won_is_released_and_asked_again_after_a_while()
    {
        var node = new LoneNode(5, 0);
        var answered = 0;
        node.Advance(3_000, () =>
        {
            for (var peer = 1; peer < 5; peer++)
                node.Beat(peer);
            // One voter of the two that are needed grants.
            foreach (var send in node.Effects.OfType<Effect.Send>().Where(s => s.Peer == LoneNode.Id(1) && s.Message.Ask is not null).ToList())
            {
                if (send.Id <= answered)
                    continue;
                answered = (int)send.Id;
                var grant = new Grant(send.Message.Ask!.Term, Timings.Lease);
                node.Step(new Input.HeartbeatAnswered(send.Peer, send.Id, new HeartbeatAnswer { Vitals = node.Vitals(1), Grant = grant }));
            }
        });
        var terms = node.Effects.OfType<Effect.Send>().Where(s => s.Message.Ask is not null).Select(s => s.Message.Ask!).ToList();
        Assert.All(terms, ask => Assert.False(ask.Held));
        var release = node.Effects.OfType<Effect.Send>().First(s => s.Message.Release is not null);
        Assert.Equal(LoneNode.Id(1), release.Peer);
        Assert.Equal(terms[0].Term, release.Message.Release);
        var last = node.Effects.FindLastIndex(e => e is Effect.Send { Message.Ask: not null });
        Assert.True(last > node.Effects.IndexOf(release), "it asks again");
        Assert.False(node.View.IsHost);
    }

    [Fact]
    public void L1_A_term_serves_one_candidacy_only()
    {
        var before = new LoneNode(3, 0);
        before.Beat(1, new Ask(Next(1), false));
        // Restarted, its own voter refuses, and no answer of an earlier candidacy may count for a later one.
        var node = before.Restart();
        node.Advance(5_500, () => node.Beat(2));
        var asks = node.Effects.OfType<Effect.Send>().Where(s => s.Message.Ask is not null).Select(s => s.Message.Ask!.Term).Distinct().ToList();
        var releases = node.Effects.OfType<Effect.Send>().Count(s => s.Message.Release is not null);
        Assert.InRange(asks.Count, 2, 6);
        Assert.Equal(0, releases);
    }

    [Fact]
    public void L1_An_ask_of_who_does_not_hold_never_extends_a_grant()
    {
        var voter = new LoneNode(3, 2);
        var first = voter.Beat(1, new Ask(Next(1), false)).Grant!;
        Assert.InRange(first.Ms, 1, Timings.Lease);
        voter.Advance(2_000);
        var second = voter.Beat(1, new Ask(Next(1), false)).Grant!;
        Assert.True(second.Ms <= first.Ms - 2_000, $"{second.Ms} after {first.Ms}");
    }

    [Fact]
    public void L2_A_voter_has_at_most_one_unexpired_grant_out()
    {
        var voter = new LoneNode(4, 3);
        Assert.True(voter.Beat(1, new Ask(Next(1), false)).Grant!.Refused is null);
        voter.Advance(1_000);
        var refused = voter.Beat(0, new Ask(Next(0), false)).Grant!;
        Assert.Equal("held", refused.Refused);
        voter.Advance(Timings.Lease);
        Assert.True(voter.Beat(0, new Ask(Next(0, 7), false)).Grant!.Refused is null);
    }

    [Fact]
    public void L2_A_renewal_by_the_run_that_has_the_grant_is_always_granted()
    {
        var voter = new LoneNode(4, 3);
        Assert.True(voter.Beat(1, new Ask(Next(1), false)).Grant!.Refused is null);
        for (var i = 0; i < 5; i++)
        {
            voter.Advance(2_000, () => voter.Beat(0));
            Assert.Equal(Timings.Lease, voter.Beat(1, new Ask(Next(1), true)).Grant!.Ms);
        }
    }

    [Fact]
    public void L2_A_first_grant_is_refused_while_a_smaller_key_is_heard()
    {
        var voter = new LoneNode(4, 3);
        voter.Beat(0);
        var refused = voter.Beat(1, new Ask(Next(1), false)).Grant!;
        Assert.Equal(0, refused.Ms);
        Assert.Equal("order", refused.Refused);
    }

    [Fact]
    public void L2_A_release_frees_the_voter_at_once()
    {
        var voter = new LoneNode(4, 3);
        voter.Beat(1, new Ask(Next(1), false));
        voter.Beat(1, null, m => m with { Release = Next(1) });
        Assert.True(voter.Beat(0, new Ask(Next(0, 7), false)).Grant!.Refused is null);
    }

    [Fact]
    public void L3_The_dead_count_as_members_so_a_minority_has_no_lease()
    {
        var cluster = new ClusterHarness(5).Settled();
        foreach (var node in cluster.World.Nodes.Skip(2))
            node.Crash(machine: true);
        cluster.RunFor(7_000);
        for (var i = 0; i < 30; i++)
        {
            cluster.RunFor(1_000);
            Assert.Equal(0, cluster.WithLease);
        }
    }

    [Fact]
    public void L3_The_holder_counts_less_than_the_voter()
    {
        var cluster = new ClusterHarness(3).Settled();
        var host = cluster[0];
        cluster.RunFor(5_000);
        Assert.True(host.View.Bot.Until - host.Mono <= Timings.Lease - Timings.LeaseMargin);
        cluster.Isolate(0);
        var until = host.View.Bot.Until;
        cluster.Await(() => !host.MayAct, 6_000, "the end of the lease");
        Assert.True(host.View.Bot.Until <= until + 1_000);
    }

    [Fact]
    public void L4_A_holder_that_cannot_renew_stops_the_bot_before_the_lease_ends()
    {
        var cluster = new ClusterHarness(3).Settled();
        cluster.Isolate(0);
        cluster.Await(() => cluster[1].MayAct, 10_000, "a new Host");
        Assert.False(cluster[0].MayAct);
        Assert.False(cluster[0].Bot.Running);
        Assert.Equal(1, cluster.Acting);
    }

    [Fact]
    public void L4_A_view_that_is_older_than_a_second_gives_no_right()
    {
        var node = new LoneNode(1, 0);
        node.Advance(3_000);
        Assert.True(node.View.MayAct(node.Mono));
        node.Sleep(Timings.PauseGap);
        Assert.False(node.View.MayAct(node.Mono));
    }

    [Fact]
    public void L5_A_planned_stop_hands_over_in_less_than_a_second()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var cluster = new ClusterHarness(3, seed).Settled();
            cluster.RunFor(seed * 173);
            cluster.World.Workload.Stop(cluster[0], 60_000);
            cluster.Await(() => !cluster[0].MayAct, 1_500, "node 0 gives the lease away");
            cluster.Await(() => cluster[1].MayAct && cluster[1].Bot.Running, 1_000, $"node 1 has it, seed {seed}");
        }
    }

    [Fact]
    public void L5_A_planned_stop_of_one_of_two_hands_over_too()
    {
        var cluster = new ClusterHarness(2).Settled();
        cluster.World.Workload.Stop(cluster[0], 60_000);
        cluster.Await(() => !cluster[0].MayAct, 1_500, "node 0 gives the lease away");
        cluster.Await(() => cluster[1].MayAct && cluster[1].Bot.Running, 1_000, "node 1 has it");
    }

    [Fact]
    public void L5_A_hand_over_that_another_message_overtook_counts()
    {
        var node = new LoneNode(3, 1);
        node.Beat(2);
        node.Beat(0, new Ask(Next(0), false));
        var early = node.Vitals(0) with { Draining = true };
        node.Beat(0, with: message => message with { Vitals = message.Vitals with { Draining = true } });
        node.Forget();
        node.Receive(new Heartbeat { Vitals = early, HandOver = new LeaseClaim(LoneNode.Id(0), early.Run, Next(0)) });
        Assert.Contains(node.Effects.OfType<Effect.Send>(), send => send.Message.Ask?.Released is not null);
    }

    [Fact]
    public void L6_A_first_grant_is_on_disk_before_it_is_told_and_a_renewal_writes_nothing()
    {
        var voter = new LoneNode(3, 2);
        voter.Forget();
        voter.Beat(1, new Ask(Next(1), false));
        var persist = voter.Effects.FindIndex(e => e is Effect.Persist { State.Vote: { } vote } && vote == new Vote(LoneNode.Id(1), Next(1)));
        Assert.InRange(persist, 0, voter.Effects.FindIndex(e => e is Effect.Reply) - 1);
        voter.Advance(2_000);
        voter.Forget();
        Assert.True(voter.Beat(1, new Ask(Next(1), true)).Grant!.Refused is null);
        Assert.DoesNotContain(voter.Effects, e => e is Effect.Persist);
    }

    [Fact]
    public void L6_After_a_restart_a_voter_grants_its_holder_at_once_and_others_after_one_lease()
    {
        var before = new LoneNode(4, 3);
        before.Beat(1, new Ask(Next(1), false));
        var voter = before.Restart();
        Assert.Equal("restarted", voter.Beat(0, new Ask(Next(0, 7), false)).Grant!.Refused);
        Assert.True(voter.Beat(1, new Ask(Next(1), true)).Grant!.Refused is null);

        var other = before.Restart();
        other.Advance(Timings.Lease + 250);
        Assert.Null(other.Beat(0, new Ask(Next(0, 7), false)).Grant!.Refused);
    }

    [Fact]
    public void L6_Who_hears_nobody_is_not_alone()
    {
        var alone = new LoneNode(1, 0);
        alone.Advance(2_000);
        Assert.True(alone.View.IsHost);
        var deaf = new LoneNode(3, 0);
        deaf.Advance(8_000);
        Assert.NotEqual(Polls.Lease, deaf.View.Bot.Mode);
    }

    [Fact]
    public void L7_The_winner_s_term_is_one_above_the_highest_and_persisted_before_it_acts()
    {
        var node = new LoneNode(1, 0);
        node.Advance(2_000);
        Assert.Equal(Next(0), node.View.Term);
        Assert.InRange(node.Effects.FindIndex(e => e is Effect.Persist p && p.State.Term == Next(0)), 0, node.Effects.FindIndex(e => e is Effect.StartBot) - 1);
    }

    [Fact]
    public void L7_Asking_raises_nobody_s_view_of_the_term()
    {
        var voter = new LoneNode(3, 2);
        voter.Beat(1, new Ask(Next(1, 99), false));
        Assert.Equal(LoneNode.FirstTerm, voter.View.Term);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void L7_A_holder_renews_above_a_higher_term_be_it_won_or_only_promised(bool won)
    {
        var cluster = new ClusterHarness(3).Settled();
        var host = cluster[0];
        var before = host.View.Term;
        var later = new Term(before.Counter + 10, cluster[2].Id);
        cluster[2].Crash(machine: false);
        cluster[2].Rewrite(s => won ? s with { Term = later } : s with { Vote = new Vote(cluster[1].Id, later) });
        cluster[2].Start();
        cluster.Await(() => cluster.Host is { } now && now.View.Term > later, 15_000, "a lease above the higher term");
    }
}
