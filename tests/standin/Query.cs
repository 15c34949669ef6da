using System.Globalization;
using System.Text.Json;

namespace TelegramStandIn;

/// <summary>One call's arguments as text, from whichever of the four ways the Bot API takes them.</summary>
internal sealed class Query
{
    private readonly Dictionary<string, string> _args = new(StringComparer.Ordinal);

    /// <summary>Uploaded files by field name.</summary>
    public Dictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public string? this[string name] => _args.GetValueOrDefault(name);

    public long Long(string name, long otherwise = 0) =>
        long.TryParse(this[name], CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    /// <summary>An integer kept within limits, as the server does instead of refusing it.</summary>
    public int Int(string name, int otherwise, int min, int max) => (int)Math.Clamp(Long(name, otherwise), min, max);

    public bool Bool(string name) => this[name]?.ToLowerInvariant() is "true" or "yes" or "1";

    public static async Task<Query> ReadAsync(HttpRequest request)
    {
        var query = new Query();
        foreach (var (name, value) in request.Query)
            query._args[name] = value.ToString();
        if (request.HasFormContentType)
            await query.ReadFormAsync(request);
        else if (request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) == true)
            await query.ReadJsonAsync(request);
        return query;
    }

    private async Task ReadFormAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync();
        foreach (var (name, value) in form)
            _args[name] = value.ToString();
        foreach (var file in form.Files)
        {
            using var content = new MemoryStream();
            await file.CopyToAsync(content);
            Files[file.Name] = content.ToArray();
        }
    }

    private async Task ReadJsonAsync(HttpRequest request)
    {
        using var document = await JsonDocument.ParseAsync(request.Body);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new ApiError(400, "Bad Request: object expected as JSON body");
        foreach (var field in document.RootElement.EnumerateObject())
        {
            if (field.Value.ValueKind == JsonValueKind.Null)
                continue;
            _args[field.Name] = field.Value.ValueKind == JsonValueKind.String ? field.Value.GetString()! : field.Value.GetRawText();
        }
    }
}
