using System.Collections.Immutable;
using Constella.Api.Cluster;
using Constella.Api.Endpoints.Security;
using Constella.Api.Telegram.Screens;
using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Constella.Api.Endpoints;

internal static class SettingsApi
{
    private const int OptionsAtOnce = 32;

    public static void MapSettings(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").RequireSelf().WithTags("Settings");
        group.MapGet("/settings", Get)
            .WithSummary("What the network shares, without its secrets, and this node's own record")
            .WithName("GetSettings");
        group.MapPatch("/settings", PatchAsync)
            .WithSummary("Changes what the network shares; null leaves a field, an empty text or 0 clears it")
            .WithName("PatchSettings");
        group.MapPatch("/self", PatchSelfAsync)
            .WithSummary("Changes this node's own record")
            .WithName("PatchSelf");
    }

    private static Ok<SettingsAnswer> Get(ICluster cluster)
    {
        var view = cluster.View;
        var self = view.Members.First(member => member.IsSelf).Record;
        return TypedResults.Ok(new SettingsAnswer(
            view.Settings.OwnerUsername,
            view.Settings.OwnerId,
            view.Settings.OwnerLanguage,
            view.Settings.BotToken is not null,
            new SelfAnswer(self.NodeId, self.Name, self.Addr, self.AltAddr, self.Priority),
            [.. view.Settings.Options.Select(Options.Shown)]));
    }

    private static async Task<Results<NoContent, Refusal>> PatchAsync(SettingsOrder order, ICluster cluster, CancellationToken cancellation)
    {
        var owner = order.OwnerUsername?.TrimStart('@');
        if ((Wrong(order, owner) ?? Wrong(order.Options, cluster.View)) is { } wrong)
            return Refusal.Of(Errors.Invalid, wrong);
        if (order.Options.FirstOrDefault(option => option is { Key: Options.HostPreferred, Value.Length: > 0 }) is { } wish
            && Transfer.Refuse(cluster.View, wish.Value) is { } refusal)
            return Refusal.Of(refusal.Code, refusal.Why);
        // Whoever is named is to be met first: the id that was bound was another person's, and so is the chat of the living message.
        var named = owner is { Length: > 0 };
        var another = named || (order.OwnerId is { } id && id != cluster.View.Settings.OwnerId);
        var patch = new SettingsPatch
        {
            OwnerUsername = owner,
            OwnerId = order.OwnerId ?? (named ? 0 : null),
            Message = another ? new LivingMessage(0, 0, "") : null,
            OwnerLanguage = order.OwnerLanguage,
            BotToken = order.BotToken,
            Options = order.Options,
        };
        return Result(await cluster.AskAsync(ticket => new Input.SettingsChanged(patch, ticket), cancellation));
    }

    private static async Task<Results<NoContent, Refusal>> PatchSelfAsync(SelfOrder order, ICluster cluster, CancellationToken cancellation)
    {
        if (Wrong(order) is { } wrong)
            return Refusal.Of(Errors.Invalid, wrong);
        return Result(await cluster.AskAsync(
            ticket => new Input.SelfChanged(order.Name, Canonical(order.Addr), Canonical(order.AltAddr), order.Priority, ticket), cancellation));
    }

    private static string? Canonical(string? address) => NodeAddress.TryParse(address, out var parsed, out _) ? parsed.ToString() : address;

    private static Results<NoContent, Refusal> Result(Answer answer) =>
        answer is Answer.Done { Error: { } error } done ? Refusal.Of(error, done.Detail) : TypedResults.NoContent();

    // The token is never repeated: a refusal may be printed.
    private static string? Wrong(SettingsOrder order, string? owner)
    {
        if (owner is not (null or "") && !Ids.IsUserName(owner))
            return "owner_username is no Telegram user name, as @username";
        if (order.OwnerId < 0)
            return "owner_id is no Telegram id";
        if (order.OwnerLanguage is not (null or "" or "ru" or "en"))
            return "owner_language is neither ru nor en";
        return order.BotToken is not (null or "") && !Ids.IsBotToken(order.BotToken) ? "bot_token is no bot token, as 123:ABC" : null;
    }

    private static string? Wrong(ImmutableArray<Option> options, ClusterView view)
    {
        if (options.Length > OptionsAtOnce)
            return $"options are more than {OptionsAtOnce} at once";
        foreach (var option in options)
        {
            if (option is null)
                return "options holds nothing at one place";
            if (option.Node is not null && view.Members.All(member => member.Record.NodeId != option.Node))
                return $"options: there is no member {(Ids.IsNode(option.Node) ? option.Node : "of that id")}";
            if (Options.Wrong(option) is { } wrong)
                return wrong;
            if (option is { Key: Options.TimeZone, Value.Length: > 0 } && !OwnerClock.IsZone(option.Value))
                return "time-zone is no time zone that this machine knows, as Europe/Berlin, nor an offset, as +02:00";
        }
        return view.Settings.Options.Length + options.Length > Limits.Options ? $"there are {Limits.Options} settings at most" : null;
    }

    private static string? Wrong(SelfOrder order)
    {
        if (order.Name is not null && !NodeName.IsValid(order.Name))
            return $"name is no node name: 1 to {Limits.NameLength} of a-z, 0-9 and -";
        if (order.Addr is not null && !NodeAddress.TryParse(order.Addr, out _, out _))
            return "addr is no address: write host:port";
        if (order.AltAddr is not (null or "") && !NodeAddress.TryParse(order.AltAddr, out _, out _))
            return "alt_addr is no address: write host:port";
        return order.Priority is < 0 or > Limits.Priority ? $"priority is no number from 0 to {Limits.Priority}" : null;
    }
}
