using System.Collections.Immutable;
using Constella.Api.Cluster;
using Constella.Api.Endpoints;
using Constella.Api.Endpoints.Security;
using Constella.Core;
using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Constella.Api.Audit;

/// <summary><c>GET /audit</c>: what was commanded, and whether the log is whole.</summary>
/// <param name="Commands">The latest, the oldest of them first.</param>
/// <param name="Verified">Null where it was not asked for; else what is wrong with the log, a sentence each.</param>
public sealed record AuditAnswer(ImmutableArray<CommandInfo> Commands, ImmutableArray<string>? Verified);

/// <summary>A command in the log (rule U6).</summary>
/// <param name="Node">Name of the node at which it was given.</param>
/// <param name="By"><c>cli</c> at that node, <c>@username</c>, a node's name, or an invite; null: not known.</param>
/// <param name="Target">A node's name, or an id; null: the network.</param>
/// <param name="Term">Counter of the highest term known where it was given.</param>
/// <param name="Stage">The furthest; <c>asked</c>: nobody knows how it ended.</param>
/// <param name="Ended">When that was written.</param>
/// <param name="Reason">Why it failed.</param>
public sealed record CommandInfo(
    string Id, DateTimeOffset At, string NodeId, string Node, string? By, string Action, string? Target, string? Detail, long Term, AuditStage Stage, DateTimeOffset? Ended, string? Reason);

internal static class AuditApi
{
    private const int Most = 1_000;

    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/audit", Get)
            .RequireSignature()
            .WithTags("Audit")
            .WithSummary("Every command of late: who, what, target, result, term")
            .WithName("GetAudit");
        routes.MapPost("/audit/pull", Pull)
            .RequireSignature()
            .WithTags("Audit")
            .WithSummary("Entries of the log that the caller does not have")
            .WithName("PullAudit");
    }

    /// <param name="last">How many commands, 1 to 1000; 50 when it is missing.</param>
    /// <param name="verify">Read all of the log anew, and say what is wrong with it.</param>
    /// <param name="action">Only commands of this action; <c>host</c>: who became Host, after whom, and why (rule U8), which is left out where nothing is said.</param>
    private static Results<Ok<AuditAnswer>, Refusal> Get(int? last, bool? verify, string? action, AuditStore store, ICluster cluster) =>
        last is < 1 or > Most
            ? Refusal.Of(Errors.Invalid, $"last is a number from 1 to {Most}")
            : TypedResults.Ok(new AuditAnswer(
                [.. store.Commands(last ?? Limits.AuditTold, action).Select(command => Info(cluster.View, command))],
                verify ?? false ? store.Verify() : null));

    private static Results<Ok<AuditPage>, Refusal> Pull(AuditPull pull, AuditStore store) =>
        AuditShape.Wrong(pull) is { } wrong ? Refusal.Of(Errors.Invalid, wrong) : TypedResults.Ok(store.Page(pull));

    private static CommandInfo Info(ClusterView view, AuditedCommand command) => new(
        command.Id, command.At, command.Node, NameOf(view, command.Node)!, NameOf(view, command.By), command.Action, NameOf(view, command.Target), command.Detail,
        command.Term, command.Stage, command.Ended, command.Reason);

    /// <summary>A member's name for its id; what is no member's id stays as it is.</summary>
    public static string? NameOf(ClusterView view, string? id) =>
        view.Members.FirstOrDefault(member => member.Record.NodeId == id)?.Record.Name ?? id;
}
