namespace Constella.Core.Signing;

/// <summary>A signed request whose size and shape are right (rule X3, first step): nothing in it is proved yet.</summary>
internal sealed record RequestEnvelope(
    SignedFields Fields,
    byte[] Text,
    string From,
    string To,
    string? Run,
    string? Digest,
    long Created,
    long Expires,
    string Nonce,
    string KeyId)
{
    private const int MostComponents = 16;
    private static readonly HashSet<string> Known = ["created", "expires", "nonce", "keyid", "alg"];

    public RequestProof Proof(string method) => new(method, Fields.Label, $":{Fields.Signature}:", From, To, KeyId);

    /// <param name="problem">For this node's own log.</param>
    public static RequestEnvelope? Read(RequestParts request, HeaderLookup headers, out string problem)
    {
        problem = "";
        if (!Sizes(request))
            return Bad("request line or body out of bounds", out problem);
        if (SignedFields.Read(headers) is not { } fields)
            return Bad("no single well-formed signature", out problem);
        if (Components(request, headers, fields, out problem) is not { } values)
            return null;
        if (!Covers(request, headers, values))
            return Bad("a required component is not covered", out problem);

        var input = fields.Input;
        if (input.Parameters.Any(p => !Known.Contains(p.Key)) ||
            input.Integer("created") is not { } created || input.Integer("expires") is not { } expires ||
            input.Text("nonce") is not { Length: >= Limits.NonceShortest and <= Limits.NonceLongest } nonce ||
            input.Text("keyid") is not { } keyId || expires <= created || expires - created > Limits.SignatureSeconds)
            return Bad("signature parameters missing, unknown or out of bounds", out problem);

        var (from, to) = (values[Low(SignatureHeaders.From)], values[Low(SignatureHeaders.To)]);
        var run = values.GetValueOrDefault(Low(SignatureHeaders.Run));
        var digest = values.GetValueOrDefault(Low(SignatureHeaders.ContentDigest));
        if (!IsId(from) || !IsId(to) || (run is not null && !IsId(run)))
            return Bad("an id is not 16 hexadecimal digits", out problem);

        var message = new SignatureBase();
        foreach (var item in input.Items!)
            message.Add(item.Value.Text, values[item.Value.Text]);
        var text = message.Finish(StructuredFields.Serialise(input.Parameters)).Text;
        return new(fields, text, from, to, run, digest, created, expires, nonce, keyId);
    }

    internal static bool IsId(string text) => text.Length == 16 && text.All(char.IsAsciiHexDigitLower);

    private static string Low(string name) => name.ToLowerInvariant();

    private static RequestEnvelope? Bad(string reason, out string problem)
    {
        problem = reason;
        return null;
    }

    private static bool Sizes(RequestParts request) =>
        request.Method.Length is > 0 and <= 16 && request.Method.All(char.IsAsciiLetterUpper) &&
        request.RawTarget.Length is > 0 and <= Limits.SignatureLine && request.RawTarget[0] == '/' &&
        request.RawTarget.All(c => c is > ' ' and <= '~') &&
        request.Body.Length <= Limits.BodyBytes;

    /// <summary>The value of each covered component; other header fields may be covered too, other derived components may not.</summary>
    private static Dictionary<string, string>? Components(
        RequestParts request, HeaderLookup headers, SignedFields fields, out string problem)
    {
        problem = "a component is unknown, absent or named twice";
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        if (fields.Input.Items!.Count > MostComponents)
            return null;
        foreach (var item in fields.Input.Items)
        {
            var name = item.Value.Text;
            var value = item.Parameters.Count > 0 || name != Low(name) ? null : name switch
            {
                "@method" => request.Method,
                "@path" => request.Path,
                "@query" => request.Query,
                _ when name.StartsWith('@') || name is "signature" or "signature-input" => null,
                _ => SignedFields.Single(headers, name),
            };
            if (value is null || !values.TryAdd(name, value))
                return null;
        }

        return values;
    }

    /// <summary>What X1 lists; and what is sent of it must be covered.</summary>
    private static bool Covers(RequestParts request, HeaderLookup headers, Dictionary<string, string> values)
    {
        string[] always = ["@method", "@path", "@query", Low(SignatureHeaders.From), Low(SignatureHeaders.To)];
        string[] whenSent = [SignatureHeaders.ContentDigest, SignatureHeaders.Run];
        return always.All(values.ContainsKey) &&
            whenSent.All(name => values.ContainsKey(Low(name)) || !SignedFields.Present(headers, name)) &&
            (request.Body.IsEmpty || values.ContainsKey(Low(SignatureHeaders.ContentDigest)));
    }
}
