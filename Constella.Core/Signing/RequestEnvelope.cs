using System.Buffers;

namespace Constella.Core.Signing;

/// <summary>A signed request whose size and shape are right (rule X3, first step): nothing in it is proved yet.</summary>
/// <param name="message">Empty: it gets the text that must have been signed.</param>
internal ref struct RequestEnvelope(SignatureBase message)
{
    private const int MostComponents = 16;
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    private SignatureBase _message = message;
    private bool _method;
    private bool _path;
    private bool _query;

    public SignedFields Fields { get; private set; }

    public string From { get; private set; } = "";

    public string To { get; private set; } = "";

    public string? Run { get; private set; }

    public string? Digest { get; private set; }

    public long Created { get; private set; }

    public long Expires { get; private set; }

    /// <summary>As it was written: escapes as they are.</summary>
    public ReadOnlySpan<char> Nonce { get; private set; }

    /// <summary>What the MAC must be of.</summary>
    public readonly ReadOnlySpan<char> Text => _message.Text;

    /// <param name="keyId">As the ring has it.</param>
    public readonly RequestProof Proof(string method, string keyId) => new(
        method, Fields.Label is SignatureHeaders.Label ? SignatureHeaders.Label : Fields.Label.ToString(), $":{Fields.Signature}:", From, To, keyId);

    /// <param name="room">Of <see cref="StructuredFields.MostParts"/>.</param>
    /// <param name="problem">For this node's own log.</param>
    public bool TryRead(RequestParts request, HeaderLookup headers, Span<SfPart> room, out string problem)
    {
        problem = "";
        if (!Sizes(request))
            return Bad("request line or body out of bounds", out problem);
        if (!SignedFields.TryRead(headers, room, out var fields))
            return Bad("no single well-formed signature", out problem);
        Fields = fields;
        if (!TakeComponents(request, headers))
            return Bad("a component is unknown, absent or named twice", out problem);
        if (!Covers(request, headers))
            return Bad("a required component is not covered", out problem);
        if (!TakeParameters())
            return Bad("signature parameters missing, unknown or out of bounds", out problem);
        if (!IsId(From) || !IsId(To) || (Run is { } run && !IsId(run)))
            return Bad("an id is not 16 hexadecimal digits", out problem);
        _message.Finish(fields.Input);
        return true;
    }

    public void Dispose() => _message.Dispose();

    internal static bool IsId(string text) => text.Length == 16 && !text.AsSpan().ContainsAnyExcept(Hexadecimal);

    private static bool Bad(string reason, out string problem)
    {
        problem = reason;
        return false;
    }

    private static bool Sizes(RequestParts request) =>
        request.Method.Length is > 0 and <= 16 && !request.Method.AsSpan().ContainsAnyExceptInRange('A', 'Z') &&
        request.RawTarget.Length is > 0 and <= Limits.SignatureLine && request.RawTarget[0] == '/' &&
        !request.RawTarget.AsSpan().ContainsAnyExceptInRange('!', '~') &&
        request.Body.Length <= Limits.BodyBytes;

    /// <summary>The value of each covered component; other header fields may be covered too, other derived components may not.</summary>
    private bool TakeComponents(RequestParts request, HeaderLookup headers)
    {
        var input = Fields.Input;
        var items = Fields.Items;
        if (items > MostComponents)
            return false;
        for (var i = 1; i <= items; i++)
        {
            // A component with parameters would be followed by them.
            if (input.Parts[i].Role != SfRole.Item || IsNamedBefore(i) || Take(input.Value(input.Parts[i]), request, headers) is not { } value)
                return false;
            _message.Add(input, i, value);
        }

        return true;
    }

    private string? Take(ReadOnlySpan<char> name, RequestParts request, HeaderLookup headers)
    {
        switch (name)
        {
            case Components.Method:
                _method = true;
                return request.Method;
            case Components.Path:
                _path = true;
                return request.Path;
            case Components.Query:
                _query = true;
                return request.Query;
            case Components.From:
                return SignedFields.Single(headers, Components.From) is { } from ? From = from : null;
            case Components.To:
                return SignedFields.Single(headers, Components.To) is { } to ? To = to : null;
            case Components.Run:
                return Run = SignedFields.Single(headers, Components.Run);
            case Components.ContentDigest:
                return Digest = SignedFields.Single(headers, Components.ContentDigest);
            case ['@', ..] or Components.Signature or "signature-input":
                return null;
            default:
                return name.ContainsAnyInRange('A', 'Z') ? null : SignedFields.Single(headers, name.ToString());
        }
    }

    private readonly bool IsNamedBefore(int item)
    {
        var input = Fields.Input;
        for (var i = 1; i < item; i++)
        {
            if (input.Value(input.Parts[i]).SequenceEqual(input.Value(input.Parts[item])))
                return true;
        }

        return false;
    }

    /// <summary>What X1 lists; and what is sent of it must be covered.</summary>
    private readonly bool Covers(RequestParts request, HeaderLookup headers) =>
        _method && _path && _query && From.Length > 0 && To.Length > 0 &&
        (Digest is not null || (request.Body.IsEmpty && !SignedFields.Present(headers, Components.ContentDigest))) &&
        (Run is not null || !SignedFields.Present(headers, Components.Run));

    private bool TakeParameters()
    {
        foreach (var part in Fields.Input.Parts)
        {
            if (part.Role == SfRole.Parameter && Fields.Input.Key(part) is not ("created" or "expires" or "nonce" or "keyid" or "alg"))
                return false;
        }

        if (Fields.Integer("created") is not { } created || Fields.Integer("expires") is not { } expires)
            return false;
        (Created, Expires) = (created, expires);
        Nonce = Fields.Text("nonce");
        // An escape is one character of the nonce.
        var length = Nonce.Length - Nonce.Count("\\\\") - Nonce.Count("\\\"");
        return length is >= Limits.NonceShortest and <= Limits.NonceLongest && expires > created && expires - created <= Limits.SignatureSeconds;
    }
}
