using System.Buffers.Binary;
using System.Text;

namespace Constella.Tests.Charts;

/// <summary>A TrueType file, as far as it takes to know which letters it has and how wide they are.</summary>
internal sealed class FontFile
{
    private readonly byte[] _file;
    private readonly Dictionary<string, int> _tables = [];
    private readonly Dictionary<char, int> _glyphs = [];
    private readonly int _unitsPerEm;
    private readonly int _widths;

    public FontFile(string path)
    {
        _file = File.ReadAllBytes(path);
        for (var i = 0; i < U16(4); i++)
            _tables[Encoding.ASCII.GetString(_file, 12 + (16 * i), 4)] = (int)BinaryPrimitives.ReadUInt32BigEndian(_file.AsSpan(20 + (16 * i)));
        _unitsPerEm = U16(_tables["head"] + 18);
        _widths = U16(_tables["hhea"] + 34);
        for (var i = 0; i < U16(_tables["cmap"] + 2); i++)
        {
            var at = _tables["cmap"] + (int)BinaryPrimitives.ReadUInt32BigEndian(_file.AsSpan(_tables["cmap"] + 8 + (8 * i)));
            if (U16(at) == 4)
                ReadSegments(at);
        }
    }

    public bool Has(char letter) => _glyphs.ContainsKey(letter);

    public double WidthOf(string text, double size) => text.Sum(letter =>
        (double)U16(_tables["hmtx"] + (4 * Math.Min(_glyphs[letter], _widths - 1))) / _unitsPerEm) * size;

    private void ReadSegments(int at)
    {
        var count = U16(at + 6) / 2;
        for (var i = 0; i < count; i++)
        {
            var (end, start) = (U16(at + 14 + (2 * i)), U16(at + 16 + (2 * count) + (2 * i)));
            var (delta, rangeAt) = (U16(at + 16 + (4 * count) + (2 * i)), at + 16 + (6 * count) + (2 * i));
            for (var code = start; code <= end && code < 0xffff; code++)
            {
                var glyph = U16(rangeAt) == 0 ? code + delta : U16(rangeAt + U16(rangeAt) + (2 * (code - start)));
                if (U16(rangeAt) != 0 && glyph != 0)
                    glyph += delta;
                if ((glyph & 0xffff) != 0)
                    _glyphs[(char)code] = glyph & 0xffff;
            }
        }
    }

    private int U16(int at) => BinaryPrimitives.ReadUInt16BigEndian(_file.AsSpan(at));
}
