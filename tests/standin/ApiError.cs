using System.Text.Json.Nodes;

namespace TelegramStandIn;

/// <summary>A refusal in the Bot API's own words.</summary>
internal sealed class ApiError(int code, string description, int? retryAfter = null) : Exception(description)
{
    public int Code { get; } = code;

    public JsonObject Body()
    {
        var body = new JsonObject { ["ok"] = false, ["error_code"] = Code, ["description"] = Message };
        if (retryAfter is { } seconds)
            body["parameters"] = new JsonObject { ["retry_after"] = seconds };
        return body;
    }
}
