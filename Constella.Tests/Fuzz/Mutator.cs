using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Constella.Tests.Simulation;

namespace Constella.Tests.Fuzz;

/// <summary>Breaks valid samples by bytes, by tokens and by structure. The same random makes the same case.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> corpus)
{
    private const int Longest = 64 * 1024;

    /// <summary>What has broken parsers before: ends of number ranges, halves of characters, controls, other syntaxes.</summary>
    private static readonly string[] s_values =
    [
        "null", "true", "0", "-1", "1e999", "-0.0", "0.1", "1E400", "2147483648", "9007199254740993", "9223372036854775807",
        "9223372036854775808", "18446744073709551616", "-9223372036854775809", "[]", "{}", "[null]", "\"\"", "\"\\ud800\"",
        "\"\\udc00\\ud800\"", "\"\\u0000\"", "\"0123456789abcdef\"", "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59.9999999Z\"",
        "\"" + new string('x', 200) + "\"",
    ];

    private static readonly byte[][] s_tokens =
    [
        .. s_values.Select(Encoding.UTF8.GetBytes),
        .. new[] { "NaN", "-Infinity", "\r\n", "\r\n\r\n", "%00", "%2f", "..", "//", "?", "&", "=", ";", ",", ":", "\"", "\\", "\0", "\t", "(", ")", "@", "[2001:db8::1]", "\u202e", "É" }
            .Select(Encoding.UTF8.GetBytes),
        [0xff, 0xfe], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82],
    ];

    public byte[] Mutate(byte[] sample, SimRandom random)
    {
        if (random.Chance(400) && Restructured(sample, random) is { } whole)
            return Cut(whole);
        var bytes = sample;
        for (var rounds = 1 + random.Index(4); rounds > 0; rounds--)
            bytes = Cut(Step(bytes, random));
        return bytes;
    }

    private static byte[] Cut(byte[] bytes) => bytes.Length <= Longest ? bytes : bytes[..Longest];

    private byte[] Step(byte[] bytes, SimRandom random)
    {
        var (start, end) = Range(bytes.Length, random);
        switch (random.Index(9))
        {
            case 0:
                return bytes[..start];
            case 1:
                return [.. bytes[..start], .. bytes[end..]];
            case 2:
                return [.. bytes[..end], .. bytes[start..]];
            case 3:
                return [.. bytes[..start], .. s_tokens[random.Index(s_tokens.Length)], .. bytes[start..]];
            case 4:
                return [.. bytes[..start], .. s_tokens[random.Index(s_tokens.Length)], .. bytes[end..]];
            case 5:
                var other = corpus[random.Index(corpus.Count)];
                return [.. bytes[..start], .. other[Math.Min(start, other.Length)..]];
            case 6:
                // One sign many times: depth, length, or a number without end.
                var sign = bytes.Length == 0 || random.Chance(500) ? (byte)"[{(9\"\\ ,:"[random.Index(9)] : bytes[random.Index(bytes.Length)];
                return [.. bytes[..start], .. Enumerable.Repeat(sign, 1 << random.Index(13)), .. bytes[start..]];
            default:
                if (bytes.Length == 0)
                    return [(byte)random.Index(256)];
                var changed = (byte[])bytes.Clone();
                changed[random.Index(changed.Length)] ^= random.Chance(500) ? (byte)(1 << random.Index(8)) : (byte)random.Index(256);
                return changed;
        }
    }

    // Mostly short: a field or a part of one.
    private static (int Start, int End) Range(int length, SimRandom random)
    {
        var start = random.Index(length + 1);
        return (start, Math.Min(length, start + random.Index(1 << random.Index(9))));
    }

    /// <summary>Still JSON, of another shape; null where the sample is none.</summary>
    private static byte[]? Restructured(byte[] sample, SimRandom random)
    {
        if (sample is not [(byte)'{', ..])
            return null;
        var root = JsonNode.Parse(sample)!;
        for (var rounds = 1 + random.Index(3); rounds > 0; rounds--)
        {
            var slots = Slots(root).ToList();
            if (slots.Count > 0)
                Change(slots[random.Index(slots.Count)], slots[random.Index(slots.Count)].Value, random);
        }
        var text = root.ToJsonString();
        return Encoding.UTF8.GetBytes(random.Chance(150) ? Twice(text, random) : text);
    }

    private static void Change(Slot slot, JsonNode? other, SimRandom random)
    {
        switch (random.Index(6))
        {
            case 0:
                slot.Remove();
                break;
            case 1:
                slot.Set(other?.DeepClone());
                break;
            case 2:
                var deep = slot.Value?.DeepClone();
                for (var depth = random.Index(90); depth > 0; depth--)
                    deep = new JsonArray(deep);
                slot.Set(deep);
                break;
            case 3 when slot.Value is JsonArray list:
                for (var more = random.Index(300); more > 0; more--)
                    list.Add(list.Count > 0 ? list[0]?.DeepClone() : null);
                break;
            case 4 when slot.Value is JsonValue value && value.GetValueKind() == JsonValueKind.String:
                var text = value.GetValue<string>();
                slot.Set(random.Chance(500) ? text + text : text.Length > 0 ? text[..^1] : "0");
                break;
            default:
                slot.Set(JsonNode.Parse(s_values.Where(each => !each.Contains("\\u", StringComparison.Ordinal)).ElementAt(random.Index(18))));
                break;
        }
    }

    // A key given twice, which no tree of nodes can hold.
    private static string Twice(string text, SimRandom random)
    {
        var at = text.IndexOf('"', random.Index(text.Length));
        var end = at < 0 ? -1 : text.IndexOf("\":", at + 1, StringComparison.Ordinal);
        return end < 0 || text.AsSpan(at + 1, end - at - 1).Contains('"') ? text : $"{text[..at]}{text[at..end]}\":null,{text[at..]}";
    }

    private static IEnumerable<Slot> Slots(JsonNode? node) => node switch
    {
        JsonObject o => o.Select(pair => new Slot(o, pair.Key, 0)).ToList().SelectMany(slot => Slots(slot.Value).Prepend(slot)),
        JsonArray a => Enumerable.Range(0, Math.Min(a.Count, 50)).Select(i => new Slot(a, null, i)).SelectMany(slot => Slots(slot.Value).Prepend(slot)),
        _ => [],
    };

    private readonly record struct Slot(JsonNode Parent, string? Key, int Index)
    {
        public JsonNode? Value => Key is not null ? Parent[Key] : Parent.AsArray().ElementAtOrDefault(Index);

        public void Set(JsonNode? value)
        {
            if (Key is not null)
                Parent[Key] = value;
            else if (Index < Parent.AsArray().Count)
                Parent[Index] = value;
        }

        public void Remove()
        {
            if (Key is not null)
                Parent.AsObject().Remove(Key);
            else if (Index < Parent.AsArray().Count)
                Parent.AsArray().RemoveAt(Index);
        }
    }
}
