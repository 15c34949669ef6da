using System.Runtime.InteropServices;

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
        var digest = request.Body.IsEmpty ? null : ContentDigest.Of(request.Body.Span);
        var headers = new KeyValuePair<string, string>[4 + (digest is null ? 0 : 1) + (run is null ? 0 : 1)];
        var count = 0;
        var message = new SignatureBase(stackalloc char[SignatureBase.LinesRoom], stackalloc char[SignatureBase.InputRoom]);
        message.Add(Components.Method, request.Method);
        message.Add(Components.Path, request.Path);
        message.Add(Components.Query, request.Query);
        if (digest is not null)
            message.Add(Components.ContentDigest, Field(SignatureHeaders.ContentDigest, digest));
        message.Add(Components.From, Field(SignatureHeaders.From, from));
        message.Add(Components.To, Field(SignatureHeaders.To, to));
        if (run is not null)
            message.Add(Components.Run, Field(SignatureHeaders.Run, run));

        var created = now.ToUnixTimeSeconds();
        message.Finish(created, keys.KeyId, created + Limits.SignatureSeconds, Base64.ToUrl(nonce));
        var signature = keys.Key(keys.KeyId, from, to)!.Of(message.Text, "");
        _ = Field(SignatureHeaders.SignatureInput, message.Field());
        _ = Field(SignatureHeaders.Signature, $"{SignatureHeaders.Label}={signature}");
        message.Dispose();
        return new(ImmutableCollectionsMarshal.AsImmutableArray(headers), new(request.Method, SignatureHeaders.Label, signature, from, to, keys.KeyId));

        string Field(string name, string value)
        {
            headers[count++] = new(name, value);
            return value;
        }
    }
}
