using Constella.Core.Cluster;

namespace Constella.Tests.Simulation;

/// <summary>SplitMix64: the whole world hangs on it, so that a seed replays exactly on every runtime.</summary>
internal sealed class SimRandom(ulong seed) : IRandom
{
    private ulong _state = seed;

    public ulong Bits()
    {
        _state += 0x9E3779B97F4A7C15;
        var z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    public long Next(long min, long max) => min + (long)(Bits() % (ulong)(max - min));

    public byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        for (var i = 0; i < count; i++)
            bytes[i] = (byte)Bits();
        return bytes;
    }

    public bool Chance(int perMille) => (int)(Bits() % 1000) < perMille;

    public int Index(int count) => (int)(Bits() % (ulong)count);

    public string Hex16() => Bits().ToString("x16", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A stream of its own, so that what draws from it disturbs nothing else.</summary>
    public SimRandom Fork() => new(Bits());
}
