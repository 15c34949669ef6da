using Constella.Api.Configuration;
using Constella.Api.Endpoints;

namespace Constella.Api.Tls;

/// <summary>
/// Without TLS a node answers its own machine only (rule X6), unless it is told that something else keeps its traffic:
/// <c>CONSTELLA_TLS_MODE=off</c>.
/// </summary>
internal static class PlainHttpGate
{
    public static void UsePlainHttpGate(this IApplicationBuilder app)
    {
        if (app.ApplicationServices.GetRequiredService<ConstellaOptions>().Tls)
            app.Use(static (context, next) => Admits(context) ? next(context) : RefuseAsync(context));
    }

    internal static bool Admits(HttpContext context) => context.Request.IsHttps || IsOwnMachine(context.Connection);

    // Who calls from the very address that he calls is here too: a node may listen on one address only.
    private static bool IsOwnMachine(ConnectionInfo connection) =>
        connection.RemoteIpAddress is { } remote
        && (System.Net.IPAddress.IsLoopback(remote.IsIPv4MappedToIPv6 ? remote.MapToIPv4() : remote) || remote.Equals(connection.LocalIpAddress));

    private static async Task RefuseAsync(HttpContext context)
    {
        // RFC 9110, 15.5.22 wants the field. The body of the request is not read.
        context.Response.Headers.Upgrade = "TLS/1.2";
        context.Response.Headers.Connection = "upgrade, close";
        await Refusal.Of(ApiErrors.TlsRequired, "this node speaks TLS here: call it by https; plain http is for its own machine").ExecuteAsync(context);
    }
}
