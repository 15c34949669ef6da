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

/// <summary>The covered components by the names that signatures have for them (rules X1 and X4).</summary>
internal static class Components
{
    public const string Method = "@method";
    public const string Path = "@path";
    public const string Query = "@query";
    public const string Status = "@status";
    public const string Signature = "signature";
    public const string ContentDigest = "content-digest";
    public const string From = "constella-from";
    public const string To = "constella-to";
    public const string Run = "constella-run";
}

/// <summary>Looks a header field up by its name, in any case.</summary>
/// <param name="line">The field's line where it has exactly one.</param>
/// <returns>How many lines the field has.</returns>
public delegate int HeaderLookup(string name, out string? line);
