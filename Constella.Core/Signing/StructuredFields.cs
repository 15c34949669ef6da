using System.Globalization;
using System.Text;

namespace Constella.Core.Signing;

internal enum BareKind
{
    Integer,
    Text,
    Token,
    Bytes,
    Flag,
}

/// <summary>A bare item; <paramref name="Text"/> is its decoded text, for bytes their base64.</summary>
internal sealed record Bare(BareKind Kind, string Text)
{
    public string Serialised => Kind switch
    {
        BareKind.Text => $"\"{Text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"",
        BareKind.Bytes => $":{Text}:",
        _ => Text,
    };
}

/// <summary>An item with its parameters in the order they came.</summary>
internal sealed record SfItem(Bare Value, IReadOnlyList<KeyValuePair<string, Bare>> Parameters)
{
    public string SerialisedParameters => StructuredFields.Serialise(Parameters);
}

/// <summary>A member of a dictionary: an item, or an inner list when <see cref="Items"/> is not null.</summary>
internal sealed record SfMember(string Key, Bare? Item, IReadOnlyList<SfItem>? Items, IReadOnlyList<KeyValuePair<string, Bare>> Parameters)
{
    public Bare? Parameter(string key) => Parameters.FirstOrDefault(p => p.Key == key).Value;
}

/// <summary>
/// Dictionaries of RFC 8941 (Structured Fields), as far as signatures use them: no decimals and no dates. Stricter than the RFC
/// in one thing: a key given twice is an error, where the RFC lets the last one win.
/// </summary>
internal static class StructuredFields
{
    public static bool TryParseDictionary(string text, out IReadOnlyList<SfMember> members)
    {
        var parser = new Parser(text);
        var found = parser.Dictionary();
        members = found ?? [];
        return found is not null;
    }

    public static string Serialise(IReadOnlyList<KeyValuePair<string, Bare>> parameters)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in parameters)
        {
            text.Append(';').Append(key);
            if (value is not { Kind: BareKind.Flag, Text: "?1" })
                text.Append('=').Append(value.Serialised);
        }

        return text.ToString();
    }

    /// <summary>Recursive descent over RFC 8941 §4.2; null is failure all the way up.</summary>
    private ref struct Parser(string text)
    {
        private static readonly Bare True = new(BareKind.Flag, "?1");
        private readonly ReadOnlySpan<char> _text = text;
        private int _at;

        private readonly char Peek => _at < _text.Length ? _text[_at] : '\0';

        public List<SfMember>? Dictionary()
        {
            var members = new List<SfMember>();
            Skip(" ");
            while (_at < _text.Length)
            {
                if (Key() is not { } key || members.Exists(m => m.Key == key) || Member(key) is not { } member)
                    return null;
                members.Add(member);
                Skip(" \t");
                if (_at == _text.Length)
                    return members;
                if (!Take(','))
                    return null;
                Skip(" \t");
                if (_at == _text.Length)
                    return null;
            }

            return members;
        }

        private SfMember? Member(string key)
        {
            Bare? item = True;
            List<SfItem>? items = null;
            if (Take('='))
            {
                if (Peek == '(')
                {
                    item = null;
                    items = InnerList();
                }
                else
                {
                    item = Bare();
                }

                if (item is null && items is null)
                    return null;
            }

            return Parameters() is { } parameters ? new(key, item, items, parameters) : null;
        }

        private List<SfItem>? InnerList()
        {
            var items = new List<SfItem>();
            Take('(');
            while (true)
            {
                var before = _at;
                Skip(" ");
                if (Take(')'))
                    return items;
                if (items.Count > 0 && _at == before)
                    return null;
                if (Bare() is not { } value || Parameters() is not { } parameters)
                    return null;
                items.Add(new(value, parameters));
            }
        }

        private List<KeyValuePair<string, Bare>>? Parameters()
        {
            var parameters = new List<KeyValuePair<string, Bare>>();
            while (Take(';'))
            {
                Skip(" ");
                if (Key() is not { } key || parameters.Exists(p => p.Key == key))
                    return null;
                if ((Take('=') ? Bare() : True) is not { } value)
                    return null;
                parameters.Add(new(key, value));
            }

            return parameters;
        }

        private string? Key() =>
            Peek is '*' || char.IsAsciiLetterLower(Peek)
                ? Run(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-' or '.' or '*')
                : null;

        private Bare? Bare() => Peek switch
        {
            '"' => Text(),
            ':' => Bytes(),
            '?' => Flag(),
            '*' => Token(),
            var c when char.IsAsciiLetter(c) => Token(),
            var c when c == '-' || char.IsAsciiDigit(c) => Integer(),
            _ => null,
        };

        private Bare? Integer()
        {
            var sign = Take('-') ? "-" : "";
            var digits = Run(char.IsAsciiDigit);
            if (digits.Length is 0 or > 15 || Peek == '.')
                return null;
            return new(BareKind.Integer, long.Parse(sign + digits, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture));
        }

        private Bare? Text()
        {
            var value = new StringBuilder();
            for (_at++; _at < _text.Length; _at++)
            {
                var c = _text[_at];
                if (c == '"')
                {
                    _at++;
                    return new(BareKind.Text, value.ToString());
                }

                if (c == '\\' && (++_at == _text.Length || (c = _text[_at]) is not ('"' or '\\')))
                    return null;
                if (c is < ' ' or > '~')
                    return null;
                value.Append(c);
            }

            return null;
        }

        private Bare? Bytes()
        {
            _at++;
            var base64 = Run(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '/' or '=');
            return Take(':') && Base64.From(base64) is not null ? new(BareKind.Bytes, base64) : null;
        }

        private Bare? Flag()
        {
            _at++;
            return Take('1') ? True : Take('0') ? new(BareKind.Flag, "?0") : null;
        }

        private Bare Token() =>
            new(BareKind.Token, Run(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~:/".Contains(c, StringComparison.Ordinal)));

        private string Run(Func<char, bool> belongs)
        {
            var start = _at;
            while (_at < _text.Length && belongs(_text[_at]))
                _at++;
            return _text[start.._at].ToString();
        }

        private bool Take(char wanted)
        {
            if (_at >= _text.Length || _text[_at] != wanted)
                return false;
            _at++;
            return true;
        }

        private void Skip(string blanks)
        {
            while (_at < _text.Length && blanks.Contains(_text[_at], StringComparison.Ordinal))
                _at++;
        }
    }
}
