using System.Text;

namespace Constella.Core.Signing;

/// <summary>The text that is signed: RFC 9421 §2.5.</summary>
/// <param name="lines">Room for the text, of <see cref="LinesRoom"/> bytes.</param>
/// <param name="input">Room for its last line, of <see cref="InputRoom"/> bytes.</param>
internal ref struct SignatureBase(Span<byte> lines, Span<byte> input)
{
    /// <summary>What a heartbeat needs, and half as much again.</summary>
    public const int LinesRoom = 1_024;

    public const int InputRoom = 512;

    private Utf8Text _lines = new(lines);
    private Utf8Text _input = new(input);

    /// <summary>The text; whole once it was finished.</summary>
    public readonly ReadOnlySpan<byte> Text => _lines.Written;

    /// <summary>The value of <c>@signature-params</c>, which is also the label's value in <c>Signature-Input</c>.</summary>
    public readonly ReadOnlySpan<byte> Input => _input.Written;

    /// <param name="name">In lower case.</param>
    /// <param name="parameters">Of the component, in serialised form, such as <c>;req</c>.</param>
    public void Add(ReadOnlySpan<char> name, ReadOnlySpan<char> value, ReadOnlySpan<char> parameters = default)
    {
        var start = Begin(name);
        _input.Add(parameters);
        End(start, value);
    }

    /// <summary>A component with its parameters, as they were read.</summary>
    public void Add(SfDictionary read, int item, ReadOnlySpan<char> value)
    {
        var start = Begin(read.Value(read.Parts[item]));
        read.Write(read.After(item, SfRole.ItemParameter), ref _input);
        End(start, value);
    }

    /// <summary>Ends it as a signer; without <paramref name="expires"/> and <paramref name="nonce"/> for an answer.</summary>
    public void Finish(long created, string keyId, long? expires = null, string? nonce = null)
    {
        _input.Add(");created="u8);
        _input.Add(created);
        if (expires is { } end)
        {
            _input.Add(";expires="u8);
            _input.Add(end);
        }

        if (nonce is not null)
            Quoted(";nonce="u8, nonce);
        Quoted(";keyid="u8, keyId);
        Quoted(";alg="u8, SignatureHeaders.Algorithm);
        Close();
    }

    /// <summary>Ends it with the parameters of the first member, as they were read.</summary>
    public void Finish(SfDictionary read)
    {
        _input.Add(")"u8);
        var first = 1;
        while (first < read.Parts.Length && read.Parts[first].Role != SfRole.Parameter)
            first++;
        read.Write(read.After(first - 1, SfRole.Parameter), ref _input);
        Close();
    }

    /// <summary>The value of <c>Signature-Input</c>.</summary>
    public readonly string Field() => string.Create(SignatureHeaders.Label.Length + 1 + Input.Length, Input, static (text, input) =>
    {
        SignatureHeaders.Label.CopyTo(text);
        text[SignatureHeaders.Label.Length] = '=';
        _ = Encoding.ASCII.GetChars(input, text[(SignatureHeaders.Label.Length + 1)..]);
    });

    public void Dispose()
    {
        _lines.Dispose();
        _input.Dispose();
    }

    private int Begin(ReadOnlySpan<char> name)
    {
        _input.Add(_input.Length == 0 ? "("u8 : " "u8);
        var start = _input.Length;
        _input.Add("\""u8);
        _input.Add(name);
        _input.Add("\""u8);
        return start;
    }

    private void End(int start, ReadOnlySpan<char> value)
    {
        _lines.Add(_input.Written[start..]);
        _lines.Add(": "u8);
        _lines.Add(value);
        _lines.Add("\n"u8);
    }

    private void Quoted(ReadOnlySpan<byte> name, string value)
    {
        _input.Add(name);
        _input.Add("\""u8);
        _input.Add(value);
        _input.Add("\""u8);
    }

    private void Close()
    {
        _lines.Add("\"@signature-params\": "u8);
        _lines.Add(_input.Written);
    }
}
