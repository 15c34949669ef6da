using Constella.Core.Members;

namespace Constella.Api.Configuration;

/// <summary>What part a machine has in the WireGuard overlay (rules O).</summary>
public enum VpnMode
{
    /// <summary>As its record says: what it was given at <c>init</c> or <c>join</c>.</summary>
    Unset,

    /// <summary>In none; one that was leaves it.</summary>
    None,

    /// <summary>All others have their tunnel to it.</summary>
    Hub,
    Client,
}

/// <summary>What this machine's configuration says of the overlay.</summary>
public sealed record VpnOptions(VpnMode Mode)
{
    /// <summary>Where a hub listens when nothing else is said: the port of WireGuard's own examples.</summary>
    public const int DefaultPort = 51_820;

    public bool IsHub => Mode == VpnMode.Hub;

    public bool IsOn => Mode is VpnMode.Hub or VpnMode.Client;

    public string Interface { get; init; } = "wg0";

    /// <summary>A client takes the hub's; it is by this one that it knows an interface that was made by hand.</summary>
    public OverlayAddress Network { get; init; } = OverlayAddress.Default;

    /// <summary>UDP; null: <see cref="DefaultPort"/> of a hub, any of a client.</summary>
    public int? ListenPort { get; init; }

    /// <summary>This node's own in the overlay, without prefix; null: the first of the network for a hub, what the network assigns for a client.</summary>
    public string? Address { get; init; }

    /// <summary><c>host:port</c> (UDP) of the hub; null: as the hub's own record has it.</summary>
    public string? HubEndpoint { get; init; }

    /// <summary>Of a hub that is no node of the network.</summary>
    public string? HubPublicKey { get; init; }

    /// <summary>As it counts for a node with this place in its record; null: it has no overlay.</summary>
    public VpnOptions? For(OverlayPlace? place) => Mode switch
    {
        VpnMode.None => null,
        VpnMode.Unset => place is null ? null : this with { Mode = place.IsHub ? VpnMode.Hub : VpnMode.Client },
        _ => this,
    };

    /// <summary>Where the others find this node as hub.</summary>
    /// <param name="outside">Its address from outside of the overlay, <c>host:port</c>.</param>
    public string? EndpointAt(string? outside) => HubEndpoint
        ?? (NodeAddress.TryParse(outside, out var address, out _) ? (address with { Port = ListenPort ?? DefaultPort }).ToString() : null);

    /// <summary>What is wished for, with its prefix; null: nothing is.</summary>
    public OverlayAddress? Wanted => Address is { } host ? Network.WithHost(host) : IsHub ? Network.Free(new HashSet<uint>()) : null;
}
