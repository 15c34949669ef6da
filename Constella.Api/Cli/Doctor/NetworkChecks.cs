using Constella.Api.Cli.Screens;
using Constella.Api.Endpoints;
using Constella.Core;
using Constella.Core.Cluster;
using Constella.Core.Members;

namespace Constella.Api.Cli.Doctor;

/// <summary>What the running node and the others tell.</summary>
internal static class NetworkChecks
{
    private const int DefaultLevel = 10;

    public static Finding Node(HealthAnswer health, PeersAnswer network) => health.Status switch
    {
        "ok" or "draining" => Finding.Ok("node", $"runs, {network.Peers.Count(IsHeard)} of {network.Peers.Length} nodes are there"),
        "no-quorum" => Finding.Wrong("node", "runs, but no majority of the nodes is reached", "constella peers"),
        "cloned" => Finding.Wrong("node", "another machine runs with this node's id", "make a node of its own of one of them: docs/OPERATIONS.md, \"A machine was cloned\""),
        "removed" => Finding.Wrong("node", "this node is no member any more", "join again with a new invite: constella join --replace --join -"),
        _ => Finding.Wrong("node", $"the others do not let it take part ({health.Status})", "constella status"),
    };

    /// <summary>Whether the others' calls get through to this node: each of them tells whom it does not reach (rule H3).</summary>
    /// <param name="sights">Of each peer, in the network's order, how it sees the network; null where it does not answer.</param>
    public static Finding Port(PeersAnswer network, IReadOnlyList<PeersAnswer?> sights)
    {
        var self = network.Peers.First(peer => peer.IsSelf);
        var heard = network.Peers.Zip(sights).Where(one => !one.First.IsSelf && IsHeard(one.First)).ToArray();
        if (heard.Length == 0)
            return Finding.Note("port", "nobody is there to be asked whether this node is reached from outside");
        // One that has no vote yet is on no list: but then nobody has had an answer of it.
        var blind = heard.Where(one => one.First.Unheard.Contains(self.NodeId)
            || one.Second?.Peers.FirstOrDefault(peer => peer.NodeId == self.NodeId) is { RttMs: null }).Select(one => one.First.Name).ToArray();
        return blind.Length == 0
            ? Finding.Ok("port", $"{self.Addr} is reached by {string.Join(", ", heard.Select(one => one.First.Name))}")
            : Finding.Wrong("port", $"{self.Addr} is not reached by {string.Join(", ", blind)}", $"let it in, here and at the provider: ufw allow {Port(self.Addr)}/tcp; is the address right? constella config set address HOST:PORT");
    }

    /// <summary>Against the median of all clocks that are heard, by the level of the alert (rule A2).</summary>
    public static Finding Clock(PeersAnswer network, SettingsAnswer settings)
    {
        var others = network.Peers.Where(IsHeard).Select(peer => peer.ClockOffsetMs).OfType<long>().ToArray();
        if (others.Length == 0)
            return Finding.Note("clock", "nobody is there to compare it with");
        var off = -ClockMedian.Of(others) / 1_000.0;
        var level = Options.Number(settings.Options, Options.AlertClock, network.NodeId) ?? DefaultLevel;
        var text = FormattableString.Invariant($"{Math.Abs(off):0.0} s {(off < 0 ? "behind" : "ahead of")} the median of {others.Length + 1} clocks");
        return Math.Abs(off) < level
            ? Finding.Ok("clock", text)
            : Finding.Wrong("clock", $"{text}; from {Limits.ClockSkewSeconds} s on signed calls are refused", "timedatectl set-ntp true");
    }

    public static Finding Versions(VerifyDocument verified) => verified switch
    {
        { Alike: true } => Finding.Ok("versions", $"all nodes run {verified.Nodes[0].Version}+{verified.Nodes[0].Build}"),
        _ when verified.Nodes.Where(node => node.Version is not null).DistinctBy(node => (node.Version, node.Build)).Count() > 1 =>
            Finding.Wrong("versions", "the nodes do not all run the same", "constella verify, then bring the older ones up to date"),
        _ => Finding.Note("versions", "those that are heard run the same; not all are heard", "constella peers"),
    };

    private static bool IsHeard(PeerInfo peer) => peer.IsSelf || peer.Health.IsHeard();

    private static int Port(string address) => NodeAddress.TryParse(address, out var parsed, out _) ? parsed.Port : Limits.DefaultPort;
}
