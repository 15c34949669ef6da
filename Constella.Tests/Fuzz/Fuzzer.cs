using System.Globalization;
using System.Text;
using Constella.Tests.Simulation;

namespace Constella.Tests.Fuzz;

/// <summary>A door through which bytes of strangers, of a disk or of an owner come in.</summary>
internal interface ISurface : IDisposable
{
    IReadOnlyList<byte[]> Corpus { get; }

    /// <returns>Whether it was accepted; everything else than a clean refusal is an exception.</returns>
    bool Try(int sample, byte[] bytes);

    /// <summary>Lets go of what a restart would: what its world has taken in so far is bounded by its own limits, and no growth.</summary>
    void Renew()
    {
    }
}

internal sealed record FuzzResult(string Surface, ulong Seed, long First, long Cases, long Accepted, long HeapBefore, long HeapAfter)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Surface}: seed {Seed}, {Cases} cases from {First}: {Accepted} accepted, {Cases - Accepted} refused, heap {HeapBefore / 1024.0:0} KiB before, {HeapAfter / 1024.0:0} KiB after");
}

internal static class Fuzzer
{
    /// <summary>What the heap may have grown by: less than 17 bytes a case in the long form.</summary>
    private const long Growth = 16 * 1024 * 1024;

    /// <summary>Case n of a seed is the same in every run, so that a run may be split and a failure replayed.</summary>
    public static FuzzResult Run(string name, ISurface surface, ulong seed, long first, long cases)
    {
        var mutator = new Mutator(surface.Corpus);
        long accepted = 0, before = 0;
        for (var n = first; n < first + cases; n++)
        {
            if (n == first + (cases / 10))
                before = Heap(surface);
            var random = new SimRandom(seed ^ ((ulong)n * 0x9E3779B97F4A7C15)).Fork();
            var sample = random.Index(surface.Corpus.Count);
            var bytes = mutator.Mutate(surface.Corpus[sample], random);
            try
            {
                accepted += surface.Try(sample, bytes) ? 1 : 0;
            }
            catch (Exception error)
            {
                throw new FuzzException($"{name}, seed {seed}, case {n}, sample {sample}: {Shown(bytes)}", error);
            }
        }
        var after = Heap(surface);
        var result = new FuzzResult(name, seed, first, cases, accepted, before, after);
        Assert.True(after - before < Growth, result.ToString());
        return result;
    }

    private static long Heap(ISurface surface)
    {
        surface.Renew();
        return GC.GetTotalMemory(forceFullCollection: true);
    }

    private static string Shown(byte[] bytes)
    {
        var text = new StringBuilder();
        foreach (var each in bytes.Take(2_000))
            text.Append(each is >= (byte)' ' and <= (byte)'~' ? ((char)each).ToString() : $"\\x{each:x2}");
        return text.ToString();
    }
}

internal sealed class FuzzException(string message, Exception inner) : Exception(message, inner);
