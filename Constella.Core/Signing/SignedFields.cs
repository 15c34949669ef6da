using System.Buffers;

namespace Constella.Core.Signing;

/// <summary>The pair <c>Signature-Input</c> and <c>Signature</c> of a message, of the one shape that is understood here.</summary>
internal readonly ref struct SignedFields
{
    public const int MacBytes = 32;

    private static readonly SearchValues<char> Printable = SearchValues.Create([.. "\t", .. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c)]);

    private SignedFields(SfDictionary input, ReadOnlySpan<char> signature)
    {
        Input = input;
        Signature = signature;
    }

    /// <summary>One member: the list of components, and the parameters.</summary>
    public SfDictionary Input { get; }

    /// <summary>The MAC in base64.</summary>
    public ReadOnlySpan<char> Signature { get; }

    public ReadOnlySpan<char> Label => Input.Key(Input.Parts[0]);

    public int Items
    {
        get
        {
            var count = 0;
            foreach (var part in Input.Parts)
                count += part.Role == SfRole.Item ? 1 : 0;
            return count;
        }
    }

    public long? Integer(string parameter) => Input.Parameter(parameter, BareKind.Integer)?.Number;

    /// <returns>Empty where there is no such text.</returns>
    public ReadOnlySpan<char> Text(string parameter) => Input.Parameter(parameter, BareKind.Text) is { } part ? Input.Value(part) : default;

    /// <param name="mac">Gets the <see cref="MacBytes"/> of the MAC.</param>
    /// <returns>False where it has another length.</returns>
    public bool TryReadMac(Span<byte> mac) => Convert.TryFromBase64Chars(Signature, mac, out var count) && count == mac.Length;

    /// <summary>Both fields once, one label and the same in both, and components given as texts.</summary>
    /// <param name="room">Of <see cref="StructuredFields.MostParts"/>.</param>
    public static bool TryRead(HeaderLookup headers, Span<SfPart> room, out SignedFields fields)
    {
        fields = default;
        if (Single(headers, SignatureHeaders.SignatureInput) is not { } inputText ||
            Single(headers, SignatureHeaders.Signature) is not { } signatureText ||
            !StructuredFields.TryParseDictionary(inputText, room, out var input) ||
            !StructuredFields.TryParseDictionary(signatureText, stackalloc SfPart[2], out var signature))
            return false;
        if (input.Parts is not [{ Kind: BareKind.List } list, ..] || signature.Parts is not [{ Kind: BareKind.Bytes } mac] ||
            !input.Key(list).SequenceEqual(signature.Key(mac)))
            return false;
        foreach (var part in input.Parts[1..])
        {
            if (part.Role == SfRole.Member || part is { Role: SfRole.Item, Kind: not BareKind.Text })
                return false;
        }

        fields = new(input, signatureText.AsSpan(mac.Value.Start, mac.Value.Length));
        return fields.Text("alg") is SignatureHeaders.Algorithm;
    }

    /// <returns>The trimmed value of a field that is there exactly once and is short printable ASCII, else null.</returns>
    public static string? Single(HeaderLookup headers, string name)
    {
        if (headers(name, out var line) != 1 || line is not { Length: <= Limits.SignatureLine })
            return null;
        var value = line.AsSpan().Trim(" \t");
        return value.ContainsAnyExcept(Printable) ? null : value.Length == line.Length ? line : value.ToString();
    }

    public static bool Present(HeaderLookup headers, string name) => headers(name, out _) > 0;
}
