using System.Collections.Immutable;

namespace Constella.Core.Signing;

/// <summary>What of a request is signed beside its header fields.</summary>
/// <param name="Method">As on the request line: <c>POST</c>.</param>
/// <param name="RawTarget">Path and query exactly as on the request line, undecoded: <c>/stats?target=0123456789abcdef</c>.</param>
/// <param name="Body">The whole body; empty when there is none.</param>
public sealed record RequestParts(string Method, string RawTarget, ReadOnlyMemory<byte> Body)
{
    /// <summary><c>@path</c> of RFC 9421 §2.2.6.</summary>
    internal string Path => Split < 0 ? RawTarget : RawTarget[..Split];

    /// <summary><c>@query</c> of RFC 9421 §2.2.7: with its question mark, which stands alone when there is no query.</summary>
    internal string Query => Split < 0 ? "?" : RawTarget[Split..];

    private int Split => RawTarget.IndexOf('?', StringComparison.Ordinal);
}

/// <summary>
/// What ties an answer to its request (rule X4): kept by the caller until the answer comes, by the target until it is sent.
/// </summary>
/// <param name="Label">Of the request's signature.</param>
/// <param name="Signature">The request's signature, base64 between colons, as in its field.</param>
/// <param name="KeyId">The secret's generation that the request was signed under.</param>
public sealed record RequestProof(string Method, string Label, string Signature, string From, string To, string KeyId);

/// <summary>A request that may be sent: the headers to add, and what its answer will be checked against.</summary>
public sealed record SignedRequest(ImmutableArray<KeyValuePair<string, string>> Headers, RequestProof Proof);
