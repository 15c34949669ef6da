using System.Buffers.Text;
using Constella.Api.Cli.Node;
using Constella.Api.Endpoints;
using Constella.Api.History;
using Constella.Api.Peers;
using Constella.Core.Cluster;
using Constella.Core.Stats;
using Constella.Core.Wire;
using Constella.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

namespace Constella.Tests.History;

/// <summary>History of whole nodes, over the wire.</summary>
public sealed class HistoryApiTests : IAsyncLifetime
{
    private static readonly long s_now = DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 300 * 300;

    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.FoundAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_node_tells_its_own_history()
    {
        Fill(_node, 30, TimeSpan.FromHours(3));

        var series = await _node.Client.HistoryAsync(Query(_node, Metric.Ram, TimeSpan.FromHours(3), 300), CancellationToken.None);

        Assert.Equal((_node.State.NodeId, Metric.Ram, 300), (series.Node, series.Metric, series.Step));
        Assert.Equal(36, series.Points.Length);
        Assert.All(series.Points, point => Assert.Equal((30.0, 30.0), (point.Mean, point.Max)));
        Assert.Empty(series.Keepers);
    }

    [Fact]
    public async Task Without_a_time_it_is_the_last_day_of_this_node()
    {
        Fill(_node, 30, TimeSpan.FromHours(1));

        var answer = await RawRequest.Get(_node, "/metrics/history?metric=load").SendAsync();

        Assert.Equal(200, answer.Status);
        Assert.Contains("\"step\":300", answer.Text, StringComparison.Ordinal);
        Assert.Contains("\"metric\":\"load\"", answer.Text, StringComparison.Ordinal);
        Assert.Contains("\"mean\":30,\"max\":30", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("metric=temperature")]
    [InlineData("metric=cpu&from=abc")]
    [InlineData("metric=cpu&from=200&to=100")]
    [InlineData("metric=cpu&from=-5&to=100")]
    [InlineData("metric=cpu&from=0&to=9223372036854775807")]
    [InlineData("metric=cpu&from=1000&to=100000000")]
    [InlineData("metric=cpu&from=0&to=86400&step=0")]
    [InlineData("metric=cpu&from=0&to=86400&step=-300")]
    [InlineData("metric=cpu&from=0&to=86400&step=2147483647")]
    [InlineData("metric=cpu&from=0&to=86400&step=10")]
    [InlineData("metric=cpu&target=nobody")]
    public async Task A_question_that_makes_no_sense_is_refused_with_a_reason(string query)
    {
        var answer = await RawRequest.Get(_node, "/metrics/history?" + query).SendAsync();
        Assert.Equal(400, answer.Status);
        Assert.Contains("urn:constella:error:invalid", answer.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stranger_learns_nothing_and_an_unknown_node_is_not_found()
    {
        Assert.Equal(401, (await (RawRequest.Get(_node, "/metrics/history?metric=cpu") with { Signed = false }).SendAsync()).Status);
        Assert.Equal(404, (await RawRequest.Get(_node, "/metrics/history?metric=cpu&target=0123456789abcdef").SendAsync()).Status);
        Assert.Equal(404, (await RawRequest.Get(_node, "/metrics/history?metric=cpu&target=0123456789abcdef&copies=true").SendAsync()).Status);
        Assert.Equal(421, (await RawRequest.Get(_node, "/metrics/history?metric=cpu&target=0123456789abcdef&relayed=true").SendAsync()).Status);
    }

    [Fact]
    public async Task History_of_another_node_is_relayed_and_finer_than_any_copy()
    {
        await using var echo = await _node.JoinAsync("echo-02");
        Fill(echo, 70, TimeSpan.FromMinutes(30));

        var series = await _node.Client.HistoryAsync(Query(echo, Metric.Cpu, TimeSpan.FromMinutes(30), 10), CancellationToken.None);

        Assert.Equal((echo.State.NodeId, 10, 180), (series.Node, series.Step, series.Points.Length));
        Assert.Empty(series.Keepers);
    }

    [Fact]
    public async Task D3_a_dead_nodes_last_hours_come_from_the_copies_of_others()
    {
        await using var echo = await _node.JoinAsync("echo-02");
        var fox = await _node.JoinAsync("fox-03");
        await fox.UntilAsync(view => view.Members.Length == 3 && view.Members.All(member => member.Health == Health.Alive));
        Fill(fox, 70, TimeSpan.FromHours(6));
        await PushAsync(fox);
        var dead = fox.State.NodeId;
        await fox.DisposeAsync();

        // At once, while it is only silent, and when it is known to be down: from both others.
        foreach (var wait in new[] { Health.Alive, Health.Down })
        {
            if (wait == Health.Down)
                await _node.UntilAsync(view => view.Members.Any(member => member.Health == Health.Down));
            foreach (var asked in new[] { _node, echo })
            {
                var series = await asked.Client.HistoryAsync(new HistoryQuery(dead, Metric.Cpu, s_now - 21_600, s_now, null), CancellationToken.None);
                Assert.Equal((dead, 300, 72), (series.Node, series.Step, series.Points.Length));
                Assert.All(series.Points, point => Assert.Equal(70, point.Max));
                Assert.Equal(2, series.Keepers.Length);
            }
        }
    }

    [Fact]
    public async Task D3_without_copies_it_is_said_who_is_down()
    {
        var echo = await _node.JoinAsync("echo-02");
        var dead = echo.State.NodeId;
        await echo.DisposeAsync();
        await _node.UntilAsync(view => view.Members.Any(member => member.Health == Health.Down));

        var refusal = await Assert.ThrowsAsync<PeerException>(() =>
            _node.Client.HistoryAsync(new HistoryQuery(dead, Metric.Cpu, s_now - 3_600, s_now, null), CancellationToken.None));

        Assert.Equal((502, ApiErrors.Unreachable), (refusal.Status, refusal.Code));
        Assert.Equal("echo-02 is down, and no other node has copies of its history", refusal.Message);
    }

    [Fact]
    public async Task D1_a_keeper_gets_what_it_has_missed_and_no_more_than_a_day()
    {
        await using var echo = await _node.JoinAsync("echo-02");
        Fill(_node, 20, TimeSpan.FromHours(30));
        await PushAsync(_node);
        var kept = echo.Services.GetRequiredService<HistoryStore>();
        Assert.Equal(288, Copies(kept).Length);

        // What was acknowledged is not sent again.
        Fill(_node, 90, TimeSpan.FromMinutes(10));
        await PushAsync(_node, s_now + 300);

        Assert.Equal(288, Copies(kept).Length);
        Assert.All(Copies(kept), point => Assert.Equal(20, point.Max));

        System.Collections.Immutable.ImmutableArray<HistoryPoint> Copies(HistoryStore store) =>
            store.Series(new HistoryQuery(_node.State.NodeId, Metric.Cpu, s_now - 172_800, s_now, 300))!.Points;
    }

    [Fact]
    public async Task D1_a_node_is_kept_copies_of_by_its_own_word_only()
    {
        await using var echo = await _node.JoinAsync("echo-02");
        var peers = echo.Services.GetRequiredService<IHistoryPeers>();
        var own = _node.Services.GetRequiredService<HistoryStore>();
        Fill(_node, 20, TimeSpan.FromMinutes(10));

        await peers.PushAsync(_node.State.NodeId, Push(s_now - 600, StoreFixture.Sample(99, 99)), CancellationToken.None);

        // Whoever signs is whom it is of: this node's own samples cannot be pushed from elsewhere.
        Assert.All(own.Series(Query(_node, Metric.Cpu, TimeSpan.FromMinutes(10), 300))!.Points, point => Assert.Equal(20, point.Max));
        Assert.Equal(99, own.Series(Query(echo, Metric.Cpu, TimeSpan.FromMinutes(10), 300))!.Points.Single().Max);
        var self = await RawRequest.Post(_node, "/metrics/history", $$"""{"v":1,"zone":"UTC","from":{{s_now}},"samples":""}""").SendAsync();
        Assert.Equal(400, self.Status);
    }

    [Fact]
    public async Task D1_a_malformed_push_is_refused_and_nothing_of_it_is_kept()
    {
        await using var echo = await _node.JoinAsync("echo-02");
        var peers = echo.Services.GetRequiredService<IHistoryPeers>();
        var good = Push(s_now - 600, StoreFixture.Sample(99, 99));
        foreach (var push in new[]
        {
            good with { From = s_now - 601 },
            good with { From = -300 },
            good with { Zone = "" },
            good with { Zone = "<b>Berlin</b>" },
            good with { Zone = new string('a', 65) },
            good with { Samples = good.Samples[..^4] },
            good with { Samples = "not base64!" },
            good with { Samples = Base64Url.EncodeToString(new byte[289 * PackedSample.Bytes]) },
        })
        {
            var refusal = await Assert.ThrowsAsync<PeerException>(() => peers.PushAsync(_node.State.NodeId, push, CancellationToken.None));
            Assert.Equal((400, Errors.Invalid), (refusal.Status, refusal.Code));
        }
        Assert.Null(_node.Services.GetRequiredService<HistoryStore>().Series(Query(echo, Metric.Cpu, TimeSpan.FromHours(1), null)));
    }

    [Fact]
    public async Task A_running_node_takes_samples_by_itself()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var store = _node.Services.GetRequiredService<HistoryStore>();
        HistorySeries series;
        do
        {
            await Task.Delay(200, limit.Token);
            var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
            series = store.Series(new HistoryQuery(_node.State.NodeId, Metric.Ram, now - 600, now, 10))!;
        }
        while (series.Points.IsEmpty);
        Assert.InRange(series.Points[0].Mean, 0.1, 100);
    }

    [Fact]
    public async Task The_command_line_shows_what_the_node_answers()
    {
        Fill(_node, 30, TimeSpan.FromHours(3));
        using var node = new LocalNode(_node.State, _node.Address, _node.Options.StateDir);
        Assert.Equal(36, (await node.HistoryAsync(Query(_node, Metric.Cpu, TimeSpan.FromHours(3), 300), CancellationToken.None)).Points.Length);
    }

    private static HistoryQuery Query(TestNode of, Metric metric, TimeSpan last, int? step) =>
        new(of.State.NodeId, metric, s_now - (long)last.TotalSeconds, s_now, step);

    private static HistoryPush Push(long from, byte[] samples) => new() { Zone = "UTC", From = from, Samples = Base64Url.EncodeToString(samples) };

    private static void Fill(TestNode node, double value, TimeSpan last)
    {
        var store = node.Services.GetRequiredService<HistoryStore>();
        for (var at = s_now - (long)last.TotalSeconds; at < s_now; at += 10)
            store.Record(at, StoreFixture.Sample(value, value));
    }

    private static Task PushAsync(TestNode node, long? end = null) =>
        node.Services.GetRequiredService<HistoryPusher>().PushAsync(end ?? s_now, CancellationToken.None);
}
