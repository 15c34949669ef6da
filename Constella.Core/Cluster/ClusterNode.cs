using Constella.Core.Members;

namespace Constella.Core.Cluster;

/// <summary>Who this process is.</summary>
/// <param name="Run">16 random hexadecimal digits, new with each process (rule H3).</param>
/// <param name="Boot">The machine's boot id.</param>
/// <param name="Build">The version of the program.</param>
public sealed record ProcessIdentity(string Run, string Boot, string Build);

/// <summary>The only randomness of Core; seeded in the simulator.</summary>
public interface IRandom
{
    /// <summary>At least <paramref name="min"/>, less than <paramref name="max"/>.</summary>
    long Next(long min, long max);
}

/// <summary>The protocol of one node: no I/O, no clock, one writer. The same state and inputs give the same effects.</summary>
public sealed partial class ClusterNode
{
    public ClusterNode(NetworkState state, ProcessIdentity process, IRandom random, Now now) => throw new NotImplementedException();

    /// <summary>The snapshot after the last step.</summary>
    public ClusterView View => throw new NotImplementedException();

    /// <summary>Takes one input; the effects are to be run in their order (see <see cref="Effect"/>).</summary>
    public IReadOnlyList<Effect> Step(Input input, Now now) => throw new NotImplementedException();
}
