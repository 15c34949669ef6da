using Constella.Core.Cluster;
using Constella.Core.Wire;
using Constella.Tests.Simulation;

namespace Constella.Tests.Cluster;

/// <summary>A whole network without chance faults: drop, cut, isolate and recover by hand. Node 0 has the smallest id.</summary>
internal sealed class ClusterHarness
{
    private readonly List<(SimNode From, Effect.Send Send, long At)> _sends = [];
    private readonly List<(SimNode Node, Notice Notice)> _notices = [];

    public ClusterHarness(int nodes, int seed = 7, bool twoRoads = false) => World = new World(seed, new WorldOptions
    {
        Nodes = nodes,
        Faults = false,
        Workload = false,
        EqualPriorities = true,
        TwoRoads = twoRoads,
        OnEffects = (node, effects) =>
        {
            foreach (var effect in effects)
            {
                if (effect is Effect.Send send)
                    _sends.Add((node, send, World!.Now));
                if (effect is Effect.Notify notify)
                    _notices.Add((node, notify.Notice));
            }
            return effects;
        },
    });

    public World World { get; }

    public IReadOnlyList<(SimNode From, Effect.Send Send, long At)> Sends => _sends;

    public IReadOnlyList<(SimNode Node, Notice Notice)> Notices => _notices;

    public SimNode this[int index] => World.Nodes[index];

    /// <summary>Who may act now; null when nobody may.</summary>
    public SimNode? Host => World.Nodes.SingleOrDefault(n => n.MayAct);

    public void Forget()
    {
        _sends.Clear();
        _notices.Clear();
    }

    public void RunFor(long ms) => World.RunFor(ms);

    public ClusterHarness Settled()
    {
        Await(() => Host is { } host && World.Nodes.All(n => n.View.HostId == host.Id), 15_000, "a first Host that all know");
        RunFor(12_000);
        Forget();
        return this;
    }

    public long Await(Func<bool> condition, long within, string what)
    {
        var from = World.Now;
        if (!World.RunUntil(condition, within))
            Assert.Fail($"not within {within} ms: {what}");
        return World.Now - from;
    }

    public void Cut(int one, int other) => World.Links.CutBoth(this[one], this[other]);

    public void Isolate(params int[] side)
    {
        foreach (var inside in World.Nodes.Where(n => side.Contains(n.Index)))
        {
            foreach (var outside in World.Nodes.Where(n => !side.Contains(n.Index)))
                World.Links.CutBoth(inside, outside);
        }
    }

    public void Recover() => World.Links.Clear();

    public int WithLease => World.Nodes.Count(n => n.MayAct && n.View.Bot.Mode == Polls.Lease);

    public int Acting => World.Nodes.Count(n => n.MayAct);
}
