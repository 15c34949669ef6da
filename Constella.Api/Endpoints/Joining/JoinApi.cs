using System.Security.Cryptography;
using Constella.Api.Cluster;
using Constella.Api.Endpoints.Security;
using Constella.Api.Tls;
using Constella.Core.Cluster;
using Constella.Core.Joining;
using Constella.Core.Members;
using Constella.Core.Signing;
using Constella.Core.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Constella.Api.Endpoints.Joining;

/// <summary>The seed's side of a join (rules J1 to J3).</summary>
internal static class JoinApi
{
    // Checked against when the invite is unknown, so that a guess takes as long as a wrong proof.
    private static readonly string NoInvite = JoinExchange.Derive(RandomNumberGenerator.GetBytes(32)).Key;

    public static void MapJoin(this IEndpointRouteBuilder routes) =>
        routes.MapPost("/join", PostAsync)
            .WithMetadata(new OpenDoor())
            .Refuses(400, 403, 413, 429)
            .WithTags("Joining")
            .WithSummary("Redeems a one-time token, proved by a MAC; the answer is sealed for who has the token")
            .WithName("Join");

    private static async Task<Results<Ok<JoinAnswer>, Refusal>> PostAsync(
        JoinRequest request, HttpContext context, ClusterDriver cluster, DialBack dial, CancellationToken cancellation)
    {
        var key = cluster.State.Invites.FirstOrDefault(invite => invite.Id == request.Invite)?.Key;
        if (!JoinExchange.Proves(request, key ?? NoInvite) || key is null)
            return Refusal.Of(Errors.LinkRefused, "the join link is not valid here");
        var content = await JoinAsync(request, SeenAddress(request.Addr, context), cluster, dial, cancellation);
        return TypedResults.Ok(JoinExchange.Seal(request, key, RandomNumberGenerator.GetBytes(32), content));
    }

    private static async Task<JoinContent> JoinAsync(
        JoinRequest request, string? address, ClusterDriver cluster, DialBack dial, CancellationToken cancellation)
    {
        if (Wrong(request, address, cluster.View) is { } wrong)
            return new JoinContent { Error = Errors.Invalid, Detail = wrong };
        var reachable = dial.ReachesAsync(address!, request.NodeId, cancellation);
        var answer = await cluster.AskAsync(ticket => new Input.JoinRequested(request with { Addr = address! }, ticket), cancellation);
        var reached = await reachable;
        return answer switch
        {
            Answer.Joined joined => WithAuthority(joined.Content, cluster.View.NetworkId) with { Reachable = reached },
            Answer.Done done => new JoinContent { Error = done.Error ?? Errors.Timeout, Detail = done.Detail, Reachable = reached },
            var other => throw new InvalidOperationException($"a join is not answered by {other.GetType().Name}"),
        };
    }

    private static JoinContent WithAuthority(JoinContent content, string networkId) => content.NetworkSecret is not { } secret
        ? content
        : content with { CertificateAuthority = CertificateAuthority.Pem(networkId, new KeyRing(secret, content.SecretGeneration), content.SecretGeneration) };

    /// <summary>The address given, or the one that is seen here (rule J3).</summary>
    private static string? SeenAddress(string given, HttpContext context)
    {
        if (!Ids.IsPortOnly(given))
            return NodeAddress.TryParse(given, out var address, out _) ? address.ToString() : null;
        if (context.Connection.RemoteIpAddress is not { } remote)
            return null;
        var host = remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote;
        return new NodeAddress(host.ToString(), int.Parse(given[1..], System.Globalization.CultureInfo.InvariantCulture)).ToString();
    }

    private static string? Wrong(JoinRequest request, string? address, ClusterView view)
    {
        if (request.NetworkId != view.NetworkId)
            return "the link names another network";
        if (!Ids.IsNode(request.NodeId))
            return "the node id is malformed";
        if (!NodeName.IsValid(request.Name))
            return $"'{request.Name}' is no node name: 1 to {Core.Limits.NameLength} of a-z, 0-9 and -";
        if (address is null || !NodeAddress.IsValid(address))
            return $"'{request.Addr}' is no address: write host:port, as 203.0.113.10:4747";
        if (request.AltAddr is { } other && !NodeAddress.IsValid(other))
            return $"'{other}' is no address: write host:port, as 203.0.113.10:4747";
        if (!SecretBox.IsPublicKey(request.NodeKey))
            return "the node key is no P-256 point";
        if (request.Overlay is { } place && !Overlay.IsAsked(place))
            return "the place in the overlay is malformed";
        return request.Priority is < 0 or > Core.Limits.Priority ? $"the priority is no number from 0 to {Core.Limits.Priority}" : null;
    }
}
