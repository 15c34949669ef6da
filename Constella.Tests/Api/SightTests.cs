using Constella.Api.Cli.Doctor;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Core.Cluster;

namespace Constella.Tests.Api;

/// <summary>What a node tells of how it sees the others, and what others see of it.</summary>
public sealed class SightTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.FoundAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task The_network_as_another_node_sees_it_is_relayed()
    {
        await using var echo = await _node.JoinAsync("echo-02");
        await echo.UntilAsync(view => view.Members.Any(member => member is { IsSelf: false, RttMs: not null }));

        var seen = await _node.Client.PeersOfAsync(echo.State.NodeId, CancellationToken.None);

        Assert.Equal((echo.State.NodeId, "echo-02"), (seen.NodeId, seen.Name));
        var me = seen.Peers.Single(peer => peer.NodeId == _node.State.NodeId);
        Assert.False(me.IsSelf);
        Assert.NotEqual(Health.Down, me.Health);
        Assert.NotNull(me.RttMs);
        // One clock for both: what is left is how long an answer lay about.
        Assert.InRange(me.ClockOffsetMs!.Value, -10_000, 10_000);
    }

    [Theory]
    [InlineData("00000000000000ff", 404, ApiErrors.NotFound)]
    [InlineData("echo", 400, "invalid")]
    public async Task Whoever_is_no_member_is_not_asked(string target, int status, string code)
    {
        var refusal = await Assert.ThrowsAsync<PeerException>(() => _node.Client.PeersOfAsync(target, CancellationToken.None));

        Assert.Equal((status, code), (refusal.Status, refusal.Code));
    }

    [Fact]
    public async Task The_certificate_of_a_running_node_is_believed_and_that_of_another_network_is_not()
    {
        var good = await CertificateCheck.LookAsync(_node.Address, _node.State, TimeProvider.System, CancellationToken.None);
        var foreign = await CertificateCheck.LookAsync(
            _node.Address, _node.State with { NetworkSecret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" }, TimeProvider.System, CancellationToken.None);
        var old = await CertificateCheck.LookAsync(_node.Address, _node.State, new ShiftedTime { Offset = TimeSpan.FromDays(40) }, CancellationToken.None);

        Assert.Equal(Verdict.Ok, good.Verdict);
        Assert.StartsWith("0 d old, good until ", good.Text, StringComparison.Ordinal);
        Assert.Equal((Verdict.Wrong, Verdict.Wrong), (foreign.Verdict, old.Verdict));
    }
}
