using System.Buffers;
using System.Globalization;
using System.Text;

namespace Constella.Core.Signing;

/// <summary>A text in UTF-8 that begins in its caller's room, on the stack, and goes on in rented memory where that is too small.</summary>
internal ref struct Utf8Text(Span<byte> room)
{
    private Span<byte> _bytes = room;
    private byte[]? _rented;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _bytes[..Length];

    public void Add(ReadOnlySpan<char> text)
    {
        Reserve(Encoding.UTF8.GetMaxByteCount(text.Length));
        Length += Encoding.UTF8.GetBytes(text, _bytes[Length..]);
    }

    public void Add(ReadOnlySpan<byte> text)
    {
        Reserve(text.Length);
        text.CopyTo(_bytes[Length..]);
        Length += text.Length;
    }

    public void Add(long number)
    {
        const int Longest = 20;
        Reserve(Longest);
        _ = number.TryFormat(_bytes[Length..], out var written, default, CultureInfo.InvariantCulture);
        Length += written;
    }

    public void Dispose()
    {
        if (_rented is not null)
            ArrayPool<byte>.Shared.Return(_rented);
        this = default;
    }

    private void Reserve(int more)
    {
        if (Length + more <= _bytes.Length)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(Length + more, _bytes.Length * 2));
        Written.CopyTo(larger);
        if (_rented is not null)
            ArrayPool<byte>.Shared.Return(_rented);
        _bytes = _rented = larger;
    }
}
