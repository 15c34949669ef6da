using Constella.Core.Members;

namespace Constella.Api.Vpn;

/// <summary>What the overlay needs of the machine: keys, and one interface.</summary>
public interface IWireGuard
{
    /// <summary>A fresh private key.</summary>
    /// <exception cref="WireGuardException">The tool is missing.</exception>
    string NewKey();

    /// <exception cref="WireGuardException">The tool is missing, or the key is none.</exception>
    string PublicKey(string privateKey);

    /// <summary>Makes the interface where it is not there, and brings it to what the configuration says; needs CAP_NET_ADMIN.</summary>
    /// <param name="forwards">Whether packets pass from one tunnel to another here: a hub.</param>
    /// <returns>What a person should still do; empty: nothing.</returns>
    /// <exception cref="WireGuardException">Not permitted, or a tool is missing.</exception>
    IReadOnlyList<string> Up(string name, string config, OverlayAddress address, bool forwards);

    /// <summary>Gives a running interface these peers, without a break for those that stay; needs CAP_NET_ADMIN.</summary>
    /// <exception cref="WireGuardException">Not permitted, or the tool is missing.</exception>
    void Sync(string name, string config);

    /// <exception cref="WireGuardException">Not permitted, or there is none.</exception>
    void Down(string name);

    /// <summary>When each peer, by its public key, last shook hands; null where this process may not ask.</summary>
    IReadOnlyDictionary<string, DateTimeOffset>? Handshakes(string name);

    /// <summary>The interface as anybody may see it.</summary>
    /// <param name="network">Its address is one of this network.</param>
    InterfaceSight Look(string name, OverlayAddress network);
}

/// <summary>An interface at one moment.</summary>
/// <param name="Host">Its address in the overlay, without prefix; null where it has none.</param>
public sealed record InterfaceSight(bool Exists, bool Up, string? Host)
{
    public static InterfaceSight None { get; } = new(false, false, null);

    /// <summary>Whether others can be told of it.</summary>
    public bool Usable => Up && Host is not null;
}

/// <summary>WireGuard's tools are missing or refuse; the text is for a person, and holds no key.</summary>
public sealed class WireGuardException(string message) : Exception(message);
