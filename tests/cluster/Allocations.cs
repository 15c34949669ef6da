using System.Globalization;

namespace ClusterTrials;

/// <summary>Bytes that a node allocates on its managed heap, as its own <c>/metrics</c> counts them: nearly the same however busy the machine is.</summary>
internal static class Allocations
{
    private const string Counter = "dotnet_gc_heap_total_allocated_bytes_total ";

    // Five beats: what happens seldom (a flush, a measurement) is in some windows and not in others.
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    /// <returns>Bytes a second, of the quietest ten seconds.</returns>
    public static async Task<double?> LeastAsync(Machine machine, TimeSpan length)
    {
        var least = double.MaxValue;
        var begun = StandIn.Mono;
        var (at, bytes) = await ReadAsync(machine);
        while (StandIn.Mono - begun < length.TotalMilliseconds)
        {
            await Task.Delay(Window);
            var (then, before) = (at, bytes);
            (at, bytes) = await ReadAsync(machine);
            least = Math.Min(least, (bytes - before) / (at - then) * 1000);
        }
        return Math.Round(least);
    }

    private static async Task<(double At, double Bytes)> ReadAsync(Machine machine)
    {
        var text = await Shell.DoAsync(Net.On(machine.Host, "curl", "-s", "http://127.0.0.1:4747/metrics"));
        var line = text.Split('\n').FirstOrDefault(each => each.StartsWith(Counter, StringComparison.Ordinal))
            ?? throw new TrialException($"{machine.Name} does not tell what it allocates");
        return (StandIn.Mono, double.Parse(line[Counter.Length..], CultureInfo.InvariantCulture));
    }
}
