using System.Net;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Api.Speed;
using Constella.Core;
using Constella.Core.Members;
using Constella.Core.Wire;
using Constella.Tests.Api;

namespace Constella.Tests.Speed;

/// <summary>Rule B6 against servers that behave, and against servers that do not.</summary>
public sealed class InternetSpeedTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.FoundAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task Files_are_read_one_after_the_other_until_the_time_is_over()
    {
        // 2 connections with 2 MB/s each: 32 Mbit/s, less what the timers lose.
        using var server = new FileServer((_, socket, stop) => FileServer.FileAsync(socket, 1_048_576, stop, perSecond: 2_000_000));
        var run = await MeasureAsync(3, server.Url());
        Assert.Equal((SpeedPhase.Done, null, null), (run.Phase, run.Detail, run.Up));
        Assert.InRange(run.Down!.Mbps, 0.5, 60);
        Assert.InRange(run.Down.Seconds, 0.5, 3.5);
        Assert.InRange(server.Requests, 3, 20);
        Assert.Equal(run.Moved, run.Down.Bytes);
        Assert.Equal(run.Moved, (await PeerSpeedTests.StateOf(_node)).Used);
    }

    [Fact]
    public async Task The_bytes_are_a_bound_on_what_a_server_may_send()
    {
        using var server = new FileServer((_, socket, stop) => FileServer.FileAsync(socket, 500_000_000, stop));
        var run = await MeasureAsync(10, server.Url(), bytes: 4_000_000);
        Assert.Equal((SpeedPhase.Done, SpeedErrors.Bytes), (run.Phase, run.Down!.Cut));
        // A chunk more per connection, at the most.
        Assert.InRange(run.Moved, 4_000_000, 4_000_000 + (SpeedPass.Streams * Noise.Chunk));
    }

    [Fact]
    public async Task A_server_that_stalls_ends_with_the_time()
    {
        using var server = new FileServer(async (_, socket, stop) =>
        {
            await FileServer.HeadAsync(socket, 1_000_000);
            await socket.SendAsync(new byte[1_000], stop);
            await Task.Delay(Timeout.Infinite, stop);
        });
        var run = await MeasureAsync(2, server.Url());
        Assert.Equal(SpeedPhase.Done, run.Phase);
        Assert.InRange(run.Moved, 1_000, 2_000);
        Assert.InRange(run.Down!.Mbps, 0, 1);
    }

    [Fact]
    public async Task One_address_that_works_is_enough()
    {
        using var broken = new FileServer((_, socket, _) => FileServer.StatusAsync(socket, "500 Internal Server Error"));
        using var good = new FileServer((_, socket, stop) => FileServer.FileAsync(socket, 5_000_000, stop));
        var run = await MeasureAsync(10, $"{broken.Url()} {good.Url()}", bytes: 2_000_000);
        Assert.Equal(SpeedPhase.Done, run.Phase);
        Assert.True(broken.Requests > 0);
    }

    [Theory]
    [InlineData("/500", "status 500")]
    [InlineData("/404", "status 404")]
    [InlineData("/short", "broke")]
    [InlineData("/nothing", "answers with nothing")]
    [InlineData("/circle", "redirects more than 5 times")]
    [InlineData("/elsewhere", "redirects into a private network")]
    [InlineData("/file", "neither http nor https")]
    [InlineData("/garbage", "127.0.0.1: ")]
    public async Task What_gives_nothing_is_told_with_its_reason(string path, string reason)
    {
        using var server = new FileServer(MisbehaveAsync);
        var run = await MeasureAsync(5, server.Url(path));
        Assert.Equal((SpeedPhase.Failed, SpeedErrors.Broken), (run.Phase, run.Error));
        Assert.Contains(reason, run.Detail, StringComparison.Ordinal);
        Assert.InRange(server.Requests, 1, (Limits.SpeedRedirects + 1) * SpeedPass.Streams);
        // The place is free again.
        Assert.Equal(SpeedPhase.Failed, (await MeasureAsync(2, server.Url("/500"))).Phase);
    }

    [Fact]
    public async Task A_redirect_on_the_same_server_is_followed()
    {
        using var server = new FileServer((path, socket, stop) => path == "/moved"
            ? FileServer.StatusAsync(socket, "302 Found", "Location: /file\r\n")
            : FileServer.FileAsync(socket, 5_000_000, stop));
        Assert.Equal(SpeedPhase.Done, (await MeasureAsync(10, server.Url("/moved"), bytes: 2_000_000)).Phase);
    }

    [Fact]
    public async Task Where_nobody_listens_it_says_so()
    {
        var run = await MeasureAsync(2, $"http://127.0.0.1:{TestNode.FreePort()}/");
        Assert.Contains("takes a connection", run.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_down_is_measured()
    {
        var refused = await Assert.ThrowsAsync<PeerException>(() => _node.Client.StartSpeedAsync(Order() with { Direction = SpeedDirection.Up }, CancellationToken.None));
        Assert.Equal(400, refused.Status);
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("198.51.100.7", true)]
    [InlineData("::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("::ffff:10.0.0.1", false)]
    [InlineData("2001:db8::1", true)]
    public void Where_a_redirect_may_lead(string address, bool allowed) => Assert.Equal(allowed, InternetTest.IsPublic(IPAddress.Parse(address)));

    private static Task MisbehaveAsync(string path, System.Net.Sockets.Socket socket, CancellationToken stop) => path switch
    {
        "/500" => FileServer.StatusAsync(socket, "500 Internal Server Error"),
        "/404" => FileServer.StatusAsync(socket, "404 Not Found"),
        "/short" => FileServer.WriteAsync(socket, "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\nConnection: close\r\n\r\nnot all of it"),
        "/nothing" => FileServer.HeadAsync(socket, 0),
        "/circle" => FileServer.StatusAsync(socket, "302 Found", "Location: /circle\r\n"),
        "/elsewhere" => FileServer.StatusAsync(socket, "307 Temporary Redirect", $"Location: http://localhost:{((IPEndPoint)socket.LocalEndPoint!).Port}/500\r\n"),
        "/file" => FileServer.StatusAsync(socket, "301 Moved Permanently", "Location: file:///etc/passwd\r\n"),
        _ => FileServer.WriteAsync(socket, "this is no HTTP\r\n\r\n"),
    };

    private SpeedOrder Order() => new()
    {
        Id = System.Security.Cryptography.RandomNumberGenerator.GetHexString(16, lowercase: true),
        Target = _node.State.NodeId,
        With = SpeedRun.Internet,
    };

    private async Task<SpeedRun> MeasureAsync(int seconds, string urls, long? bytes = null)
    {
        await _node.Client.ChangeSettingsAsync(new SettingsOrder { Options = [new Option(Options.SpeedUrls, null, urls)] }, CancellationToken.None);
        return await PeerSpeedTests.MeasureAsync(_node, Order() with { Seconds = seconds, Bytes = bytes });
    }
}
