using System.Globalization;

namespace Constella.Tests.Simulation;

/// <summary>Two addresses a node, as with a tunnel: the first ones die, of one node or of all at once, and come back.</summary>
internal sealed class Roads(World world, SimRandom random)
{
    private readonly Dictionary<string, int> _dead = [];

    public static string SecondOf(int index) => string.Create(CultureInfo.InvariantCulture, $"198.51.100.{10 + index}:4747");

    public void Plan()
    {
        for (var at = random.Next(1_000, 30_000); at < world.QuietFrom - 2_000; at += random.Next(5_000, 60_000))
            world.At(at, OneDies);
    }

    /// <summary>Nobody answers there any more, and nobody says so.</summary>
    public void Die(SimNode node) => _dead[node.Address] = _dead.GetValueOrDefault(node.Address) + 1;

    public void Revive(SimNode node) => _dead[node.Address]--;

    public void Clear() => _dead.Clear();

    public bool IsDead(string address) => _dead.GetValueOrDefault(address) > 0;

    private void OneDies()
    {
        // With the hub of an overlay all tunnels die.
        var all = random.Chance(300);
        var nodes = all ? world.Nodes.ToList() : [world.Nodes[random.Index(world.Nodes.Count)]];
        nodes.ForEach(Die);
        world.At(world.Now + random.Next(500, 40_000), () =>
        {
            foreach (var node in nodes.Where(n => IsDead(n.Address)))
                Revive(node);
        });
    }
}
