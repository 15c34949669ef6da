using Microsoft.AspNetCore.Http.Features;

namespace Constella.Api.Endpoints.Security;

/// <summary>Who signed the request (rule X3), for handlers behind the gate.</summary>
/// <param name="IsSelf">The node itself: its own command line.</param>
public sealed record Caller(string NodeId, bool IsSelf)
{
    public static ValueTask<Caller?> BindAsync(HttpContext context) => ValueTask.FromResult(context.Features.Get<Caller>());
}

/// <summary>Marks endpoints that only signed requests reach.</summary>
/// <param name="Strangers">Also for who knows the secret but is no member here (yet, or any more): the protocol itself answers them.</param>
/// <param name="Streamed">What is signed is the head alone: the body is noise that is counted, never read by anybody (rule B2).</param>
/// <param name="Unless">Lets others in, by a right of their own; null: nobody.</param>
internal sealed record SignedOnly(bool Strangers, bool Streamed, Func<HttpContext, bool>? Unless);

/// <summary>The way to the caller past the buffer in which answers wait for their signature, for an answer that is nothing but noise.</summary>
internal sealed class StreamedAnswer(IHttpResponseBodyFeature body)
{
    public void Begin(HttpContext context) => context.Features.Set(body);
}

internal static class SecurityExtensions
{
    /// <summary>A signed request of a member.</summary>
    public static T RequireSignature<T>(this T builder, bool strangers = false, bool streamed = false, Func<HttpContext, bool>? unless = null)
        where T : IEndpointConventionBuilder => builder
            .WithMetadata(new SignedOnly(strangers, streamed, unless), new ProducesResponseTypeMetadata(StatusCodes.Status401Unauthorized))
            .Refuses(400, 403, 409, 413, 421, 429, 504);

    /// <summary>Tells the document which refusals to expect.</summary>
    public static T Refuses<T>(this T builder, params ReadOnlySpan<int> statuses)
        where T : IEndpointConventionBuilder
    {
        foreach (var status in statuses)
            builder.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(Problem), ["application/problem+json"]));
        return builder;
    }

    /// <summary>A signed request of this very node: its command line.</summary>
    public static RouteGroupBuilder RequireSelf(this RouteGroupBuilder group) =>
        group.RequireSignature().AddEndpointFilter(static async (context, next) =>
            context.HttpContext.Features.Get<Caller>() is { IsSelf: true }
                ? await next(context)
                : Refusal.Of(ApiErrors.NotSelf, "only the command line of the node itself may do this"));
}
