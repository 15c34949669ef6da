using System.Buffers;
using System.Globalization;

namespace Constella.Core.Signing;

internal enum BareKind : byte
{
    Integer,
    Text,
    Token,
    Bytes,
    Flag,

    /// <summary>No bare item: an inner list, whose items follow.</summary>
    List,
}

internal enum SfRole : byte
{
    Member,
    Item,
    ItemParameter,
    Parameter,
}

/// <summary>A stretch of the text that was parsed.</summary>
internal readonly record struct Place(int Start, int Length);

/// <summary>
/// One part of a dictionary. They stand in a row, as in the text: a member, its inner list's items, each with its parameters, and
/// then the member's own parameters.
/// </summary>
/// <param name="Value">Of a text what stands between its quotes, escapes as they are; of bytes their base64.</param>
/// <param name="Number">Of an integer its value, of a flag 1 or 0.</param>
internal readonly record struct SfPart(SfRole Role, Place Key, BareKind Kind, Place Value, long Number);

/// <summary>A dictionary as it was read: places in its text, so that reading it takes no memory.</summary>
internal readonly ref struct SfDictionary(ReadOnlySpan<char> text, ReadOnlySpan<SfPart> parts)
{
    private readonly ReadOnlySpan<char> _text = text;

    public ReadOnlySpan<SfPart> Parts { get; } = parts;

    public ReadOnlySpan<char> Key(SfPart part) => _text.Slice(part.Key.Start, part.Key.Length);

    public ReadOnlySpan<char> Value(SfPart part) => _text.Slice(part.Value.Start, part.Value.Length);

    /// <summary>The parts after one of these, as long as they have the role.</summary>
    public ReadOnlySpan<SfPart> After(int index, SfRole role)
    {
        var rest = Parts[(index + 1)..];
        var count = 0;
        while (count < rest.Length && rest[count].Role == role)
            count++;
        return rest[..count];
    }

    /// <summary>A parameter of the first member.</summary>
    public SfPart? Parameter(ReadOnlySpan<char> key, BareKind kind)
    {
        foreach (var part in Parts)
        {
            if (part.Role == SfRole.Parameter && part.Kind == kind && Key(part).SequenceEqual(key))
                return part;
        }
        return null;
    }

    /// <summary>Parameters as RFC 8941 §4.1.1.2 writes them, however they were written.</summary>
    public void Write(ReadOnlySpan<SfPart> parameters, ref CharText into)
    {
        foreach (var part in parameters)
        {
            into.Add(";");
            into.Add(Key(part));
            if (part is { Kind: BareKind.Flag, Number: 1 })
                continue;
            into.Add("=");
            var quote = part.Kind switch { BareKind.Text => "\"", BareKind.Bytes => ":", BareKind.Flag => "?0", _ => "" };
            into.Add(quote);
            if (part.Kind == BareKind.Flag)
                continue;
            if (part.Kind == BareKind.Integer)
                into.Add(part.Number);
            else
                into.Add(Value(part));
            into.Add(quote);
        }
    }
}

/// <summary>
/// Dictionaries of RFC 8941 (Structured Fields), as far as signatures use them: no decimals and no dates. Stricter than the RFC
/// in two things: a key given twice is an error, where the RFC lets the last one win, and so is more than there is room for.
/// </summary>
internal static class StructuredFields
{
    /// <summary>Parts of a field that is read here; what signatures need is a third of it.</summary>
    public const int MostParts = 64;

    /// <param name="room">For the parts.</param>
    public static bool TryParseDictionary(ReadOnlySpan<char> text, Span<SfPart> room, out SfDictionary dictionary)
    {
        var parser = new Parser(text, room);
        var read = parser.Dictionary();
        dictionary = new(text, read ? room[..parser.Count] : []);
        return read;
    }

    /// <summary>Recursive descent over RFC 8941 §4.2; false is failure all the way up.</summary>
    private ref struct Parser(ReadOnlySpan<char> text, Span<SfPart> room)
    {
        private static readonly SearchValues<char> KeyLetters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_-.*");
        private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789");
        private static readonly SearchValues<char> Base64Letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=");

        private static readonly SearchValues<char> TokenLetters =
            SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+-.^_`|~:/");

        private readonly ReadOnlySpan<char> _text = text;
        private readonly Span<SfPart> _room = room;
        private int _at;

        public int Count { get; private set; }

        private readonly char Peek => _at < _text.Length ? _text[_at] : '\0';

        public bool Dictionary()
        {
            Skip(" ");
            while (_at < _text.Length)
            {
                var key = Key();
                if (key.Length == 0 || IsTaken(SfRole.Member, 0, key) || !Member(key))
                    return false;
                Skip(" \t");
                if (_at == _text.Length)
                    return true;
                if (!Take(','))
                    return false;
                Skip(" \t");
                if (_at == _text.Length)
                    return false;
            }

            return true;
        }

        private bool Member(Place key)
        {
            if (!Take('='))
                return Put(new(SfRole.Member, key, BareKind.Flag, default, 1)) && Parameters(SfRole.Parameter);
            if (Peek != '(')
                return Bare(SfRole.Member, key) && Parameters(SfRole.Parameter);
            return Put(new(SfRole.Member, key, BareKind.List, default, 0)) && InnerList() && Parameters(SfRole.Parameter);
        }

        private bool InnerList()
        {
            Take('(');
            for (var first = true; ; first = false)
            {
                var before = _at;
                Skip(" ");
                if (Take(')'))
                    return true;
                if (!first && _at == before)
                    return false;
                if (!Bare(SfRole.Item, default) || !Parameters(SfRole.ItemParameter))
                    return false;
            }
        }

        private bool Parameters(SfRole role)
        {
            var first = Count;
            while (Take(';'))
            {
                Skip(" ");
                var key = Key();
                if (key.Length == 0 || IsTaken(role, first, key))
                    return false;
                if (!(Take('=') ? Bare(role, key) : Put(new(role, key, BareKind.Flag, default, 1))))
                    return false;
            }

            return true;
        }

        private Place Key() => Peek is '*' || char.IsAsciiLetterLower(Peek) ? Run(KeyLetters) : default;

        private bool Bare(SfRole role, Place key)
        {
            switch (Peek)
            {
                case '"':
                    return Text(out var text) && Put(new(role, key, BareKind.Text, text, 0));
                case ':':
                    return Bytes(out var base64) && Put(new(role, key, BareKind.Bytes, base64, 0));
                case '?':
                    _at++;
                    var set = Take('1');
                    return (set || Take('0')) && Put(new(role, key, BareKind.Flag, default, set ? 1 : 0));
                case '*' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z'):
                    return Put(new(role, key, BareKind.Token, Run(TokenLetters), 0));
                case '-' or (>= '0' and <= '9'):
                    return Integer(out var number) && Put(new(role, key, BareKind.Integer, default, number));
                default:
                    return false;
            }
        }

        private bool Integer(out long number)
        {
            var sign = Take('-') ? -1 : 1;
            var digits = Run(Digits);
            number = 0;
            if (digits.Length is 0 or > 15 || Peek == '.')
                return false;
            number = sign * long.Parse(_text.Slice(digits.Start, digits.Length), NumberStyles.None, CultureInfo.InvariantCulture);
            return true;
        }

        private bool Text(out Place text)
        {
            var start = ++_at;
            for (; _at < _text.Length; _at++)
            {
                var c = _text[_at];
                if (c == '"')
                {
                    text = new(start, _at++ - start);
                    return true;
                }

                if (c == '\\' && (++_at == _text.Length || (c = _text[_at]) is not ('"' or '\\')))
                    break;
                if (c is < ' ' or > '~')
                    break;
            }

            text = default;
            return false;
        }

        private bool Bytes(out Place base64)
        {
            _at++;
            base64 = Run(Base64Letters);
            return Take(':') && Base64.IsCanonical(_text.Slice(base64.Start, base64.Length));
        }

        private Place Run(SearchValues<char> belongs)
        {
            var rest = _text[_at..];
            var length = rest.IndexOfAnyExcept(belongs);
            var place = new Place(_at, length < 0 ? rest.Length : length);
            _at += place.Length;
            return place;
        }

        private readonly bool IsTaken(SfRole role, int first, Place key)
        {
            foreach (var part in _room[first..Count])
            {
                if (part.Role == role && _text.Slice(part.Key.Start, part.Key.Length).SequenceEqual(_text.Slice(key.Start, key.Length)))
                    return true;
            }

            return false;
        }

        private bool Put(SfPart part)
        {
            if (Count == _room.Length)
                return false;
            _room[Count++] = part;
            return true;
        }

        private bool Take(char wanted)
        {
            if (_at >= _text.Length || _text[_at] != wanted)
                return false;
            _at++;
            return true;
        }

        private void Skip(ReadOnlySpan<char> blanks)
        {
            while (_at < _text.Length && blanks.Contains(_text[_at]))
                _at++;
        }
    }
}
