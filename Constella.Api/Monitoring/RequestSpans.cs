using System.Diagnostics;
using Microsoft.AspNetCore.Http.Features;

namespace Constella.Api.Monitoring;

/// <summary>
/// What the framework leaves out of the span of a request, by OpenTelemetry's conventions for HTTP servers: its route and how it was answered. It goes
/// around all else. Heartbeats have no span: one a second from each node to each other.
/// </summary>
internal sealed class RequestSpans : IStartupFilter
{
    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.Use(async (context, rest) =>
        {
            await rest(context);
            if (context.Features.Get<IHttpActivityFeature>()?.Activity is { IsAllDataRequested: true } span)
                Describe(span, context);
        });
        next(app);
    };

    private static void Describe(Activity span, HttpContext context)
    {
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        if (route == "/heartbeat")
            span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        span.DisplayName = route is null ? context.Request.Method : $"{context.Request.Method} {route}";
        span.SetTag("http.route", route);
        span.SetTag("http.response.status_code", context.Response.StatusCode);
        if (context.Response.StatusCode >= StatusCodes.Status500InternalServerError)
            span.SetStatus(ActivityStatusCode.Error);
    }
}
