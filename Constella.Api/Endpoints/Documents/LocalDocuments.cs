using Constella.Api.Endpoints.Security;

namespace Constella.Api.Endpoints.Documents;

/// <summary>
/// <c>/openapi.yaml</c> and Swagger UI at <c>/swagger</c>: unsigned, and therefore for this machine's own eyes only.
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
            if (!Origin.IsLocalhost(context) || !HttpMethods.IsGet(context.Request.Method))
                await next(context);
            else if (path == Document)
                await WriteAsync(context);
            else if (path.StartsWithSegments(Ui))
                await ui.Value(context);
            else
                await next(context);
        });
    }

    private static async Task WriteAsync(HttpContext context)
    {
        await using var document = typeof(LocalDocuments).Assembly.GetManifestResourceStream("openapi.yaml")
            ?? throw new InvalidOperationException("the program was built without its document");
        context.Response.ContentType = "application/yaml";
        await document.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
