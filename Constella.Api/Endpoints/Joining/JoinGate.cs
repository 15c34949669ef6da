using Constella.Api.Endpoints.Security;
using Constella.Core.Wire;

namespace Constella.Api.Endpoints.Joining;

/// <summary>Marks the one door that strangers may send a body to.</summary>
internal sealed record OpenDoor;

/// <summary>Counts an attempt to join before its body is read, and reads that as carefully as any other body (rule X5).</summary>
internal sealed class JoinGate(RequestDelegate next, JoinLimiter limiter, BodyReader bodies)
{
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<OpenDoor>() is null)
        {
            await next(context);
            return;
        }
        if (!limiter.Allows(context.Connection.RemoteIpAddress))
        {
            await Refusal.Of(Errors.TooMany, "too many attempts to join; try again in a minute").ExecuteAsync(context);
            return;
        }
        var (end, _) = await bodies.ReadAsync(context);
        if (end == BodyEnd.Read)
            await next(context);
        else
            await BodyReader.RefuseAsync(context, end);
    }
}
