using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Tests.Cluster;

/// <summary>Rules E1 to E4.</summary>
public sealed class LeaderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(7)]
    public void E1_The_smallest_key_becomes_the_Host_and_all_know_it(int nodes)
    {
        var cluster = new ClusterHarness(nodes);
        cluster.Await(() => cluster.World.Nodes.All(n => n.View.HostId == cluster[0].Id), 25_000, "node 0 is the Host everywhere");
        Assert.Same(cluster[0], cluster.Host);
        Assert.Equal(Polls.Lease, cluster[0].View.Bot.Mode);
    }

    [Fact]
    public void E1_A_smaller_priority_goes_before_a_smaller_id()
    {
        var cluster = new ClusterHarness(3).Settled();
        cluster[2].Ask(t => new Input.SelfChanged(null, null, null, 10, t), _ => { });
        cluster.Await(() => cluster.Host == cluster[2], 30_000, "node 2 is the Host");
    }

    [Fact]
    public void E1_A_key_that_hears_no_majority_does_not_count()
    {
        var cluster = new ClusterHarness(5);
        for (var other = 2; other < 5; other++)
            cluster.Cut(0, other);
        cluster.Await(() => cluster.Host is { } host && host != cluster[0], 15_000, "somebody else than the badly linked node 0");
    }

    [Fact]
    public void E1_The_Host_is_replaced_within_10_s_of_its_death()
    {
        foreach (var machine in new[] { false, true })
        {
            for (var seed = 1; seed <= 10; seed++)
            {
                var cluster = new ClusterHarness(3, seed).Settled();
                cluster.RunFor(seed * 200);
                cluster[0].Crash(machine);
                cluster.Await(() => cluster.Host == cluster[1], 10_000, $"node 1 is the Host, seed {seed}");
            }
        }
    }

    [Fact]
    public void E2_A_node_that_cannot_reach_Telegram_sorts_last()
    {
        var cluster = new ClusterHarness(3).Settled();
        cluster[0].ReachesTelegram = false;
        cluster.Await(() => cluster.Host == cluster[1], 40_000, "a Host that reaches Telegram");
    }

    [Fact]
    public void E2_Only_the_node_itself_counts_for_how_long_Telegram_has_answered_it()
    {
        var node = new LoneNode(3, 0);
        void Try(bool reached, long ms, bool tells)
        {
            node.Live(ms);
            node.Step(new Input.TelegramTried(reached));
            node.Live(2_500);
            Assert.Equal(tells, node.Call(1).Vitals.Telegram);
        }

        Try(reached: true, 12_000, tells: true);
        Try(reached: false, 1_000, tells: true);
        Try(reached: false, 12_000, tells: false);
        Try(reached: true, 1_000, tells: false);
        Try(reached: true, 12_000, tells: true);
        // And the others take its word: no time begins where it is heard.
        node.Call(1, with: beat => beat with { Vitals = beat.Vitals with { Telegram = false } });
        Assert.False(node.Member(1).Telegram);
        node.Call(1);
        Assert.True(node.Member(1).Telegram);
    }

    [Fact]
    public void E2_With_Telegram_down_for_all_there_is_a_Host_none_the_less()
    {
        var cluster = new ClusterHarness(3);
        foreach (var node in cluster.World.Nodes)
            node.ReachesTelegram = false;
        cluster.Settled();
        cluster.RunFor(30_000);
        Assert.Equal(1, cluster.WithLease);
    }

    [Fact]
    public void E2_A_draining_node_is_not_chosen()
    {
        var cluster = new ClusterHarness(3).Settled();
        cluster[0].Ask(t => new Input.StopRequested(t), _ => { });
        cluster.Await(() => cluster.Host == cluster[1], 3_000, "node 1 is the Host");
        cluster.RunFor(20_000);
        Assert.Same(cluster[1], cluster.Host);
        cluster.World.Post(cluster[0], new Input.StopWithdrawn());
        cluster.Await(() => cluster.Host == cluster[0], 20_000, "node 0 takes part again when it does not end after all");
    }

    [Fact]
    public void E3_A_returning_smaller_key_takes_over_only_after_10_s_of_unbroken_life()
    {
        var cluster = new ClusterHarness(3).Settled();
        cluster[0].Crash(machine: false);
        cluster.Await(() => cluster.Host == cluster[1], 10_000, "node 1 is the Host");
        cluster.RunFor(10_000);
        cluster[0].Start();
        cluster.RunFor(9_500);
        Assert.Same(cluster[1], cluster.Host);
        cluster.Await(() => cluster.Host == cluster[0], 6_000, "node 0 is the Host again");
        Assert.Contains(cluster.Sends, s => s.Send.Message.HandOver is not null);
    }

    [Fact]
    public void E1_Who_is_called_but_reaches_nobody_says_so_and_does_not_ask()
    {
        var node = new LoneNode(3, 0);
        node.Advance(9_000, () =>
        {
            node.Call(1);
            node.Call(2);
        });
        Assert.Equal([LoneNode.Id(1), LoneNode.Id(2)], node.Call(1).Vitals.Unheard.ToArray());
        Assert.False(node.View.Quorum);
        Assert.DoesNotContain(node.Effects.OfType<Effect.Send>(), s => s.Message.Ask is not null);
    }

    [Fact]
    public void E4_The_lease_is_held_without_a_bot_token_too()
    {
        var node = new LoneNode(1, 0, s => s with { Settings = s.Settings with { BotToken = null } });
        node.Advance(2_000);
        Assert.True(node.View.IsHost);
        Assert.Equal(LoneNode.Id(0), node.View.HostId);
        Assert.True(node.View.MayAct(node.Mono));
    }

    [Fact]
    public void E4_Without_a_holder_the_candidate_is_shown_and_no_quorum()
    {
        var node = new LoneNode(5, 1);
        Heartbeat HearsOnlyUs(Heartbeat m) => m with { Vitals = m.Vitals with { Unheard = [LoneNode.Id(0), LoneNode.Id(3), LoneNode.Id(4)] } };
        node.Advance(1_000, () => node.Beat(2, null, HearsOnlyUs));
        Assert.Equal(LoneNode.Id(1), node.View.CandidateId);
        Assert.Null(node.View.HostId);
        Assert.False(node.View.Quorum);
    }
}
