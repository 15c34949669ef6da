using System.Security.Cryptography;
using Constella.Api.Cli.Founding;
using Constella.Api.Endpoints;
using Constella.Core.Joining;
using Constella.Core.Signing;
using Constella.Core.Wire;

namespace Constella.Tests.Api;

/// <summary>Each link that opens nothing is refused, and leaves the state file, the view and the invites as they were.</summary>
public sealed class JoinRefusalTests : IAsyncLifetime
{
    private TestNode _node = null!;

    public async Task InitializeAsync() => _node = await TestNode.FoundAsync();

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task A_wrong_token_is_refused_without_a_hint()
    {
        var link = await _node.LinkAsync();
        var wrong = JoinLink.Mint(link.Seed, link.NetworkId, RandomNumberGenerator.GetBytes(32), link.Ttl);
        var before = _node.Fingerprint();

        var answer = await JoinRawAsync(wrong);

        Assert.Equal(403, answer.Status);
        Assert.Equal(Errors.LinkRefused, answer.Code);
        Assert.Equal(before, _node.Fingerprint());
    }

    [Fact]
    public async Task A_proof_by_another_token_under_a_known_invite_gets_the_same_refusal()
    {
        var link = await _node.LinkAsync();
        var other = JoinLink.Mint(link.Seed, link.NetworkId, RandomNumberGenerator.GetBytes(32), link.Ttl);
        var unknown = await JoinRawAsync(other);
        var forged = await JoinRawAsync(other, request => request with { Invite = JoinExchange.Derive(link.TokenBytes).Id });

        Assert.Equal(unknown.Status, forged.Status);
        Assert.Equal(unknown.Text, forged.Text);
    }

    [Fact]
    public async Task A_used_token_is_refused_with_the_reason_sealed()
    {
        var link = await _node.LinkAsync();
        await TestNode.RedeemAsync(link, TestNode.FreshOptions("echo-02"));
        await _node.UntilAsync(view => view.Members.Length == 2);
        var before = _node.Fingerprint();

        var content = await JoinSealedAsync(link, "fox-03");

        Assert.Equal(Errors.LinkUsed, content.Error);
        Assert.NotNull(content.Detail);
        Assert.Null(content.NetworkSecret);
        Assert.Equal(before, _node.Fingerprint());
    }

    [Fact]
    public async Task An_expired_token_is_refused_with_the_reason_sealed()
    {
        var link = await _node.LinkAsync(TimeSpan.FromMinutes(1));
        _node.Time.Offset = TimeSpan.FromSeconds(61);
        var before = _node.Fingerprint();

        var content = await JoinSealedAsync(link, "fox-03");

        Assert.Equal(Errors.LinkExpired, content.Error);
        Assert.NotNull(content.Detail);
        Assert.Equal(before, _node.Fingerprint());
    }

    [Fact]
    public async Task A_link_that_names_a_foreign_network_is_refused()
    {
        var link = await _node.LinkAsync() with { NetworkId = Identity.NewId() };
        var before = _node.Fingerprint();

        var content = await JoinSealedAsync(link, "fox-03");

        Assert.Equal(Errors.Invalid, content.Error);
        Assert.Equal(before, _node.Fingerprint());
    }

    [Fact]
    public async Task A_taken_name_is_refused_with_the_reason_sealed()
    {
        var link = await _node.LinkAsync();
        var before = _node.Fingerprint();

        var content = await JoinSealedAsync(link, "alpha-01");

        Assert.Equal(Errors.NameTaken, content.Error);
        Assert.Equal(before, _node.Fingerprint());
    }

    private static readonly byte[] PrivateKey = RandomNumberGenerator.GetBytes(32);

    private static JoinRequest Ask(JoinLink link, string name) => JoinExchange.Ask(
        new JoinRequest
        {
            Invite = "",
            Key = "",
            NodeKey = SecretBox.PublicOf(SecretBox.Text(PrivateKey)),
            Mac = "",
            NetworkId = link.NetworkId,
            NodeId = Identity.NewId(),
            Name = name,
            Addr = $":{TestNode.FreePort()}",
            Nonce = System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(16)),
        },
        new JoinerSecrets(link.TokenBytes, PrivateKey));

    private async Task<RawAnswer> JoinRawAsync(JoinLink link, Func<JoinRequest, JoinRequest>? change = null)
    {
        var request = (change ?? (same => same))(Ask(link, "fox-03"));
        var body = System.Text.Json.JsonSerializer.Serialize(request, ApiJson.Default.JoinRequest);
        return await (RawRequest.Post(_node, "/join", body) with { Signed = false }).SendAsync();
    }

    private async Task<JoinContent> JoinSealedAsync(JoinLink link, string name)
    {
        var request = Ask(link, name);
        var body = System.Text.Json.JsonSerializer.Serialize(request, ApiJson.Default.JoinRequest);
        var answer = await (RawRequest.Post(_node, "/join", body) with { Signed = false }).SendAsync();
        Assert.Equal(200, answer.Status);
        var sealedAnswer = System.Text.Json.JsonSerializer.Deserialize(answer.Body, ApiJson.Default.JoinAnswer)!;
        var content = JoinExchange.Open(request, new JoinerSecrets(link.TokenBytes, PrivateKey), sealedAnswer);
        Assert.NotNull(content);
        return content;
    }
}
