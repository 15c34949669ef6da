namespace Constella.Bench;

/// <summary>Bytes allocated by what is called, the same in every run: what else goes on in the process only adds, so the least of many rounds counts.</summary>
internal static class Allocated
{
    private const int Rounds = 15;

    /// <summary>Of this thread.</summary>
    public static long Here => GC.GetAllocatedBytesForCurrentThread();

    /// <summary>For a call, of this thread.</summary>
    /// <param name="prepare">Before each round; not counted.</param>
    public static double PerCall(int calls, Action<int> call, Action? prepare = null) =>
        Least(calls, call, prepare, static () => GC.GetAllocatedBytesForCurrentThread());

    /// <summary>For a call, of all threads.</summary>
    public static double PerCallAnywhere(int calls, Action<int> call, Action? prepare = null) =>
        Least(calls, call, prepare, static () => GC.GetTotalAllocatedBytes(precise: true));

    private static double Least(int calls, Action<int> call, Action? prepare, Func<long> clock)
    {
        var least = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            prepare?.Invoke();
            var before = clock();
            for (var i = 0; i < calls; i++)
                call(i);
            least = Math.Min(least, (clock() - before) / (double)calls);
        }
        return least;
    }
}
