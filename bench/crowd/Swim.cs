namespace Constella.Bench;

/// <summary>
/// SWIM (Das, Gupta, Motivala 2002) with the figures of hashicorp/memberlist: each node probes one other a second, in an order of its own that visits all;
/// who does not answer, nor through three others, is suspect, and dead after 4 · log10(nodes) seconds without a word against it. News rides on probes and answers, each
/// piece 4 · log10(nodes) times from each node.
/// </summary>
internal sealed class Swim(int nodes, double loss)
{
    private const double Period = 1;

    private readonly double _suspicion = 4 * Math.Log10(nodes) * Period;
    private readonly int _times = (int)Math.Ceiling(4 * Math.Log10(nodes));

    public Known Die(Random random)
    {
        var suspectedAt = new double[nodes];
        Array.Fill(suspectedAt, double.PositiveInfinity);
        var left = new int[nodes];
        var phase = new double[nodes];
        for (var node = 0; node < nodes; node++)
            phase[node] = random.NextDouble() * Period;
        const int Dead = 0;
        var known = 0;
        var first = double.PositiveInfinity;
        // A turn is one period: each node probes once, at its own phase. Orders are shuffled: whose turn it is to be probed is chance.
        var order = Enumerable.Range(1, nodes - 1).OrderBy(node => phase[node]).ToArray();
        for (var turn = 0; known < nodes - 1; turn++)
        {
            foreach (var node in order)
            {
                var now = (turn * Period) + phase[node];
                var other = random.Next(nodes - 1);
                var target = other >= node ? other + 1 : other;
                if (target == Dead)
                {
                    // Directly, and through others: the rest of the period.
                    Suspect(node, now + Period);
                    first = Math.Min(first, now + Period);
                }
                else if (random.NextDouble() >= loss)
                {
                    Tell(node, target, now);
                    Tell(target, node, now);
                }
            }
        }
        var all = 0.0;
        for (var node = 1; node < nodes; node++)
            all = Math.Max(all, suspectedAt[node]);
        return new Known(first + _suspicion, all + _suspicion);

        void Suspect(int node, double at)
        {
            if (double.IsPositiveInfinity(suspectedAt[node]))
            {
                known++;
                left[node] = _times;
            }
            suspectedAt[node] = Math.Min(suspectedAt[node], at);
        }

        void Tell(int from, int to, double now)
        {
            if (suspectedAt[from] > now || left[from] == 0)
                return;
            left[from]--;
            if (suspectedAt[to] > now)
                Suspect(to, now);
        }
    }
}
