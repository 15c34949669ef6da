using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Api.Speed;
using Constella.Api.State;
using Constella.Core.Members;
using Constella.Core.Wire;
using Constella.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

namespace Constella.Tests.Speed;

/// <summary>Rules B on two whole nodes that exchange bytes over TLS.</summary>
public sealed class PeerSpeedTests : IAsyncLifetime
{
    private TestNode _alpha = null!;
    private TestNode _beta = null!;

    public async Task InitializeAsync()
    {
        _alpha = await TestNode.FoundAsync();
        _beta = await _alpha.JoinAsync("beta-02");
    }

    public async Task DisposeAsync()
    {
        await _beta.DisposeAsync();
        await _alpha.DisposeAsync();
    }

    [Fact]
    public async Task Both_directions_are_measured_where_the_bytes_arrive_and_both_ends_pay()
    {
        var run = await MeasureAsync(_alpha, Order(_alpha, _beta) with { Seconds = 2, Bytes = 40_000_000 });
        Assert.Equal((SpeedPhase.Done, null), (run.Phase, run.Detail));
        Assert.InRange(run.Down!.Mbps, 1, 100_000);
        Assert.InRange(run.Up!.Mbps, 1, 100_000);
        Assert.InRange(run.Moved, run.Down.Bytes + 1, 40_000_000);
        Assert.InRange(run.RttMs!.Value, 0.001, 1_000);
        Assert.Equal(run.Moved, (await _alpha.Client.SpeedAsync(_alpha.State.NodeId, CancellationToken.None)).Used);
        await UntilAsync(async () => (await StateOf(_beta)).Used is > 1_000_000 and <= 40_000_000);
        // What the other node has measured is its own; what it knows of this one is asked for.
        Assert.Empty((await StateOf(_beta)).Runs);
        Assert.Equal(run, (await _beta.Client.SpeedAsync(_alpha.State.NodeId, CancellationToken.None)).Runs[0]);
    }

    [Fact]
    public async Task The_bytes_of_a_test_are_its_end()
    {
        var run = await MeasureAsync(_alpha, Order(_alpha, _beta) with { Direction = SpeedDirection.Down, Bytes = 2_000_000, Seconds = 10 });
        Assert.Equal((SpeedPhase.Done, SpeedErrors.Bytes, null), (run.Phase, run.Down!.Cut, run.Up));
        Assert.InRange(run.Moved, 1_900_000, 2_000_000);
    }

    [Fact]
    public async Task The_seconds_of_a_test_are_its_end()
    {
        var begun = System.Diagnostics.Stopwatch.GetTimestamp();
        var run = await MeasureAsync(_alpha, Order(_alpha, _beta) with { Direction = SpeedDirection.Up, Seconds = 2, Bytes = 1_000_000_000_000 });
        // A loopback may use up the bytes that the settings allow before.
        Assert.Equal(SpeedPhase.Done, run.Phase);
        Assert.InRange(run.Moved, 1_000_000, 1_000_000_000);
        Assert.InRange(System.Diagnostics.Stopwatch.GetElapsedTime(begun).TotalSeconds, 0.5, 30);
    }

    [Fact]
    public async Task An_id_is_measured_once()
    {
        var order = Order(_alpha, _beta) with { Direction = SpeedDirection.Down, Bytes = 2_000_000 };
        var first = await MeasureAsync(_alpha, order);
        var again = await _alpha.Client.StartSpeedAsync(order, CancellationToken.None);
        Assert.Equal(first, Assert.Single(again.Runs));
        Assert.Equal(first.Moved, again.Used);
    }

    [Fact]
    public async Task One_test_at_a_time_at_either_end()
    {
        var order = Order(_alpha, _beta) with { Seconds = 4 };
        await _alpha.Client.StartSpeedAsync(order, CancellationToken.None);
        var second = await RefusedAsync(_alpha, Order(_alpha, _beta));
        Assert.Equal((409, ApiErrors.Busy), (second.Status, second.Code));
        await UntilAsync(async () => (await RunOf(_alpha, order.Id)).Phase is SpeedPhase.Down or SpeedPhase.Up);
        // The other end of one test begins no other.
        var third = await RefusedAsync(_beta, Order(_beta, _alpha));
        Assert.Equal((409, ApiErrors.Busy), (third.Status, third.Code));
        await UntilAsync(async () => (await RunOf(_alpha, order.Id)).IsOver);
        // Both are free again.
        Assert.Equal(SpeedPhase.Done, (await MeasureAsync(_beta, Order(_beta, _alpha) with { Direction = SpeedDirection.Down, Bytes = 1_000_000 })).Phase);
    }

    [Fact]
    public async Task The_month_s_bytes_are_a_bound_on_either_end()
    {
        await SetAsync(new Option(Options.SpeedMonthly, _beta.State.NodeId, "0"));
        var refused = await RefusedAsync(_beta, Order(_beta, _alpha));
        Assert.Equal((429, ApiErrors.Budget), (refused.Status, refused.Code));
        var run = await MeasureAsync(_alpha, Order(_alpha, _beta));
        Assert.Equal((SpeedPhase.Failed, ApiErrors.Budget, 0L), (run.Phase, run.Error, run.Moved));
        // What is left is all that is spent.
        await SetAsync(new Option(Options.SpeedMonthly, _beta.State.NodeId, "3MB"));
        run = await MeasureAsync(_alpha, Order(_alpha, _beta));
        Assert.Equal((SpeedPhase.Done, 3_000_000L), (run.Phase, run.Bytes));
        Assert.InRange(run.Moved, 1, 3_000_000);
    }

    [Fact]
    public async Task A_peer_that_vanishes_in_the_middle_ends_the_test_and_frees_the_place()
    {
        var gamma = await _alpha.JoinAsync("gamma-03");
        var order = Order(_alpha, _beta) with { Seconds = 8 };
        await SetAsync(new Option(Options.SpeedBytes, null, "100GB"), new Option(Options.SpeedMonthly, null, "1TB"));
        await _alpha.Client.StartSpeedAsync(order, CancellationToken.None);
        await UntilAsync(async () => (await RunOf(_alpha, order.Id)) is { Phase: SpeedPhase.Down, Moved: > 0 });
        await _beta.DisposeAsync();
        await UntilAsync(async () => (await RunOf(_alpha, order.Id)).IsOver);
        Assert.Equal((SpeedPhase.Failed, SpeedErrors.Broken), ((await RunOf(_alpha, order.Id)).Phase, (await RunOf(_alpha, order.Id)).Error));
        _beta = gamma;
        Assert.Equal(SpeedPhase.Done, (await MeasureAsync(_alpha, Order(_alpha, _beta) with { Direction = SpeedDirection.Down, Bytes = 1_000_000 })).Phase);
    }

    [Fact]
    public async Task The_other_end_that_makes_room_for_heartbeats_leaves_a_result()
    {
        var order = Order(_alpha, _beta) with { Seconds = 8 };
        await SetAsync(new Option(Options.SpeedBytes, null, "100GB"), new Option(Options.SpeedMonthly, null, "1TB"));
        await _alpha.Client.StartSpeedAsync(order, CancellationToken.None);
        await UntilAsync(async () => (await RunOf(_alpha, order.Id)) is { Phase: SpeedPhase.Down, Moved: > 0 });
        _beta.Services.GetRequiredService<SpeedSessions>().Find(_alpha.State.NodeId, order.Id)!.End(SpeedErrors.Heartbeats);
        await UntilAsync(async () => (await RunOf(_alpha, order.Id)).IsOver);
        var run = await RunOf(_alpha, order.Id);
        Assert.Equal((SpeedPhase.Done, SpeedErrors.Heartbeats, null), (run.Phase, run.Down!.Cut, run.Up));
    }

    [Fact]
    public async Task What_was_used_and_measured_survives_a_restart()
    {
        var run = await MeasureAsync(_alpha, Order(_alpha, _beta) with { Direction = SpeedDirection.Down, Bytes = 2_000_000 });
        var again = new SpeedStore(_alpha.Options.StateDir, new StateDisk(), TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        Assert.Equal(run.Moved, again.Book.UsedIn(again.Month));
        Assert.Equal(run, Assert.Single(again.Book.Runs));
        Assert.True(again.Book.Knows(run.Id));
    }

    [Theory]
    [InlineData("xyz", "internet", "id")]
    [InlineData("0123456789abcdef", "nobody", "with")]
    [InlineData("0123456789abcdef", "self", "itself")]
    public async Task An_order_that_makes_no_sense_is_refused_with_its_reason(string id, string with, string word)
    {
        var order = Order(_alpha, _beta) with { Id = id, With = with == "self" ? _alpha.State.NodeId : with };
        var refused = await RefusedAsync(_alpha, order);
        Assert.Equal(400, refused.Status);
        Assert.Contains(word, refused.Message, StringComparison.Ordinal);
        Assert.Equal(400, (await RefusedAsync(_alpha, Order(_alpha, _beta) with { Seconds = 1 })).Status);
        Assert.Equal(400, (await RefusedAsync(_alpha, Order(_alpha, _beta) with { Bytes = 1 })).Status);
        Assert.Equal(404, (await RefusedAsync(_alpha, Order(_alpha, _beta) with { With = "00000000000000ff" })).Status);
    }

    internal static SpeedOrder Order(TestNode at, TestNode with) => new()
    {
        Id = System.Security.Cryptography.RandomNumberGenerator.GetHexString(16, lowercase: true),
        Target = at.State.NodeId,
        With = with.State.NodeId,
    };

    internal static async Task<SpeedRun> MeasureAsync(TestNode node, SpeedOrder order)
    {
        await node.Client.StartSpeedAsync(order, CancellationToken.None);
        await UntilAsync(async () => (await RunOf(node, order.Id)).IsOver);
        return await RunOf(node, order.Id);
    }

    internal static async Task<SpeedRun> RunOf(TestNode node, string id) => (await StateOf(node)).Runs.Single(run => run.Id == id);

    internal static Task<SpeedState> StateOf(TestNode node) => node.Client.SpeedAsync(node.State.NodeId, CancellationToken.None);

    internal static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var end = DateTime.UtcNow.AddSeconds(40);
        while (!await holds())
        {
            Assert.True(DateTime.UtcNow < end, "waited in vain");
            await Task.Delay(50);
        }
    }

    internal static Task<PeerException> RefusedAsync(TestNode node, SpeedOrder order) =>
        Assert.ThrowsAsync<PeerException>(() => node.Client.StartSpeedAsync(order, CancellationToken.None));

    private async Task SetAsync(params Option[] options)
    {
        await _alpha.Client.ChangeSettingsAsync(new SettingsOrder { Options = [.. options] }, CancellationToken.None);
        await _beta.UntilAsync(view => options.All(view.Settings.Options.Contains));
    }
}
