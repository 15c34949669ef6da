using System.Buffers.Binary;
using System.Numerics;

namespace Constella.Core.Stats;

/// <summary>
/// All metrics of one step in 24 bytes (rule D2): for each <see cref="Metric"/> in its order mean and maximum, each an unsigned
/// float of 16 bits (5 of exponent, 11 of mantissa, little-endian), of hundredths or of bytes per second. On disk and on the wire alike.
/// </summary>
public static class PackedSample
{
    public const int Bytes = 24;

    /// <summary>Every byte of what was not measured.</summary>
    public const byte Empty = 0xFF;

    private const ushort None = 0xFFFF;
    private const int MantissaBits = 11;
    private const int Hidden = 1 << MantissaBits;

    /// <summary>Mean and maximum of a metric, null where it was not measured.</summary>
    public static (double Mean, double Max)? Read(ReadOnlySpan<byte> sample, Metric metric)
    {
        var at = sample[((int)metric * 4)..];
        var mean = BinaryPrimitives.ReadUInt16LittleEndian(at);
        var max = BinaryPrimitives.ReadUInt16LittleEndian(at[2..]);
        return mean == None || max == None ? null : (Unpack(mean) / Scale(metric), Unpack(max) / Scale(metric));
    }

    /// <summary>Null, what is no number and what is below 0 are written as not measured; what is too large as the largest number, 4.4e12.</summary>
    public static void Write(Span<byte> sample, Metric metric, (double Mean, double Max)? value)
    {
        var at = sample[((int)metric * 4)..];
        BinaryPrimitives.WriteUInt16LittleEndian(at, Pack(value?.Mean * Scale(metric)));
        BinaryPrimitives.WriteUInt16LittleEndian(at[2..], Pack(value?.Max * Scale(metric)));
    }

    /// <summary>One sample of several that follow each other: the mean of the means and the highest maximum of those that were measured.</summary>
    public static void RollUp(ReadOnlySpan<byte> samples, Span<byte> into)
    {
        into[..Bytes].Fill(Empty);
        for (var metric = (Metric)0; (int)metric < Metrics.All.Length; metric++)
        {
            var sum = new Sum();
            for (var offset = 0; offset < samples.Length; offset += Bytes)
                sum.Add(Read(samples[offset..], metric));
            Write(into, metric, sum.Value);
        }
    }

    private static double Scale(Metric metric) => metric is Metric.Received or Metric.Sent ? 1 : 100;

    private static double Unpack(ushort packed)
    {
        var exponent = packed >> MantissaBits;
        var mantissa = packed & (Hidden - 1);
        return exponent == 0 ? mantissa : (long)(Hidden + mantissa) << (exponent - 1);
    }

    private static ushort Pack(double? value)
    {
        if (value is not >= 0)
            return None;
        var number = (ulong)Math.Round(Math.Min(value.Value, Unpack(None - 1)));
        if (number < Hidden)
            return (ushort)number;
        var shift = BitOperations.Log2(number) - MantissaBits;
        var rounded = shift == 0 ? number : (number + (1UL << (shift - 1))) >> shift;
        // Rounding up may carry into the next exponent: the sum below is right for that too.
        return (ushort)Math.Min(((ulong)shift << MantissaBits) + rounded, None - 1);
    }
}

/// <summary>Mean and maximum of what is added.</summary>
public struct Sum
{
    private double _mean;
    private double _max;
    private int _count;

    /// <summary>Null adds nothing.</summary>
    public void Add((double Mean, double Max)? value)
    {
        if (value is not { } one)
            return;
        _mean += one.Mean;
        _max = _count == 0 ? one.Max : Math.Max(_max, one.Max);
        _count++;
    }

    /// <summary>Null when nothing was added.</summary>
    public readonly (double Mean, double Max)? Value => _count == 0 ? null : (_mean / _count, _max);
}
