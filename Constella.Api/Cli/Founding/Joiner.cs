using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Constella.Api.Configuration;
using Constella.Api.Endpoints;
using Constella.Api.Tls;
using Constella.Core.Cluster;
using Constella.Core.Joining;
using Constella.Core.Members;
using Constella.Core.Signing;
using Constella.Core.Wire;

namespace Constella.Api.Cli.Founding;

/// <summary>What came of a join.</summary>
/// <param name="Reachable">Whether the inviting node got through to this one; null when it did not try.</param>
internal sealed record Joined(NetworkState State, bool? Reachable);

/// <summary>The joiner's side of rule J1 over HTTP.</summary>
internal sealed class Joiner(HttpMessageHandler transport, TimeProvider time, Action<string> tell)
{
    private const int Attempts = 5;
    private const int NonceBytes = 16;
    private const int KeyBytes = 32;

    // The seed waits for a majority to persist the new member and dials back before it answers.
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(20);

    /// <param name="overlay">The place in the overlay that is asked for; null: none.</param>
    /// <exception cref="CliException">Refused, not reached, or answered by somebody who did not make the link.</exception>
    public async Task<Joined> JoinAsync(JoinLink link, ConstellaOptions options, string nodeId, OverlayPlace? overlay, CancellationToken cancellation)
    {
        using var http = new HttpClient(transport, disposeHandler: false) { Timeout = AnswerTimeout };
        var secrets = new JoinerSecrets(link.TokenBytes, RandomNumberGenerator.GetBytes(KeyBytes));
        var nodeKey = SecretBox.Text(RandomNumberGenerator.GetBytes(KeyBytes));
        var draft = Draft(link, options, nodeId) with { NodeKey = SecretBox.PublicOf(nodeKey), Overlay = overlay };
        var request = JoinExchange.Ask(draft, secrets);
        for (var attempt = 1; ; attempt++)
        {
            // The same nonce each time: the seed knows a joiner whose answer was lost (rule J2).
            var (content, trouble) = await TryAsync(http, new Uri($"{options.PeerScheme}://{link.Seed}/join"), link, request, secrets, cancellation);
            if (content is { Error: null })
                return new Joined(StateOf(request, content) with { NodeKey = nodeKey }, content.Reachable);
            if (content is not null && !IsPassing(content.Error))
                throw Refusal(content);
            var why = content?.Detail ?? trouble ?? content?.Error;
            if (attempt == Attempts)
                throw new CliException(ExitCode.Failed, $"could not join over {link.Seed}: {why}", "is that node running, and is its port open to this machine?");
            var pause = TimeSpan.FromSeconds(Math.Min(8, 1 << (attempt - 1)));
            tell($"{link.Seed}: {why}; again in {pause.TotalSeconds:0} s");
            await Task.Delay(pause, time, cancellation);
        }
    }

    private static JoinRequest Draft(JoinLink link, ConstellaOptions options, string nodeId) => new()
    {
        Invite = "",
        Key = "",
        NodeKey = "",
        Mac = "",
        NetworkId = link.NetworkId,
        NodeId = nodeId,
        Name = Identity.NameOf(options),
        // Without a host the seed takes the address that it sees (rule J3).
        Addr = Identity.Canonical(options.PublicAddr) ?? $":{options.Listen.Port}",
        AltAddr = Identity.Canonical(options.AltAddr),
        Priority = options.Priority ?? 100,
        Nonce = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(NonceBytes)),
    };

    private static async Task<(JoinContent? Content, string? Trouble)> TryAsync(
        HttpClient http, Uri address, JoinLink link, JoinRequest request, JoinerSecrets secrets, CancellationToken cancellation)
    {
        try
        {
            using var response = await http.PostAsJsonAsync(address, request, ApiJson.Default.JoinRequest, cancellation);
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
                return (null, "too many joins are tried there");
            if (response.StatusCode >= HttpStatusCode.InternalServerError)
                return (null, $"it answers {(int)response.StatusCode}");
            if (response.StatusCode == HttpStatusCode.UpgradeRequired)
                throw new CliException(ExitCode.Failed, $"the network of {link.Seed} speaks TLS, this machine is set to plain HTTP", "set CONSTELLA_TLS_MODE=on here, or off on all its nodes");
            if (!response.IsSuccessStatusCode)
                throw NotKnown(link, (int)response.StatusCode);
            var answer = await response.Content.ReadFromJsonAsync(ApiJson.Default.JoinAnswer, cancellation);
            var content = answer is null ? null : JoinExchange.Open(request, secrets, answer);
            return content is null ? throw NotSealed(link) : (content, null);
        }
        catch (HttpRequestException e)
        {
            return (null, e.InnerException?.Message ?? e.Message);
        }
        catch (JsonException)
        {
            throw NotSealed(link);
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, "no answer in time");
        }
    }

    // An election or a rotation may be under way: these end by themselves.
    private static bool IsPassing(string? error) => error is Errors.NoHost or Errors.Timeout or Errors.Rotating;

    private static CliException Refusal(JoinContent content) => new(
        ExitCode.Failed,
        content.Detail ?? $"the network refused this node: {content.Error}",
        content.Error switch
        {
            Errors.LinkExpired or Errors.LinkUsed or Errors.LinkRefused => "ask for a new link: /invite in the bot, or `constella invite`",
            Errors.NoHub => "--vpn-mode hub makes this one the hub; --vpn-hub-endpoint, --vpn-hub-public-key and --vpn-address name another",
            Errors.OverlayTaken => "choose another --vpn-address, or leave it out",
            Errors.NameTaken => "choose another name: --server-name NAME; where it was this machine's, first on another node: constella evict NAME",
            _ => null,
        });

    private static CliException NotKnown(JoinLink link, int status) => new(
        ExitCode.Failed,
        $"{link.Seed} does not know this link ({status}): mistyped, revoked, long expired, or made by another node",
        "ask for a new link: /invite in the bot, or `constella invite` on a node of the network");

    private static CliException NotSealed(JoinLink link) => new(
        ExitCode.Failed,
        $"what answers at {link.Seed} did not make this link",
        "check the address in the link; something between the two machines may answer in its place");

    // The seal is the trust: an authority that does not come of the secret beside it is a fault of who sealed.
    private static void CheckAuthority(JoinContent content, string networkId)
    {
        try
        {
            var ring = new KeyRing(content.NetworkSecret ?? "", content.SecretGeneration);
            if (CertificateAuthority.Matches(content.CertificateAuthority, networkId, ring, ring.Current))
                return;
        }
        catch (FormatException)
        {
            throw Odd("holds no secret");
        }
        throw Odd("names a certificate authority that is not the network's");

        static CliException Odd(string what) => new(ExitCode.Failed, $"the network's answer {what}", "do both machines run the same version?");
    }

    private static NetworkState StateOf(JoinRequest request, JoinContent content)
    {
        CheckAuthority(content, content.NetworkId ?? request.NetworkId);
        var shared = content.State ?? new SharedState();
        var members = shared.Members ?? new MemberSet();
        var settings = shared.Settings ?? new Settings();
        return new NetworkState
        {
            NetworkId = content.NetworkId ?? request.NetworkId,
            NetworkSecret = content.NetworkSecret!,
            SecretGeneration = content.SecretGeneration,
            NodeId = request.NodeId,
            Peers = [.. shared.Peers.OrderBy(record => record.NodeId, StringComparer.Ordinal)],
            Members = members,
            Settings = settings,
            Updates = shared.Updates,
            Rotation = shared.Rotation,
            // What was written under a lease tells of its term: no lower one may be taken for news.
            Term = Later(members.Cfg.Term, settings.Stamp.Term),
        };
    }

    private static Term Later(Term one, Term other) => one < other ? other : one;
}
