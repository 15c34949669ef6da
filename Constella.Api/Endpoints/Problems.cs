using Constella.Core;
using Constella.Core.Wire;

namespace Constella.Api.Endpoints;

/// <summary>Gives a problem document to what the framework refuses with a bare status.</summary>
internal static class Problems
{
    /// <summary>A client's mistake never becomes a 5xx, and what went wrong here is told to the log only.</summary>
    public static void UseProblems(this IApplicationBuilder app) => app.Use(static async (context, next) =>
    {
        try
        {
            await next(context);
            // A bare 401 stays bare: it teaches nothing (rule X3).
            if (context.Response.StatusCode != StatusCodes.Status401Unauthorized)
                await FillAsync(context, 0);
        }
        catch (BadHttpRequestException error) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = error.StatusCode;
            await FillAsync(context, 0);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller has gone.
        }
    });

    /// <param name="written">Bytes of a body that are there already.</param>
    public static async Task FillAsync(HttpContext context, long written)
    {
        var response = context.Response;
        if (response.StatusCode < 400 || response.HasStarted || written > 0 || response.ContentType is not null)
            return;
        var (code, detail) = response.StatusCode switch
        {
            StatusCodes.Status400BadRequest => (Errors.Invalid, "the request is malformed: not the JSON or the query that is expected here"),
            StatusCodes.Status404NotFound => (ApiErrors.NotFound, "no such path"),
            StatusCodes.Status405MethodNotAllowed => (ApiErrors.Method, "this path has other methods"),
            StatusCodes.Status413PayloadTooLarge => (ApiErrors.TooLarge, $"a body has at most {Limits.BodyBytes} bytes"),
            StatusCodes.Status415UnsupportedMediaType => (ApiErrors.MediaType, "the body must be application/json"),
            StatusCodes.Status429TooManyRequests => (Errors.TooMany, "too many requests; try again later"),
            _ => (Errors.Invalid, "the request was refused"),
        };
        await new Refusal(response.StatusCode, code, detail).ExecuteAsync(context);
    }
}
