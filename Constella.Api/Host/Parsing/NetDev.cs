namespace Constella.Api.Host.Parsing;

/// <summary>Bytes since an interface came up.</summary>
public readonly record struct NetCounters(string Name, long Received, long Sent);

/// <summary><c>/proc/net/dev</c>.</summary>
public static class NetDev
{
    // What passes these passes a real interface too, or never leaves the machine: counting both would double the traffic.
    private static readonly string[] Inner =
        ["veth", "docker", "br-", "virbr", "vnet", "cni", "cali", "flannel", "lxc", "lxd", "dummy", "ifb", "sit", "ip6tnl", "tunl", "gre",
            "erspan", "ip_vti", "ip6_vti", "ip6gre", "podman", "kube", "nodelocaldns"];

    // Tunnels, and what is made of several interfaces: their bytes are counted again by the interface below, or its parts.
    private static readonly string[] Layered =
        ["wg", "tun", "tap", "tailscale", "zt", "nebula", "vxlan", "geneve", "bond", "team", "vlan", "macvlan", "macvtap", "ipvlan", "vmbr", "fwbr", "fwpr", "fwln", "ovs"];

    public static List<NetCounters> Parse(string text)
    {
        var found = new List<NetCounters>();
        foreach (var line in text.Split('\n'))
        {
            // Old kernels print no blank after the colon; the name of an alias holds one of its own.
            var colon = line.LastIndexOf(':');
            if (colon <= 0)
                continue;
            var name = line[..colon].Trim();
            var fields = Fields.Split(line[(colon + 1)..]);
            if (name.Length == 0 || fields.Length < 16 || found.Exists(n => n.Name == name))
                continue;
            if (Fields.Counter(fields[0]) is { } received && Fields.Counter(fields[8]) is { } sent)
                found.Add(new NetCounters(name, received, sent));
        }

        return found;
    }

    /// <summary>Whether traffic through it leaves the machine, and is not counted by another interface.</summary>
    public static bool IsOuter(string name) =>
        name != "lo"
        && !(name.StartsWith("br", StringComparison.Ordinal) && name.Length > 2 && char.IsAsciiDigit(name[2]))
        && !Inner.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <summary>Whether its bytes are what a provider counts: an outer interface that carries itself, no tunnel and no VLAN (<c>eth0.5</c>) in another.</summary>
    public static bool IsUplink(string name) =>
        IsOuter(name) && !name.Contains('.', StringComparison.Ordinal) && !Layered.Any(prefix => name.StartsWith(prefix, StringComparison.Ordinal));
}
