using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Tests.Api;

/// <summary>A heartbeat alone makes no whole view: what readers see after it all the same.</summary>
public sealed class ViewTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.FoundAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task The_right_to_act_is_as_of_the_latest_heartbeat_L4()
    {
        for (var i = 0; i < 20; i++)
        {
            var before = _node.Cluster.Mono;

            var answer = await _node.Cluster.AskAsync(ticket => new Input.HeartbeatReceived(FromAStranger(i), ticket), CancellationToken.None);

            Assert.IsType<Answer.Beat>(answer);
            Assert.True(_node.Cluster.View.At >= before, "the view is older than what was answered");
        }
    }

    private static Heartbeat FromAStranger(int number) => new()
    {
        Vitals = new Vitals
        {
            Node = "00000000000000ff",
            Run = "00000000000000fe",
            Boot = "boot",
            Seq = number + 1,
            At = number,
            Incarnation = 1,
            Priority = 100,
            Term = Term.None,
            Digest = "",
            Cfg = Stamp.None,
            Settings = Stamp.None,
            Members = 1,
        },
    };
}
