using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Constella.Core.Signing;

/// <summary>
/// The nonces of the last <see cref="Limits.NonceMs"/> (rule X3): bounded as a whole and per sender; when full it refuses
/// instead of forgetting. Safe for several threads.
/// </summary>
public sealed class NonceCache
{
    private readonly Lock _lock = new();
    private readonly HashSet<UInt128> _seen = [];
    private readonly Queue<(long Until, UInt128 Id, string From)> _order = new();
    private readonly Dictionary<string, int> _perSender = new(StringComparer.Ordinal);

    internal enum Use
    {
        Fresh,
        Replayed,
        Full,
    }

    /// <summary>Nonces remembered now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _seen.Count;
        }
    }

    internal Use Burn(string from, ReadOnlySpan<char> nonce, long mono)
    {
        var id = Id(from, nonce);
        lock (_lock)
        {
            Forget(mono);
            if (_seen.Contains(id))
                return Use.Replayed;
            var used = _perSender.GetValueOrDefault(from);
            if (_seen.Count >= Limits.Nonces || used >= Limits.NoncesPerSender)
                return Use.Full;
            _seen.Add(id);
            _order.Enqueue((mono + Limits.NonceMs, id, from));
            _perSender[from] = used + 1;
            return Use.Fresh;
        }
    }

    // Half a digest instead of the texts: a full cache stays within a few megabytes.
    private static UInt128 Id(string from, ReadOnlySpan<char> nonce)
    {
        var text = new CharText(stackalloc char[256]);
        text.Add(from);
        text.Add("/");
        text.Add(nonce);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(CharText.ToUtf8(text.Written, stackalloc byte[256]), digest);
        text.Dispose();
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    private void Forget(long mono)
    {
        while (_order.TryPeek(out var oldest) && oldest.Until <= mono)
        {
            _order.Dequeue();
            _seen.Remove(oldest.Id);
            if (--_perSender[oldest.From] == 0)
                _perSender.Remove(oldest.From);
        }
    }
}
