using System.Net;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Api.Speed;
using Constella.Api.Tls;
using Constella.Core.Speed;
using Constella.Core.Wire;
using Constella.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

namespace Constella.Tests.Speed;

/// <summary>A node holds its own budgets and refusals, whatever the other end of a test does or says.</summary>
public sealed class OtherEndTests : IAsyncLifetime
{
    private const string Test = "00000000000000aa";

    private TestNode _alpha = null!;
    private TestNode _beta = null!;
    private PeerStreams _streams = null!;

    public async Task InitializeAsync()
    {
        _alpha = await TestNode.FoundAsync();
        _beta = await _alpha.JoinAsync("beta-02");
        _streams = Streams(_alpha, _beta);
    }

    public async Task DisposeAsync()
    {
        _streams.Dispose();
        await _beta.DisposeAsync();
        await _alpha.DisposeAsync();
    }

    [Fact]
    public async Task A_machine_whose_own_configuration_forbids_it_takes_part_in_no_test()
    {
        await using var gamma = await _alpha.JoinAsync("gamma-03", options => options with { SpeedTest = false });
        var refused = await PeerSpeedTests.RefusedAsync(gamma, PeerSpeedTests.Order(gamma, _alpha));
        Assert.Equal((403, ApiErrors.Refused), (refused.Status, refused.Code));
        Assert.Contains("CONSTELLA_SPEED_TEST", (await PeerSpeedTests.StateOf(gamma)).Refused, StringComparison.Ordinal);
        var run = await PeerSpeedTests.MeasureAsync(_alpha, PeerSpeedTests.Order(_alpha, gamma));
        Assert.Equal((SpeedPhase.Failed, ApiErrors.Refused, 0L), (run.Phase, run.Error, run.Moved));
    }

    [Fact]
    public async Task Who_sends_more_than_was_granted_is_cut_off()
    {
        _beta.Services.GetRequiredService<SpeedSessions>().Grace = TimeSpan.FromMilliseconds(200);
        await OfferAsync(seconds: 1, bytes: 1_000_000);
        await Assert.ThrowsAsync<SpeedException>(() => _streams.SendAsync(Test, 50_000_000, _ => { }, CancellationToken.None));
        await FreeAsync();
        Assert.InRange((await PeerSpeedTests.StateOf(_beta)).Used, 0, 1_300_000);
    }

    [Fact]
    public async Task Who_wants_more_than_was_granted_is_refused_and_from_several_connections_cut_off()
    {
        await OfferAsync(seconds: 10, bytes: 1_000_000);
        var refused = await Assert.ThrowsAsync<SpeedException>(() => _streams.ReceiveAsync(Test, 2_000_000, _ => { }, CancellationToken.None));
        Assert.Contains("400", refused.Message, StringComparison.Ordinal);
        var received = 0L;
        await Assert.ThrowsAnyAsync<Exception>(() => Task.WhenAll(Enumerable.Range(0, 3).Select(_ => _streams.ReceiveAsync(Test, 900_000, read => Interlocked.Add(ref received, read), CancellationToken.None))));
        Assert.InRange(received, 0, 1_000_000);
        await FreeAsync();
    }

    [Fact]
    public async Task Who_keeps_a_test_open_is_cut_off_when_its_time_is_over()
    {
        _beta.Services.GetRequiredService<SpeedSessions>().Grace = TimeSpan.FromMilliseconds(200);
        await OfferAsync(seconds: 1, bytes: 1_000_000_000);
        // Connected, and silent after the first bytes.
        using var never = new CancellationTokenSource();
        var stalled = _streams.ReceiveAsync(Test, 500_000_000, _ => never.Token.WaitHandle.WaitOne(), CancellationToken.None);
        await FreeAsync();
        await never.CancelAsync();
        await Assert.ThrowsAsync<SpeedException>(() => stalled);
    }

    [Fact]
    public async Task Without_an_offer_of_ones_own_there_is_no_stream()
    {
        var refused = await Assert.ThrowsAsync<SpeedException>(() => _streams.ReceiveAsync(Test, 1_000, _ => { }, CancellationToken.None));
        Assert.Contains("404", refused.Message, StringComparison.Ordinal);
        await OfferAsync(seconds: 2, bytes: 1_000_000);
        await using var gamma = await _alpha.JoinAsync("gamma-03");
        await _beta.UntilAsync(view => view.Members.Length == 3);
        using var others = Streams(gamma, _beta);
        refused = await Assert.ThrowsAsync<SpeedException>(() => others.ReceiveAsync(Test, 1_000, _ => { }, CancellationToken.None));
        Assert.Contains("404", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/speed/stream?test=00000000000000aa&bytes=1000")]
    [InlineData("POST", "/speed/stream?test=00000000000000aa")]
    [InlineData("POST", "/speed")]
    [InlineData("POST", "/speed/offer")]
    public async Task Who_has_not_signed_gets_nothing(string method, string path)
    {
        await OfferAsync(seconds: 10, bytes: 1_000_000);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_beta.Address, path));
        if (method == "POST")
            request.Content = new ByteArrayContent(new byte[100]);
        using var answer = await http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
        Assert.Equal(0, _beta.Services.GetRequiredService<SpeedSessions>().Find(_alpha.State.NodeId, Test)!.Moved);
    }

    [Fact]
    public async Task A_count_that_cannot_be_is_no_result()
    {
        await using var liar = await TestNode.FoundAsync(services => services.AddSingleton<ISpeedPeers>(s => new Liar(s.GetRequiredService<PeerClients>())));
        await liar.UntilAsync(view => view.IsHost);
        await using var honest = await liar.JoinAsync("beta-02");
        var run = await PeerSpeedTests.MeasureAsync(liar, PeerSpeedTests.Order(liar, honest) with { Direction = SpeedDirection.Up, Bytes = 3_000_000 });
        Assert.Equal((SpeedPhase.Failed, SpeedErrors.Count, null), (run.Phase, run.Error, run.Up));
    }

    [Theory]
    [InlineData(10_000_000, 9_000_000, 3_000, true)]
    [InlineData(9_990_000, 8_000_000, 2_000, true)]
    [InlineData(10_200_000, 9_000_000, 3_000, false)]
    [InlineData(10_000_000, 10_000_001, 3_000, false)]
    [InlineData(10_000_000, 9_000_000, 1, false)]
    [InlineData(10_000_000, 9_000_000, -1, false)]
    [InlineData(-1, 0, 3_000, false)]
    [InlineData(10_000_000, 9_000_000, 60_000, false)]
    public void Counts_are_held_against_what_was_sent(long received, long bytes, long milliseconds, bool good)
    {
        var sent = new SpeedMeter();
        for (var at = 0; at <= 5_000; at += 500)
            sent.Add(at == 0 ? 0 : 1_000_000, at);
        Assert.Equal(good, PeerTest.Wrong(new SpeedCount(received, bytes, milliseconds, null), sent) is null);
    }

    private static PeerStreams Streams(TestNode from, TestNode to) => new(
        from.State.NodeId, to.State.NodeId, new Uri($"https://{to.Options.Listen}"),
        from.Services.GetRequiredService<NetworkKeys>(), from.Services.GetRequiredService<TargetBook>(), from.Services.GetRequiredService<PeerTrust>());

    private async Task OfferAsync(int seconds, long bytes)
    {
        var grant = await _alpha.Services.GetRequiredService<ISpeedPeers>().OfferAsync(
            _beta.State.NodeId, new SpeedOffer { Test = Test, Seconds = seconds, Bytes = bytes }, CancellationToken.None);
        Assert.Equal(new SpeedGrant(Test, seconds, bytes), grant);
    }

    private Task FreeAsync() => PeerSpeedTests.UntilAsync(() => Task.FromResult(_beta.Services.GetRequiredService<SpeedSessions>().Find(_alpha.State.NodeId, Test) is null));

    /// <summary>The other end tells that it received more than it was sent.</summary>
    private sealed class Liar(ISpeedPeers peers) : ISpeedPeers
    {
        public Task<SpeedGrant> OfferAsync(string node, SpeedOffer offer, CancellationToken cancellation) => peers.OfferAsync(node, offer, cancellation);

        public async Task<SpeedCount> CloseAsync(string node, SpeedEnd end, CancellationToken cancellation) =>
            await peers.CloseAsync(node, end, cancellation) is var count ? count with { Received = count.Received * 10, Bytes = count.Received * 9 } : null!;
    }
}
