using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Constella.Api.Cli;
using Constella.Api.Cli.Founding;
using Constella.Api.Configuration;
using Constella.Api.Endpoints;
using Constella.Api.Tls;
using Constella.Core.Cluster;
using Constella.Core.Joining;
using Constella.Core.Members;
using Constella.Core.Signing;
using Constella.Core.Wire;

namespace Constella.Tests.Cli.Founding;

public class JoinerTests
{
    private const string NodeId = "cccccccccccccccc";

    private static readonly string Secret = new('A', 43);

    private static readonly byte[] Token = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    private static readonly JoinLink Link = JoinLink.Mint(new NodeAddress("203.0.113.10", 4747), "0123456789abcdef", Token, TimeSpan.FromMinutes(15));

    [Fact]
    public async Task The_joiners_state_is_what_the_seed_sealed()
    {
        using var seed = new Seed(request => Sealed(request, Welcome(request)));
        var joined = await JoinAsync(seed);
        Assert.Equal(("0123456789abcdef", Secret, 3, NodeId), (joined.State.NetworkId, joined.State.NetworkSecret, joined.State.SecretGeneration, joined.State.NodeId));
        Assert.Equal(["aaaaaaaaaaaaaaaa", NodeId], joined.State.Peers.Select(peer => peer.NodeId));
        Assert.Equal(new Term(9, "aaaaaaaaaaaaaaaa"), joined.State.Term);
        Assert.True(joined.Reachable);
        var request = Assert.Single(seed.Requests);
        Assert.Equal((":4747", "echo-02"), (request.Addr, request.Name));
        Assert.DoesNotContain(Link.Token, JsonSerializer.Serialize(request, ApiJson.Default.JoinRequest), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lost_answer_is_asked_for_again_with_the_same_nonce()
    {
        using var seed = new Seed(
            _ => throw new HttpRequestException("connection reset"),
            _ => new HttpResponseMessage(HttpStatusCode.ServiceUnavailable),
            request => Sealed(request, new JoinContent { Error = Errors.NoHost, Detail = "no Host yet" }),
            request => Sealed(request, Welcome(request)));
        await JoinAsync(seed);
        Assert.Equal(4, seed.Requests.Count);
        Assert.Single(seed.Requests.Select(request => request.Nonce).Distinct());
    }

    [Theory]
    [InlineData(Errors.LinkExpired, "ask for a new link")]
    [InlineData(Errors.LinkUsed, "ask for a new link")]
    [InlineData(Errors.NameTaken, "--server-name")]
    public async Task A_sealed_refusal_is_told_with_the_next_step_and_not_repeated(string error, string next)
    {
        using var seed = new Seed(request => Sealed(request, new JoinContent { Error = error, Detail = "the reason" }));
        var refusal = await Assert.ThrowsAsync<CliException>(() => JoinAsync(seed));
        Assert.Equal("the reason", refusal.Message);
        Assert.Contains(next, refusal.Next, StringComparison.Ordinal);
        Assert.Single(seed.Requests);
    }

    [Fact]
    public async Task A_seed_that_does_not_know_the_link_ends_the_join()
    {
        using var seed = new Seed(_ => new HttpResponseMessage(HttpStatusCode.Forbidden));
        var refusal = await Assert.ThrowsAsync<CliException>(() => JoinAsync(seed));
        Assert.Contains("does not know this link", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_that_was_sealed_without_the_token_is_not_believed()
    {
        using var seed = new Seed(request =>
        {
            // Somebody else's token, and a request remade so that it proves that one.
            var (_, key) = JoinExchange.Derive(new byte[32]);
            var remade = JoinExchange.Ask(request, new JoinerSecrets(new byte[32], RandomNumberGenerator.GetBytes(32)));
            return Answer(JoinExchange.Seal(remade, key, RandomNumberGenerator.GetBytes(32), Welcome(request)));
        });
        var refusal = await Assert.ThrowsAsync<CliException>(() => JoinAsync(seed));
        Assert.Contains("did not make this link", refusal.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string?> OddAuthorities { get; } =
    [
        null, "", "no certificate",
        CertificateAuthority.Pem("0123456789abcdef", new KeyRing(Secret, 4), 4),
        CertificateAuthority.Pem("fedcba9876543210", new KeyRing(Secret, 3), 3),
        CertificateAuthority.Pem("0123456789abcdef", new KeyRing(new string('B', 42) + "A", 3), 3),
    ];

    [Theory]
    [MemberData(nameof(OddAuthorities))]
    public async Task An_authority_that_does_not_come_of_the_secret_is_refused(string? pem)
    {
        using var seed = new Seed(request => Sealed(request, Welcome(request) with { CertificateAuthority = pem }));
        var refusal = await Assert.ThrowsAsync<CliException>(() => JoinAsync(seed));
        Assert.Contains("certificate authority", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_seed_that_wants_TLS_says_so_to_a_joiner_without()
    {
        using var seed = new Seed(_ => new HttpResponseMessage(HttpStatusCode.UpgradeRequired));
        var refusal = await Assert.ThrowsAsync<CliException>(() => JoinAsync(seed));
        Assert.Contains("CONSTELLA_TLS_MODE", refusal.Next, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_seed_that_is_not_reached_ends_the_join_after_five_attempts()
    {
        using var seed = new Seed(_ => throw new HttpRequestException("connection refused"));
        var refusal = await Assert.ThrowsAsync<CliException>(() => JoinAsync(seed));
        Assert.Equal("could not join over 203.0.113.10:4747: connection refused", refusal.Message);
        Assert.Equal(5, seed.Requests.Count);
    }

    private static Task<Joined> JoinAsync(Seed seed) =>
        new Joiner(seed, new FakeTime(FakeNode.Now), _ => { }).JoinAsync(Link, new ConstellaOptions { ServerName = "echo-02" }, NodeId, null, CancellationToken.None);

    private static JoinContent Welcome(JoinRequest request) => new()
    {
        NetworkId = "0123456789abcdef",
        NetworkSecret = Secret,
        SecretGeneration = 3,
        CertificateAuthority = CertificateAuthority.Pem("0123456789abcdef", new KeyRing(Secret, 3), 3),
        Reachable = true,
        State = new SharedState
        {
            Peers =
            [
                new MemberRecord { NodeId = request.NodeId, Name = request.Name, Addr = "203.0.113.11:4747" },
                new MemberRecord { NodeId = "aaaaaaaaaaaaaaaa", Name = "delta-01", Addr = "203.0.113.10:4747" },
            ],
            Members = new MemberSet { Cfg = new Stamp(new Term(9, "aaaaaaaaaaaaaaaa"), 2), Ids = ["aaaaaaaaaaaaaaaa", request.NodeId] },
            Settings = new Settings { Stamp = new Stamp(new Term(4, "aaaaaaaaaaaaaaaa"), 1) },
        },
    };

    private static HttpResponseMessage Sealed(JoinRequest request, JoinContent content) =>
        Answer(JoinExchange.Seal(request, JoinExchange.Derive(Token).Key, RandomNumberGenerator.GetBytes(32), content));

    private static HttpResponseMessage Answer(JoinAnswer answer) =>
        new(HttpStatusCode.OK) { Content = new StringContent(JsonSerializer.Serialize(answer, ApiJson.Default.JoinAnswer), null, "application/json") };

    /// <summary>Answers attempt by attempt; the last answer stays.</summary>
    private sealed class Seed(params Func<JoinRequest, HttpResponseMessage>[] answers) : HttpMessageHandler
    {
        public List<JoinRequest> Requests { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage message, CancellationToken cancellationToken)
        {
            Assert.Equal("https://203.0.113.10:4747/join", message.RequestUri!.ToString());
            var request = JsonSerializer.Deserialize(await message.Content!.ReadAsStreamAsync(cancellationToken), ApiJson.Default.JoinRequest)!;
            Requests.Add(request);
            return answers[Math.Min(Requests.Count, answers.Length) - 1](request);
        }
    }
}
