using System.Net;
using System.Security.Cryptography;
using System.Text;
using Constella.Api.Cli.Founding;
using Constella.Api.Endpoints;
using Constella.Core.Signing;
using Constella.Core.Wire;

namespace Constella.Tests.Api;

/// <summary>Each refusal is clear, and leaves the state file, the view and the invites as they were.</summary>
public sealed class RefusalTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.FoundAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_member_of_a_foreign_network_gets_a_bare_401()
    {
        await using var foreign = await TestNode.FoundAsync("other-01");
        var request = RawRequest.Get(_node, "/peers") with { Keys = new KeyRing(foreign.State.NetworkSecret, 1), From = foreign.State.NodeId };
        await IsBareAsync(request);
    }

    [Theory]
    [InlineData(-300)]
    [InlineData(300)]
    public async Task A_raw_request_with_a_clock_off_by_five_minutes_is_refused_and_told_the_time(int seconds)
    {
        var before = _node.Fingerprint();
        var answer = await (RawRequest.Get(_node, "/peers") with { At = DateTimeOffset.UtcNow.AddSeconds(seconds) }).SendAsync();

        Assert.Equal(401, answer.Status);
        Assert.Equal(ApiErrors.ClockOff, answer.Code);
        Assert.True(answer.IsSigned);
        Assert.Equal(before, _node.Fingerprint());
    }

    [Fact]
    public async Task A_replayed_request_is_refused()
    {
        var request = RawRequest.Get(_node, "/peers") with { Run = _node.Cluster.View.Run };
        Assert.Equal(200, (await request.SendAsync()).Status);
        var before = _node.Fingerprint();

        var answer = await request.SendAsync();

        Assert.Equal(409, answer.Status);
        Assert.Equal(ApiErrors.Replayed, answer.Code);
        Assert.Equal(before, _node.Fingerprint());
    }

    [Fact]
    public async Task A_request_for_another_node_is_refused()
    {
        var before = _node.Fingerprint();
        var answer = await (RawRequest.Get(_node, "/peers") with { To = Identity.NewId() }).SendAsync();

        Assert.Equal(421, answer.Status);
        Assert.Equal(ApiErrors.WrongTarget, answer.Code);
        Assert.Equal(before, _node.Fingerprint());
    }

    [Fact]
    public async Task A_request_for_another_run_of_this_node_is_refused()
    {
        var answer = await (RawRequest.Get(_node, "/peers") with { Run = Identity.NewId() }).SendAsync();

        Assert.Equal(409, answer.Status);
        Assert.Equal(ApiErrors.WrongRun, answer.Code);
    }

    [Fact]
    public async Task A_request_of_one_who_is_no_member_is_refused()
    {
        var answer = await (RawRequest.Get(_node, "/peers") with { From = Identity.NewId() }).SendAsync();

        Assert.Equal(403, answer.Status);
        Assert.Equal(Errors.NotMember, answer.Code);
        Assert.True(answer.IsSigned);
    }

    [Theory]
    [InlineData("GET", "/peers")]
    [InlineData("GET", "/stats")]
    [InlineData("POST", "/heartbeat")]
    [InlineData("POST", "/reboot")]
    [InlineData("POST", "/leave")]
    [InlineData("GET", "/invites")]
    [InlineData("POST", "/invites")]
    [InlineData("DELETE", "/invites/0123456789abcdef0123456789abcdef")]
    [InlineData("GET", "/settings")]
    [InlineData("PATCH", "/settings")]
    [InlineData("PATCH", "/self")]
    public async Task An_unsigned_request_gets_a_bare_401(string method, string path) =>
        await IsBareAsync(new RawRequest(_node, new HttpMethod(method), path, method is "GET" or "DELETE" ? null : "{}"u8.ToArray()) { Signed = false });

    [Fact]
    public async Task A_body_that_is_not_the_signed_one_gets_a_bare_401()
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Patch, new Uri(_node.Address, "/settings")) { Content = new StringContent("{}", Encoding.UTF8, "application/json") };
        var signed = RequestSigner.Sign(
            new KeyRing(_node.State.NetworkSecret, 1), new RequestParts("PATCH", "/settings", "{\"owner_id\":7}"u8.ToArray()),
            _node.State.NodeId, _node.State.NodeId, null, DateTimeOffset.UtcNow, RandomNumberGenerator.GetBytes(16));
        foreach (var (name, value) in signed.Headers)
            request.Headers.TryAddWithoutValidation(name, value);
        using var response = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task A_body_of_one_megabyte_is_refused_before_it_is_hashed()
    {
        var before = _node.Fingerprint();
        var answer = await (new RawRequest(_node, HttpMethod.Post, "/heartbeat", new byte[1024 * 1024])).SendAsync();

        Assert.Equal(413, answer.Status);
        Assert.Equal(ApiErrors.TooLarge, answer.Code);
        Assert.Equal(before, _node.Fingerprint());
    }

    [Fact]
    public async Task A_body_of_one_megabyte_is_refused_at_the_unsigned_door_too()
    {
        var answer = await (new RawRequest(_node, HttpMethod.Post, "/join", new byte[1024 * 1024]) { Signed = false }).SendAsync();
        Assert.Equal(413, answer.Status);
        Assert.Equal(ApiErrors.TooLarge, answer.Code);
    }

    [Theory]
    [InlineData("/heartbeat", "{\"vitals\":{\"v\":1,\"node\":\"")]
    [InlineData("/heartbeat", "{}")]
    [InlineData("/heartbeat", "{\"vitals\":null}")]
    [InlineData("/heartbeat", "[]")]
    [InlineData("/heartbeat", "null")]
    [InlineData("/reboot", "{\"id\":")]
    [InlineData("/reboot", "{\"id\":\"x\",\"target\":\"y\",\"term\":{}}")]
    [InlineData("/invites", "{\"ttl_seconds\":\"soon\"}")]
    [InlineData("/invites", "{\"ttl_seconds\":1}")]
    [InlineData("/reboot", "\u0000\u0001")]
    public async Task Half_written_or_wrong_json_is_refused_as_malformed(string path, string body)
    {
        var before = _node.Fingerprint();
        var answer = await RawRequest.Post(_node, path, body).SendAsync();

        Assert.Equal(400, answer.Status);
        Assert.Equal(Errors.Invalid, answer.Code);
        Assert.True(answer.IsSigned);
        Assert.Equal(before, _node.Fingerprint());
    }

    [Theory]
    [InlineData("t")]
    [InlineData("fals")]
    [InlineData("nul")]
    public async Task A_body_that_breaks_off_within_a_word_is_refused_however_long_it_is(string word)
    {
        foreach (var length in new[] { 10, 4_050, 4_096, 9_000 })
        {
            var answer = await RawRequest.Post(_node, "/invites", "{\"ttl_seconds\":60,\"more\":\"" + new string('x', length) + "\",\"a\":" + word).SendAsync();
            Assert.Equal((400, length), (answer.Status, length));
        }
    }

    [Fact]
    public async Task Half_written_json_is_refused_at_the_unsigned_door_too()
    {
        var answer = await (RawRequest.Post(_node, "/join", "{\"invite\":\"") with { Signed = false }).SendAsync();
        Assert.Equal(400, answer.Status);
        Assert.Equal(Errors.Invalid, answer.Code);
    }

    [Theory]
    [InlineData("GET", "/nothing", 404, ApiErrors.NotFound)]
    [InlineData("DELETE", "/peers", 405, ApiErrors.Method)]
    [InlineData("GET", "/join", 405, ApiErrors.Method)]
    public async Task What_does_not_exist_is_said_to_be_so(string method, string path, int status, string code)
    {
        var answer = await new RawRequest(_node, new HttpMethod(method), path).SendAsync();
        Assert.Equal(status, answer.Status);
        Assert.Equal(code, answer.Code);
    }

    [Fact]
    public async Task Another_media_type_is_refused()
    {
        var answer = await (RawRequest.Post(_node, "/reboot", "{}") with { Media = "text/plain" }).SendAsync();
        Assert.Equal(415, answer.Status);
        Assert.Equal(ApiErrors.MediaType, answer.Code);
    }

    [Theory]
    [InlineData("/stats?target=zzz", 400, Errors.Invalid)]
    [InlineData("/stats?target=0123456789abcdef", 404, ApiErrors.NotFound)]
    [InlineData("/stats?target=0123456789abcdef&relayed=true", 421, ApiErrors.NotHere)]
    [InlineData("/stats?relayed=perhaps", 400, Errors.Invalid)]
    public async Task A_target_that_is_none_is_refused(string path, int status, string code)
    {
        var answer = await RawRequest.Get(_node, path).SendAsync();
        Assert.Equal(status, answer.Status);
        Assert.Equal(code, answer.Code);
    }

    private async Task IsBareAsync(RawRequest request)
    {
        var before = _node.Fingerprint();
        var answer = await request.SendAsync();
        Assert.Equal(401, answer.Status);
        Assert.Empty(answer.Body);
        Assert.Null(answer.Media);
        Assert.False(answer.IsSigned);
        Assert.Equal(before, _node.Fingerprint());
    }
}
