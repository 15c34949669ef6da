using Constella.Api.Endpoints;
using Constella.Api.Host;
using Constella.Api.Peers;
using Constella.Core.Members;
using Constella.Core.Traffic;
using Constella.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

namespace Constella.Tests.Traffic;

/// <summary><c>GET /traffic</c> on whole nodes.</summary>
public sealed class TrafficApiTests : IAsyncLifetime
{
    private readonly Counters _counters = new();
    private TestNode _node = null!;

    public async Task InitializeAsync()
    {
        _node = await TestNode.FoundAsync(services => services.AddSingleton<IUplinks>(_counters));
        await _node.UntilAsync(view => view.IsHost);
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_node_answers_for_itself_with_what_was_set_for_it()
    {
        await SetAsync((Options.TrafficQuota, "1GB"), (Options.TrafficCount, "out"), (Options.BillExpires, "2099-12-24"), (Options.BillPrice, "4.50 EUR"));
        _ = await TrafficAsync();
        (_counters.Received, _counters.Sent) = (_counters.Received + 700, _counters.Sent + 250_000_000);
        var report = await TrafficAsync();
        Assert.Equal((700, 250_000_000, 250_000_000, 25), (report.Month.Received, report.Month.Sent, report.Month.Used, report.Percent));
        Assert.Equal((1_000_000_000, TrafficCount.Out, new DateOnly(2099, 12, 24), "4.50 EUR"), (report.Quota, report.Count, report.Bill.Expires, report.Bill.Price));
        await _node.UntilAsync(view => view.Members[0].Traffic is not null);
    }

    [Fact]
    public async Task A_call_about_another_node_is_relayed_once()
    {
        await using var echo = await _node.JoinAsync("echo-02");
        var report = await _node.Client.TrafficAsync(echo.State.NodeId, CancellationToken.None);
        Assert.Equal((echo.State.NodeId, "echo-02"), (report.NodeId, report.Name));
        var again = await RawRequest.Get(_node, $"/traffic?target={echo.State.NodeId}&relayed=true").SendAsync();
        Assert.Equal(421, again.Status);
    }

    [Theory]
    [InlineData("00000000000000ff", 404)]
    [InlineData("nobody", 400)]
    public async Task A_target_that_is_none_is_refused(string target, int status)
    {
        var refused = await Assert.ThrowsAsync<PeerException>(() => _node.Client.TrafficAsync(target, CancellationToken.None));
        Assert.Equal(status, refused.Status);
    }

    [Fact]
    public async Task Without_a_signature_nothing_is_told() =>
        Assert.Equal(401, (await (RawRequest.Get(_node, "/traffic") with { Signed = false }).SendAsync()).Status);

    private Task<Constella.Api.Traffic.TrafficReport> TrafficAsync() => _node.Client.TrafficAsync(_node.State.NodeId, CancellationToken.None);

    private Task SetAsync(params (string Key, string Value)[] options) => _node.Client.ChangeSettingsAsync(
        new SettingsOrder { Options = [.. options.Select(option => new Option(option.Key, _node.State.NodeId, option.Value))] }, CancellationToken.None);

    private sealed class Counters : IUplinks
    {
        public long Received { get; set; } = 1_000;

        public long Sent { get; set; } = 1_000;

        public (UplinkReading? Reading, string? Why) Read() => (new UplinkReading("boot", [new Uplink("eth0", Received, Sent)]), null);
    }
}
