using Constella.Api.Endpoints;

namespace Constella.Api.Cli.Node;

/// <summary>Which node a person means: its name, its id, or the beginning of its id.</summary>
public static class NodeNames
{
    /// <exception cref="CliException">No node, or more than one.</exception>
    public static PeerInfo Find(PeersAnswer network, string wanted)
    {
        var exact = network.Peers.FirstOrDefault(peer => peer.Name == wanted || peer.NodeId == wanted);
        if (exact is not null)
            return exact;
        var matching = network.Peers.Where(peer => wanted.Length > 0 && peer.NodeId.StartsWith(wanted, StringComparison.OrdinalIgnoreCase)).ToList();
        return matching.Count switch
        {
            1 => matching[0],
            0 => throw new CliException(ExitCode.Failed, $"no node '{wanted}' in this network", "there are: " + Names(network.Peers)),
            _ => throw new CliException(ExitCode.Failed, $"'{wanted}' begins the id of more than one node", "write more of it: " + string.Join(", ", matching.Select(peer => $"{peer.NodeId} ({peer.Name})"))),
        };
    }

    private static string Names(IEnumerable<PeerInfo> peers) => string.Join(", ", peers.Select(peer => peer.Name));
}
