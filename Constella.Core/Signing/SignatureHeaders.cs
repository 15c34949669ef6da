namespace Constella.Core.Signing;

/// <summary>Names of the header fields of a signed message (rule X1).</summary>
public static class SignatureHeaders
{
    public const string SignatureInput = "Signature-Input";
    public const string Signature = "Signature";
    public const string ContentDigest = "Content-Digest";

    /// <summary>Node id of who sends this message.</summary>
    public const string From = "Constella-From";

    /// <summary>Node id of who is meant to answer.</summary>
    public const string To = "Constella-To";

    /// <summary>In a request the target's run id as the caller knows it, in an answer the answerer's own.</summary>
    public const string Run = "Constella-Run";

    internal const string Label = "sig1";
    internal const string Algorithm = "hmac-sha256";
}

/// <summary>All lines of a header field by its name, in any case; null or empty when it is absent.</summary>
public delegate IReadOnlyList<string?>? HeaderLookup(string name);
