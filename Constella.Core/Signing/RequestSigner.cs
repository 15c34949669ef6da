using System.Security.Cryptography;

namespace Constella.Core.Signing;

/// <summary>Signs requests by RFC 9421 with <c>hmac-sha256</c> (rule X1).</summary>
public static class RequestSigner
{
    /// <param name="run">The target's run id once it is known, else null.</param>
    /// <param name="now">UTC.</param>
    /// <param name="nonce">16 or more fresh random bytes.</param>
    public static SignedRequest Sign(
        KeyRing keys, RequestParts request, string from, string to, string? run, DateTimeOffset now, ReadOnlySpan<byte> nonce)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(request);
        var headers = new List<KeyValuePair<string, string>>();
        var message = new SignatureBase();
        message.Add("@method", request.Method);
        message.Add("@path", request.Path);
        message.Add("@query", request.Query);
        if (!request.Body.IsEmpty)
            Field(SignatureHeaders.ContentDigest, ContentDigest.Of(request.Body.Span));
        Field(SignatureHeaders.From, from);
        Field(SignatureHeaders.To, to);
        if (run is not null)
            Field(SignatureHeaders.Run, run);

        var created = now.ToUnixTimeSeconds();
        var parameters = SignatureBase.Parameters(created, created + Limits.SignatureSeconds, Base64.ToUrl(nonce), keys.KeyId);
        var (text, input) = message.Finish(parameters);
        var signature = Mac(keys.Key(keys.KeyId, from, to)!, text);
        headers.Add(new(SignatureHeaders.SignatureInput, $"{SignatureHeaders.Label}={input}"));
        headers.Add(new(SignatureHeaders.Signature, $"{SignatureHeaders.Label}={signature}"));
        return new(headers, new(request.Method, SignatureHeaders.Label, signature, from, to, keys.KeyId));

        void Field(string name, string value)
        {
            headers.Add(new(name, value));
            message.Add(name, value);
        }
    }

    internal static string Mac(byte[] key, byte[] text) => $":{Convert.ToBase64String(HMACSHA256.HashData(key, text))}:";
}
