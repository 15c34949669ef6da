using System.Collections.Immutable;
using Constella.Api.Cluster;
using Constella.Api.Endpoints.Security;
using Constella.Core.Alerts;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Constella.Api.Endpoints;

/// <summary><c>GET /alerts</c>: what goes on, and the latest of what is over (rule A4).</summary>
/// <param name="Alerts">By beginning.</param>
/// <param name="Muted">What is muted now.</param>
/// <param name="Sender">Node id of who sends in the Host's place, or null (rule A5).</param>
public sealed record AlertsAnswer(ImmutableArray<AlertInfo> Alerts, ImmutableArray<MuteInfo> Muted, string? Sender);

/// <param name="Kind"><c>down</c>, <c>host</c>, <c>quorum</c>, <c>disk</c>, <c>cpu</c>, <c>ram</c>, <c>clock</c>, <c>certificate</c>, <c>overlay</c>, <c>version</c>, <c>reboot</c>, <c>traffic</c>, <c>bill</c>.</param>
/// <param name="NodeId">Null: about the network.</param>
/// <param name="Ended">Null while it goes on; as <paramref name="Since"/> for what has no duration.</param>
/// <param name="Detail">As the kind has it: percent, seconds, a version, the Host before, the last paid day.</param>
/// <param name="Told">How much of it the owner has been told: <c>nothing</c>, <c>begun</c>, <c>all</c>.</param>
public sealed record AlertInfo(string Kind, string? NodeId, string? Name, DateTimeOffset Since, DateTimeOffset? Ended, string? Detail, AlertTold Told);

/// <param name="NodeId">Null: everything.</param>
public sealed record MuteInfo(string? NodeId, string? Name, DateTimeOffset Until);

internal static class AlertsApi
{
    public static void MapAlerts(this IEndpointRouteBuilder routes) => routes.MapGet("/alerts", Get)
        .RequireSignature()
        .WithTags("Alerts")
        .WithSummary("What the owner should know: alerts that go on, and the latest that are over")
        .WithName("GetAlerts");

    private static Ok<AlertsAnswer> Get(ICluster cluster, TimeProvider time)
    {
        var view = cluster.View;
        var now = time.GetUtcNow();
        return TypedResults.Ok(new AlertsAnswer(
            [.. view.Settings.Alerts.Select(alert => Info(view, alert))],
            [.. view.Settings.Options.Where(o => o.Key == Options.AlertMuted && Options.Time(o.Value) > now)
                .Select(o => new MuteInfo(o.Node, NameOf(view, o.Node), Options.Time(o.Value)!.Value))],
            view.Settings.AlertSender));
    }

    private static AlertInfo Info(ClusterView view, Alert alert) => new(
        AlertKinds.Name(alert.Kind), alert.Node, NameOf(view, alert.Node), alert.Since, alert.Ended,
        alert.Kind == AlertKind.Host ? NameOf(view, alert.Detail) : alert.Detail, alert.Told);

    private static string? NameOf(ClusterView view, string? node) =>
        view.Members.FirstOrDefault(member => member.Record.NodeId == node)?.Record.Name ?? node;
}
