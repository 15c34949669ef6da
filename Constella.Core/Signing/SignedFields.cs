using System.Globalization;

namespace Constella.Core.Signing;

/// <summary>The pair <c>Signature-Input</c> and <c>Signature</c> of a message, of the one shape that is understood here.</summary>
internal sealed record SignedFields(SfMember Input, string Signature)
{
    public string Label => Input.Key;

    public byte[] SignatureBytes => Convert.FromBase64String(Signature);

    /// <summary>Both fields once, one label and the same in both, components given as texts, and a MAC of the right length.</summary>
    public static SignedFields? Read(HeaderLookup headers)
    {
        if (Single(headers, SignatureHeaders.SignatureInput) is not { } inputText ||
            Single(headers, SignatureHeaders.Signature) is not { } signatureText ||
            !StructuredFields.TryParseDictionary(inputText, out var inputs) ||
            !StructuredFields.TryParseDictionary(signatureText, out var signatures))
            return null;
        if (inputs is not [{ Items: { } items } input] ||
            signatures is not [{ Item: { Kind: BareKind.Bytes } mac, Parameters.Count: 0 } signature] ||
            input.Key != signature.Key || Base64.From(mac.Text)?.Length != 32)
            return null;
        if (items.Any(i => i.Value.Kind != BareKind.Text) || input.Text("alg") is not SignatureHeaders.Algorithm)
            return null;
        return new(input, mac.Text);
    }

    /// <returns>The trimmed value of a field that is there exactly once and is short printable ASCII, else null.</returns>
    public static string? Single(HeaderLookup headers, string name)
    {
        if (headers(name) is not [{ Length: <= Limits.SignatureLine } line])
            return null;
        var value = line.Trim(' ', '\t');
        return value.All(c => c is '\t' or (>= ' ' and <= '~')) ? value : null;
    }

    public static bool Present(HeaderLookup headers, string name) => headers(name) is { Count: > 0 };
}

internal static class SfMemberReading
{
    public static string? Text(this SfMember member, string parameter) =>
        member.Parameter(parameter) is { Kind: BareKind.Text } value ? value.Text : null;

    public static long? Integer(this SfMember member, string parameter) =>
        member.Parameter(parameter) is { Kind: BareKind.Integer } value ? long.Parse(value.Text, CultureInfo.InvariantCulture) : null;
}
