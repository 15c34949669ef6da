using System.Net;

namespace Constella.Api.Endpoints.Documents;

/// <summary>
/// <c>/openapi.yaml</c> and Swagger UI at <c>/swagger</c>: unsigned, and therefore for this machine's own eyes only. The Host
/// header is looked at too, so that no web page can read them through a name that leads here.
/// </summary>
internal static class LocalDocuments
{
    private const string Document = "/openapi.yaml";
    private const string Ui = "/swagger";

    public static void UseDocuments(this IApplicationBuilder app)
    {
        // Built at the first visit: its pages cost megabytes that most nodes never need.
        var ui = new Lazy<RequestDelegate>(() => app.New()
            .UseSwaggerUI(options =>
            {
                options.RoutePrefix = Ui[1..];
                options.DocumentTitle = "Constella";
                options.SwaggerEndpoint(Document, "Constella");
            })
            .Build());
        app.Use(async (context, next) =>
        {
            var path = context.Request.Path;
            if (!IsLocal(context) || !HttpMethods.IsGet(context.Request.Method))
                await next(context);
            else if (path == Document)
                await WriteAsync(context);
            else if (path.StartsWithSegments(Ui))
                await ui.Value(context);
            else
                await next(context);
        });
    }

    private static bool IsLocal(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } remote
        && IPAddress.IsLoopback(remote)
        && context.Request.Host.Host is "localhost" or "127.0.0.1" or "[::1]";

    private static async Task WriteAsync(HttpContext context)
    {
        await using var document = typeof(LocalDocuments).Assembly.GetManifestResourceStream("openapi.yaml")
            ?? throw new InvalidOperationException("the program was built without its document");
        context.Response.ContentType = "application/yaml";
        await document.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
