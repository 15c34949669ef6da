using System.Diagnostics;
using Constella.Tests.Simulation;

var (from, to) = (int.Parse(args[0]), int.Parse(args[1]));
var workers = int.Parse(args[2]);
var watch = Stopwatch.StartNew();
var totals = new Totals();
long hash = 0;
Parallel.For(from, to + 1, new ParallelOptions { MaxDegreeOfParallelism = workers }, seed =>
{
    var (world, failure) = Simulator.Run(seed, new WorldOptions());
    lock (totals)
    {
        totals.Add(world.Totals);
        hash ^= world.Hash * seed;
        if (failure is not null)
            Console.WriteLine(failure);
    }
});
Console.WriteLine($"{from}..{to}: wall {watch.Elapsed.TotalSeconds:F1} s, cpu {Process.GetCurrentProcess().TotalProcessorTime.TotalSeconds:F1} s, hash {hash:x}, alloc {GC.GetTotalAllocatedBytes() / 1e6:F0} MB, gcs {GC.CollectionCount(0)} {GC.CollectionCount(1)} {GC.CollectionCount(2)} {totals}");
