using System.Diagnostics;

namespace ClusterTrials;

/// <summary>Waiting for something outside, with a limit and a reason.</summary>
internal static class Wait
{
    /// <param name="evidence">What a person wants to see when it did not come.</param>
    public static async Task ForAsync(string what, TimeSpan limit, Func<Task<bool>> holds, Func<string>? evidence = null)
    {
        var start = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
                throw new TrialException($"not within {limit.TotalSeconds:0} s: {what}\n{evidence?.Invoke()}");
            await Task.Delay(100);
        }
    }
}
