using System.Text.Json;
using Constella.Core.Wire;

namespace Constella.Api.Endpoints;

/// <summary>Codes of this interface alone; those of the protocol stand in <see cref="Errors"/>.</summary>
public static class ApiErrors
{
    public const string ClockOff = "clock-off";
    public const string WrongRun = "wrong-run";
    public const string WrongTarget = "wrong-target";
    public const string Replayed = "replayed";
    public const string TooLarge = "too-large";
    public const string MediaType = "media-type";
    public const string NotFound = "not-found";
    public const string Method = "method-not-allowed";

    /// <summary>Only the node's own command line may do this.</summary>
    public const string NotSelf = "not-self";

    /// <summary>The node's own configuration, or a missing capability, forbids it (rule C2).</summary>
    public const string Refused = "refused";

    /// <summary>A relayed call is never relayed again (rule C4).</summary>
    public const string NotHere = "not-here";

    /// <summary>Plain HTTP from another machine (rule X6).</summary>
    public const string TlsRequired = "tls-required";

    /// <summary>What was asked for is so already, or cannot be now.</summary>
    public const string NotPossible = "not-possible";

    /// <summary>Nothing to update (rule C5).</summary>
    public const string NotNeeded = "not-needed";

    public const string Unreachable = "unreachable";

    /// <summary>This machine lacks what history needs.</summary>
    public const string NoHistory = "no-history";

    /// <summary>A speed test goes on at that node already (rule B1).</summary>
    public const string Busy = "busy";

    /// <summary>A budget of bytes is used up (rule B4).</summary>
    public const string Budget = "budget";
}

/// <summary>A problem document of RFC 9457 as a result.</summary>
public sealed class Refusal(int status, string code, string? detail) : IResult
{
    public int Status { get; } = status;
    public string Code { get; } = code;
    public string? Detail { get; } = detail;

    /// <summary>With the status that belongs to the code.</summary>
    public static Refusal Of(string code, string? detail) => new(StatusOf(code), code, detail);

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        httpContext.Response.StatusCode = Status;
        httpContext.Response.ContentType = "application/problem+json";
        var problem = new Problem(Problem.Prefix + Code, Code.Replace('-', ' '), Status, Detail);
        await JsonSerializer.SerializeAsync(httpContext.Response.Body, problem, ApiJson.Default.Problem, httpContext.RequestAborted);
    }

    internal static int StatusOf(string code) => code switch
    {
        Errors.Invalid => StatusCodes.Status400BadRequest,
        Errors.NotMember or Errors.LinkRefused or ApiErrors.NotSelf or ApiErrors.Refused => StatusCodes.Status403Forbidden,
        ApiErrors.NotFound => StatusCodes.Status404NotFound,
        Errors.LinkExpired => StatusCodes.Status410Gone,
        ApiErrors.TlsRequired => StatusCodes.Status426UpgradeRequired,
        Errors.TooMany or ApiErrors.Budget => StatusCodes.Status429TooManyRequests,
        ApiErrors.NotHere => StatusCodes.Status421MisdirectedRequest,
        ApiErrors.Unreachable => StatusCodes.Status502BadGateway,
        Errors.NoHost or ApiErrors.NoHistory => StatusCodes.Status503ServiceUnavailable,
        Errors.Timeout => StatusCodes.Status504GatewayTimeout,
        _ => StatusCodes.Status409Conflict,
    };
}
