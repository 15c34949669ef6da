using Constella.Core;

namespace Constella.Bench;

/// <summary>
/// Each node has pairs with a few others only, the same for all who know the members: its neighbours in some rings of shuffled ids. Those
/// watch it by the timers of today. A watcher that does not hear it says so to its own neighbours, who pass it on with their next tick; who has that
/// word of half of the watchers takes the node for down.
/// </summary>
internal sealed class Watchers
{
    /// <summary>One way, between two machines.</summary>
    private const double Trip = 0.05;

    private readonly int[][] _neighbours;
    private readonly double _loss;

    public Watchers(int nodes, int watchers, double loss)
    {
        _loss = loss;
        var random = new Random(4_747);
        var sets = Enumerable.Range(0, nodes).Select(_ => new HashSet<int>()).ToArray();
        for (var ring = 0; ring < watchers / 2; ring++)
        {
            var order = Enumerable.Range(0, nodes).ToArray();
            random.Shuffle(order);
            for (var i = 0; i < nodes; i++)
            {
                var (a, b) = (order[i], order[(i + 1) % nodes]);
                sets[a].Add(b);
                sets[b].Add(a);
            }
        }
        _neighbours = [.. sets.Select(set => set.ToArray())];
    }

    public Known Die(Random random)
    {
        var dead = random.Next(_neighbours.Length);
        var watchers = _neighbours[dead];
        var needed = (watchers.Length + 1) / 2;
        var heard = new double[watchers.Length][];
        for (var i = 0; i < watchers.Length; i++)
            heard[i] = Flood(watchers[i], Model.Detect(random, _loss), dead, random);
        var (first, last) = (double.MaxValue, 0.0);
        var words = new double[watchers.Length];
        for (var node = 0; node < _neighbours.Length; node++)
        {
            if (node == dead)
                continue;
            for (var i = 0; i < words.Length; i++)
                words[i] = heard[i][node];
            Array.Sort(words);
            var knows = words[needed - 1];
            (first, last) = (Math.Min(first, knows), Math.Max(last, knows));
        }
        return new Known(first, last);
    }

    /// <returns>When each node has a word that one node says at a time.</returns>
    private double[] Flood(int from, double at, int dead, Random random)
    {
        var heard = new double[_neighbours.Length];
        Array.Fill(heard, double.PositiveInfinity);
        heard[from] = at;
        var next = new PriorityQueue<int, double>();
        next.Enqueue(from, at);
        while (next.TryDequeue(out var node, out var time))
        {
            if (time > heard[node])
                continue;
            // With the next tick, so that several words go together.
            var leaves = time + (random.NextDouble() * Timings.Tick / 1_000.0);
            foreach (var neighbour in _neighbours[node])
            {
                var arrives = leaves + Trip;
                // What is lost goes again with the next beat.
                while (random.NextDouble() < _loss)
                    arrives += Timings.Beat / 1_000.0;
                if (neighbour == dead || arrives >= heard[neighbour])
                    continue;
                heard[neighbour] = arrives;
                next.Enqueue(neighbour, arrives);
            }
        }
        return heard;
    }
}
