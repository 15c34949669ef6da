using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Tests.Cluster;

/// <summary>Rules W0 to W7.</summary>
public sealed class WitnessTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void W7_Of_two_nodes_the_other_takes_over_within_10_s(bool machine)
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            var cluster = new ClusterHarness(2, seed).Settled();
            cluster.RunFor(seed * 173);
            cluster[0].Crash(machine);
            cluster.Await(() => cluster[1].MayAct && cluster[1].Bot.Running, 10_000, $"node 1 runs the bot, seed {seed}");
            Assert.Equal(Polls.Witness, cluster[1].View.Bot.Mode);
        }
    }

    [Fact]
    public void W0_Of_two_nodes_that_are_cut_apart_the_Host_goes_on_unbroken_and_alone()
    {
        var cluster = new ClusterHarness(2).Settled();
        cluster.Cut(0, 1);
        for (var i = 0; i < 600; i++)
        {
            cluster.RunFor(100);
            Assert.True(cluster.Acting <= 1);
        }
        // Between a challenger's 409 and its next 200 it is in doubt, and acts on nothing.
        cluster.Await(() => cluster.Host == cluster[0], 5_000, "the Host, out of doubt");
    }

    [Fact]
    public void W0_A_minority_s_Host_stops_where_the_others_can_form_a_majority()
    {
        var cluster = new ClusterHarness(5).Settled();
        cluster.Isolate(0, 1);
        cluster.Await(() => cluster.Host == cluster[2], 10_000, "the majority's Host");
        Assert.False(cluster[0].Bot.Running);
        Assert.DoesNotContain(cluster.Notices, n => n.Notice.Kind == NoticeKind.WitnessStarted);
        cluster.RunFor(60_000);
        Assert.Same(cluster[2], cluster.Host);
        Assert.Equal(Polls.Lease, cluster[2].View.Bot.Mode);
    }

    [Fact]
    public void W1_A_challenger_probes_without_confirming_and_yields_to_a_409()
    {
        var node = new LoneNode(2, 1);
        node.Step(new Input.TelegramTried(true));
        node.Beat(0);
        node.Advance(3_750);
        Assert.DoesNotContain(node.Effects, e => e is Effect.Probe);
        node.Advance(750);
        Assert.Single(node.Effects.OfType<Effect.Probe>());
        node.Advance(500);
        node.Step(new Input.ProbeEnded(PollResult.Conflict, null));
        node.Forget();
        node.Advance(9_500);
        Assert.DoesNotContain(node.Effects, e => e is Effect.Probe or Effect.StartBot);
        node.Advance(11_000);
        Assert.Contains(node.Effects, e => e is Effect.Probe);
    }

    [Fact]
    public void W1_An_empty_answer_after_a_full_park_wins()
    {
        var node = Challenger();
        node.Advance(4_000);
        node.Step(new Input.ProbeEnded(PollResult.Ok, null));
        Assert.Contains(node.Effects.OfType<Effect.StartBot>(), s => s.Mode == Polls.Witness);
        Assert.True(node.View.MayAct(node.Mono));
    }

    [Fact]
    public void W1_A_challenger_that_stood_still_begins_anew()
    {
        var node = Challenger();
        node.Advance(250);
        node.Step(new Input.ProbeEnded(PollResult.Ok, 42));
        node.Advance(250);
        node.Forget();
        node.Sleep(30_000);
        node.Step(new Input.ProbeEnded(PollResult.Ok, 42));
        Assert.DoesNotContain(node.Effects, e => e is Effect.StartBot);
        Assert.Single(node.Effects.OfType<Effect.Probe>());
    }

    [Fact]
    public void W1_A_webhook_that_somebody_removes_proves_nothing_of_who_polls_after_it()
    {
        var node = Challenger();
        for (var i = 0; i < 16; i++)
        {
            node.Advance(250);
            node.Step(new Input.ProbeEnded(PollResult.Webhook, null));
        }
        node.Advance(500);
        node.Forget();
        node.Step(new Input.ProbeEnded(PollResult.Ok, 42));
        Assert.DoesNotContain(node.Effects, e => e is Effect.StartBot);
        Assert.Single(node.Effects.OfType<Effect.Probe>());
    }

    [Fact]
    public void W1_Silence_proves_nothing()
    {
        var node = Challenger();
        node.Advance(5_500);
        node.Step(new Input.ProbeEnded(PollResult.Failed, null));
        node.Advance(5_000);
        Assert.DoesNotContain(node.Effects, e => e is Effect.StartBot);
    }

    [Fact]
    public void W1_The_same_head_for_4500_ms_wins_and_a_changed_one_yields()
    {
        foreach (var moves in new[] { false, true })
        {
            var node = Challenger();
            node.Advance(250);
            node.Step(new Input.ProbeEnded(PollResult.Ok, 42));
            for (var i = 0; i < 24; i++)
            {
                if (node.Effects.OfType<Effect.Probe>().Any())
                {
                    node.Effects.RemoveAll(e => e is Effect.Probe);
                    node.Step(new Input.ProbeEnded(PollResult.Ok, moves && i > 8 ? 43 : 42));
                }
                node.Advance(250);
            }
            Assert.Equal(!moves, node.Effects.OfType<Effect.StartBot>().Any());
        }
    }

    [Fact]
    public void W2_A_majority_holder_never_yields_to_a_409()
    {
        var cluster = new ClusterHarness(3).Settled();
        for (var i = 0; i < 20; i++)
        {
            cluster[0].Step(new Input.PollEnded(PollResult.Conflict));
            cluster.RunFor(500);
        }
        Assert.Same(cluster[0], cluster.Host);
    }

    [Fact]
    public void W2_A_witness_stops_at_four_409s_in_12_s()
    {
        var node = Witness();
        for (var i = 0; i < 4; i++)
        {
            node.Advance(500);
            node.Step(new Input.PollEnded(PollResult.Conflict));
        }
        node.Advance(250);
        Assert.Contains(node.Effects, e => e is Effect.StopBot);
        Assert.False(node.View.IsHost);
    }

    [Fact]
    public void W3_After_a_409_a_witness_polls_in_doubt_until_a_200()
    {
        var node = Witness();
        node.Step(new Input.PollEnded(PollResult.Conflict));
        Assert.True(node.View.Bot.InDoubt);
        Assert.False(node.View.MayAct(node.Mono));
        node.Advance(1_000);
        node.Step(new Input.PollEnded(PollResult.Ok));
        Assert.True(node.View.MayAct(node.Mono));
    }

    [Fact]
    public void W3_After_4_s_without_an_answer_a_witness_stops_and_challenges_anew()
    {
        var node = Witness();
        node.Step(new Input.PollEnded(PollResult.Ok));
        node.Advance(3_500);
        Assert.DoesNotContain(node.Effects, e => e is Effect.StopBot);
        node.Advance(1_000);
        Assert.Contains(node.Effects, e => e is Effect.StopBot);
        Assert.Equal(Polls.None, node.View.Bot.Mode);
        Assert.Contains(node.Effects, e => e is Effect.Probe);
    }

    [Fact]
    public void W3_A_witness_that_only_gets_conflicts_stops_after_12_s_of_doubt()
    {
        var node = Witness();
        for (var i = 0; i < 3; i++)
        {
            node.Step(new Input.PollEnded(PollResult.Conflict));
            node.Advance(3_900);
            Assert.DoesNotContain(node.Effects, e => e is Effect.StopBot);
        }
        node.Step(new Input.PollEnded(PollResult.Webhook));
        node.Advance(1_000);
        Assert.Contains(node.Effects, e => e is Effect.StopBot);
    }

    [Fact]
    public void W2_A_witness_stops_at_once_when_somebody_else_has_confirmed()
    {
        var node = Witness();
        node.Step(new Input.PollEnded(PollResult.Foreign));
        Assert.Contains(node.Effects, e => e is Effect.StopBot);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    public void W2_A_witness_stops_where_a_voter_tells_of_a_lease_that_was_won(int above, bool stops)
    {
        var node = new LoneNode(3, 2);
        node.Step(new Input.TelegramTried(true));
        node.Beat(1);
        node.Advance(8_250);
        node.Step(new Input.ProbeEnded(PollResult.Ok, null));
        Assert.Equal(Polls.Witness, node.View.Bot.Mode);
        node.Forget();
        node.Call(1, null, m => m with
        {
            Vitals = m.Vitals with { Lease = new LeaseClaim(LoneNode.Id(0), "run", new Term(m.Vitals.Term.Counter + above, LoneNode.Id(0))) },
        });
        Assert.Equal(stops, node.Effects.Any(e => e is Effect.StopBot));
    }

    [Fact]
    public void W4_A_webhook_is_no_poller()
    {
        var node = Witness();
        for (var i = 0; i < 6; i++)
        {
            node.Advance(500);
            node.Step(new Input.PollEnded(PollResult.Webhook));
        }
        Assert.DoesNotContain(node.Effects, e => e is Effect.StopBot);
    }

    [Fact]
    public void W4_A_stranger_that_polls_with_the_same_token_is_told()
    {
        var cluster = new ClusterHarness(3).Settled();
        for (var i = 0; i < 30; i++)
        {
            cluster[0].Step(new Input.PollEnded(PollResult.Conflict));
            cluster.RunFor(500);
        }
        Assert.Contains(cluster.Notices, n => n.Notice.Kind == NoticeKind.StrangerPolls);
    }

    [Fact]
    public void W5_After_a_heal_there_is_one_Host_by_lease()
    {
        for (var seed = 1; seed <= 10; seed++)
        {
            var cluster = new ClusterHarness(2, seed).Settled();
            cluster[0].ReachesTelegram = false;
            cluster.Cut(0, 1);
            cluster.Await(() => cluster[1].MayAct && cluster[1].Bot.Running, 40_000, "node 1 takes over");
            cluster.Recover();
            cluster[0].ReachesTelegram = true;
            cluster.RunFor(25_000);
            Assert.Equal(Polls.Lease, cluster.Host?.View.Bot.Mode);
            Assert.All(cluster.World.Nodes, n => Assert.Equal(cluster.Host!.Id, n.View.HostId));
        }
    }

    private static LoneNode Challenger()
    {
        var node = new LoneNode(2, 1);
        node.Step(new Input.TelegramTried(true));
        node.Beat(0);
        node.Advance(4_250);
        Assert.Single(node.Effects.OfType<Effect.Probe>());
        node.Forget();
        return node;
    }

    private static LoneNode Witness()
    {
        var node = Challenger();
        node.Advance(4_000);
        node.Step(new Input.ProbeEnded(PollResult.Ok, null));
        Assert.Equal(Polls.Witness, node.View.Bot.Mode);
        node.Forget();
        return node;
    }
}
