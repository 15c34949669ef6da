using Constella.Api.Endpoints;
using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Tests.Telegram;

/// <summary>Connections, forgetting a node, and figures that move by themselves.</summary>
public sealed class FleetCareTests
{
    [Theory]
    [InlineData("en", "Connections", "All nodes that are online reach each other", "All nodes", "nodes 3", "alpha-01: 3.5 ms", "does not hear it")]
    [InlineData("ru", "Связь", "Все узлы в сети слышат друг друга", "Все узлы", "узлов 3", "alpha-01: 3.5 мс", "не слышит его")]
    public async Task Who_reaches_whom_is_seen_from_both_ends(
        string language, string connections, string whole, string list, string title, string trip, string deaf)
    {
        await using var bot = await BotFixture.CreateAsync();
        bot.Peers.OnPeers = asked => Peers(asked, (BotFixture.Alpha, "alpha-01", 3.5));
        await bot.OpenAsync(language);
        await bot.PressAsync(connections, whole);
        await bot.PressAsync(list, title);
        await bot.PressAsync("echo-02", BotFixture.Echo);
        await bot.PressAsync(connections, trip);
        bot.Cluster.ChangeMember("alpha-01", member => member with { Unheard = [BotFixture.Echo] });
        await bot.PressAsync("🔄", deaf);
    }

    [Fact]
    public async Task A_cut_between_two_living_nodes_is_told_and_a_dead_one_is_not_called_a_cut()
    {
        await using var bot = await BotFixture.CreateAsync();
        bot.Cluster.ChangeMember("alpha-01", member => member with { Unheard = [BotFixture.Fox] });
        await bot.OpenAsync();
        await bot.PressAsync("Connections", "reach each other");
        bot.Cluster.ChangeMember("echo-02", member => member with { Unheard = [BotFixture.Alpha, BotFixture.Fox] });
        await bot.ShowsAsync("does not reach: alpha-01");
        Assert.Contains("do not reach all others: 1", bot.Living!.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_does_not_answer_is_described_by_the_others()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        await bot.PressAsync("echo-02", BotFixture.Echo);
        await bot.PressAsync("Connections", "did not answer now");
        Assert.Contains("alpha-01: hears it", bot.Living!.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("en", "Forget this node", "out of the network for good", "Yes, forget it", "fox-03 is forgotten")]
    [InlineData("ru", "Забыть узел", "исключается из сети навсегда", "Да, забыть", "fox-03 забыт")]
    public async Task A_dead_node_is_forgotten_after_a_question(string language, string forget, string question, string yes, string done)
    {
        await using var bot = await BotFixture.CreateAsync();
        bot.Cluster.OnAsk = input => Evict(bot, input);
        await bot.OpenAsync(language);
        await bot.PressAsync("fox-03", BotFixture.Fox);
        await bot.PressAsync(forget, question);
        Assert.Empty(bot.Cluster.Asked.OfType<Input.EvictRequested>());
        await bot.PressAsync(yes, done);
        Assert.Equal(BotFixture.Fox, Assert.Single(bot.Cluster.Asked.OfType<Input.EvictRequested>()).NodeId);
    }

    [Fact]
    public async Task The_press_is_committed_before_anything_is_done_and_the_next_Host_goes_on()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        await bot.PressAsync("fox-03", BotFixture.Fox);
        await bot.PressAsync("Forget this node", "out of the network for good");
        var order = new List<string>();
        bot.Cluster.OnAsk = input => order.Add(input.GetType().Name);
        await bot.PressAsync("Yes, forget it", "Putting fox-03 out");
        await BotFixture.UntilAsync(() => order.Contains(nameof(Input.EvictRequested)));
        Assert.Equal(nameof(Input.UpdatesHandled), order[0]);
        await bot.StopAsync(orderly: false);
        var next = bot.Beside(new FakeCluster(
            BotFixture.Member(BotFixture.Alpha, "alpha-01"),
            BotFixture.Member(BotFixture.Echo, "echo-02", self: true),
            BotFixture.Member(BotFixture.Fox, "fox-03") with { Health = Health.Down }));
        next.Cluster.Change(view => view with { Settings = bot.Cluster.View.Settings, Updates = bot.Cluster.View.Updates });
        next.Cluster.OnAsk = input => Evict(next, input);
        next.Start();
        await bot.ShowsAsync("fox-03 is forgotten");
        await next.StopAsync(orderly: false);
    }

    [Fact]
    public async Task A_node_that_lives_again_is_not_forgotten_but_told_to_leave()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        await bot.PressAsync("fox-03", BotFixture.Fox);
        await bot.PressAsync("Forget this node", "out of the network for good");
        bot.Cluster.ChangeMember("fox-03", member => member with { Health = Health.Alive });
        await bot.PressAsync("Yes, forget it", "constella leave");
        Assert.Empty(bot.Cluster.Asked.OfType<Input.EvictRequested>());
    }

    [Fact]
    public async Task Without_a_majority_nobody_is_forgotten()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        await bot.PressAsync("fox-03", BotFixture.Fox);
        await bot.PressAsync("Forget this node", "out of the network for good");
        bot.Cluster.Change(view => view with { Quorum = false });
        await bot.PressAsync("Yes, forget it", "only a majority of the nodes can do that");
        Assert.Empty(bot.Cluster.Asked.OfType<Input.EvictRequested>());
    }

    [Fact]
    public async Task Where_the_rest_would_have_no_majority_nobody_is_forgotten()
    {
        await using var bot = await BotFixture.CreateAsync();
        bot.Cluster.ChangeMember("echo-02", member => member with { Health = Health.Down });
        await bot.OpenAsync();
        await bot.PressAsync("fox-03", BotFixture.Fox);
        await bot.PressAsync("Forget this node", "out of the network for good");
        await bot.PressAsync("Yes, forget it", "would be no majority of the rest");
    }

    [Fact]
    public async Task A_refusal_is_told_in_the_words_of_who_refused()
    {
        await using var bot = await BotFixture.CreateAsync();
        await bot.OpenAsync();
        await bot.PressAsync("fox-03", BotFixture.Fox);
        await bot.PressAsync("Forget this node", "out of the network for good");
        bot.Cluster.OnAsk = input => bot.Cluster.Refuse = input is Input.EvictRequested ? Errors.NoHost : null;
        await bot.PressAsync("Yes, forget it", "fox-03 was not forgotten: " + Errors.NoHost);
    }

    [Fact]
    public async Task Figures_in_the_list_move_by_themselves()
    {
        await using var bot = await BotFixture.CreateAsync();
        bot.Cluster.ChangeMember("echo-02", member => member with { Load = new Load(10, 20, 30) });
        await bot.OpenAsync();
        await bot.ShowsAsync("CPU ░░░░ 10 RAM █░░░ 20 Disk █░░░ 30 %");
        bot.Cluster.ChangeMember("echo-02", member => member with { Load = new Load(80, 20, 30) });
        await bot.ShowsAsync("CPU ███░ 80");
    }

    private static void Evict(BotFixture bot, Input input)
    {
        if (input is Input.EvictRequested evicted)
            bot.Cluster.Change(view => view with { Members = view.Members.RemoveAll(member => member.Record.NodeId == evicted.NodeId) });
    }

    private static PeersAnswer Peers(string asked, params (string Id, string Name, double Rtt)[] heard) => new(
        "00112233445566aa", asked, "x", null, null, true, Term.None, new BotStatus(false, Polls.None, false),
        [.. heard.Select(each => new PeerInfo(
            each.Id, each.Name, "203.0.113.1:4747", null, 100, Core.Members.MemberStatus.Active, Health.Alive,
            false, false, each.Rtt, null, null, false, true, null, null))]);
}
