namespace Constella.Core.Signing;

/// <summary>The text that is signed: RFC 9421 §2.5.</summary>
/// <param name="lines">Room for the text, of <see cref="LinesRoom"/> characters.</param>
/// <param name="input">Room for its last line, of <see cref="InputRoom"/> characters.</param>
internal ref struct SignatureBase(Span<char> lines, Span<char> input)
{
    /// <summary>What a heartbeat needs, and half as much again.</summary>
    public const int LinesRoom = 1_024;

    public const int InputRoom = 512;

    private CharText _lines = new(lines);
    private CharText _input = new(input);

    /// <summary>The text; whole once it was finished.</summary>
    public readonly ReadOnlySpan<char> Text => _lines.Written;

    /// <summary>The value of <c>@signature-params</c>, which is also the label's value in <c>Signature-Input</c>.</summary>
    public readonly ReadOnlySpan<char> Input => _input.Written;

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
        _input.Add(");created=");
        _input.Add(created);
        if (expires is { } end)
        {
            _input.Add(";expires=");
            _input.Add(end);
        }

        if (nonce is not null)
            Quoted(";nonce=", nonce);
        Quoted(";keyid=", keyId);
        Quoted(";alg=", SignatureHeaders.Algorithm);
        Close();
    }

    /// <summary>Ends it with the parameters of the first member, as they were read.</summary>
    public void Finish(SfDictionary read)
    {
        _input.Add(")");
        var first = 1;
        while (first < read.Parts.Length && read.Parts[first].Role != SfRole.Parameter)
            first++;
        read.Write(read.After(first - 1, SfRole.Parameter), ref _input);
        Close();
    }

    /// <summary>The value of <c>Signature-Input</c>.</summary>
    public readonly string Field() => $"{SignatureHeaders.Label}={Input}";

    public void Dispose()
    {
        _lines.Dispose();
        _input.Dispose();
    }

    private int Begin(ReadOnlySpan<char> name)
    {
        _input.Add(_input.Length == 0 ? "(" : " ");
        var start = _input.Length;
        _input.Add("\"");
        _input.Add(name);
        _input.Add("\"");
        return start;
    }

    private void End(int start, ReadOnlySpan<char> value)
    {
        _lines.Add(_input.Written[start..]);
        _lines.Add(": ");
        _lines.Add(value);
        _lines.Add("\n");
    }

    private void Quoted(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        _input.Add(name);
        _input.Add("\"");
        _input.Add(value);
        _input.Add("\"");
    }

    private void Close()
    {
        _lines.Add("\"@signature-params\": ");
        _lines.Add(_input.Written);
    }
}
