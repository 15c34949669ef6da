using System.Buffers;
using System.Globalization;
using System.Text;

namespace Constella.Core.Signing;

/// <summary>A text that begins in its caller's room, on the stack, and goes on in rented memory where that is too small.</summary>
internal ref struct CharText(Span<char> room)
{
    private Span<char> _chars = room;
    private char[]? _rented;

    public int Length { get; private set; }

    public readonly ReadOnlySpan<char> Written => _chars[..Length];

    public void Add(scoped ReadOnlySpan<char> text)
    {
        if (Length + text.Length > _chars.Length)
            Grow(text.Length);
        text.CopyTo(_chars[Length..]);
        Length += text.Length;
    }

    public void Add(long number)
    {
        Span<char> digits = stackalloc char[20];
        _ = number.TryFormat(digits, out var count, default, CultureInfo.InvariantCulture);
        Add(digits[..count]);
    }

    /// <param name="room">For the bytes, where they are few enough.</param>
    public static ReadOnlySpan<byte> ToUtf8(ReadOnlySpan<char> text, Span<byte> room)
    {
        var bytes = Encoding.UTF8.GetByteCount(text) is var count && count <= room.Length ? room[..count] : new byte[count];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }

    public void Dispose()
    {
        if (_rented is not null)
            ArrayPool<char>.Shared.Return(_rented);
        this = default;
    }

    private void Grow(int more)
    {
        var larger = ArrayPool<char>.Shared.Rent(Math.Max(Length + more, _chars.Length * 2));
        Written.CopyTo(larger);
        if (_rented is not null)
            ArrayPool<char>.Shared.Return(_rented);
        _chars = _rented = larger;
    }
}
