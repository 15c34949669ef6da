using Constella.Api.Speed;
using Constella.Core.Cluster;
using Constella.Tests.Telegram;

namespace Constella.Tests.Speed;

/// <summary>Rule B5: heartbeats go first.</summary>
public sealed class HeartbeatGuardTests
{
    [Theory]
    [InlineData("suspect")]
    [InlineData("slow")]
    [InlineData("silent")]
    public async Task A_member_that_was_well_and_is_late_ends_a_test(string how)
    {
        var cluster = Cluster(Echo());
        using var over = new CancellationTokenSource();
        var ended = new TaskCompletionSource();
        var watch = new HeartbeatGuard(cluster, TimeProvider.System).WatchAsync(ended.SetResult, over.Token);
        cluster.ChangeMember("echo-02", member => how switch
        {
            "suspect" => member with { Health = Health.Suspect },
            "slow" => member with { RttMs = 900 },
            _ => member with { LastHeard = DateTimeOffset.UtcNow.AddSeconds(-4) },
        });
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await watch;
    }

    [Fact]
    public async Task One_that_was_late_before_and_one_that_is_well_end_none()
    {
        var cluster = Cluster(Echo() with { Health = Health.Down }, BotFixture.Member(BotFixture.Fox, "fox-03") with { LastHeard = DateTimeOffset.UtcNow.AddHours(1) });
        using var over = new CancellationTokenSource(TimeSpan.FromMilliseconds(700));
        var ended = false;
        await new HeartbeatGuard(cluster, TimeProvider.System).WatchAsync(() => ended = true, over.Token);
        Assert.False(ended);
    }

    // Heard in the future: the test takes its time.
    private static MemberView Echo() => BotFixture.Member(BotFixture.Echo, "echo-02") with { LastHeard = DateTimeOffset.UtcNow.AddHours(1) };

    private static FakeCluster Cluster(params MemberView[] others) => new([BotFixture.Member(BotFixture.Alpha, "alpha-01", self: true), .. others]);
}
