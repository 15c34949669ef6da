using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Constella.Core.Members;

/// <summary>An IPv4 address of the overlay with the length of its network's prefix (rule O1): <c>10.42.0.2/24</c>; of the network itself: <c>10.42.0.0/24</c>.</summary>
public readonly record struct OverlayAddress(uint Value, int Prefix)
{
    /// <summary>The network where nothing else is said: <c>10.42.0.0/24</c>.</summary>
    public static OverlayAddress Default { get; } = new(0x0A2A0000, 24);

    private uint Mask => uint.MaxValue << (32 - Prefix);

    /// <summary>The network that the address lies in.</summary>
    public OverlayAddress Network => this with { Value = Value & Mask };

    /// <summary>Whether a machine may have it: neither the network nor its broadcast address.</summary>
    public bool IsHost => (Value & ~Mask) != 0 && (Value & ~Mask) != ~Mask;

    /// <summary>Without the prefix.</summary>
    public string Host
    {
        get
        {
            var bytes = new byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32BigEndian(bytes, Value);
            return new IPAddress(bytes).ToString();
        }
    }

    /// <summary>Reads the canonical form only; a prefix of <see cref="Limits.OverlayPrefixShortest"/> to <see cref="Limits.OverlayPrefixLongest"/>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out OverlayAddress address)
    {
        address = default;
        if (text?.Split('/') is not [var host, var prefix] || !TryHost(host, out var value) ||
            !int.TryParse(prefix, NumberStyles.None, CultureInfo.InvariantCulture, out var length) ||
            length is < Limits.OverlayPrefixShortest or > Limits.OverlayPrefixLongest)
            return false;
        address = new OverlayAddress(value, length);
        return address.ToString() == text;
    }

    /// <summary>Whether <c>host</c> or <c>host:port</c> lies in this address's network; a host name never does.</summary>
    public bool Contains([NotNullWhen(true)] string? address) =>
        NodeAddress.TryParse(address, out var parsed, out _) && TryHost(parsed.Host, out var value) && (value & Mask) == (Value & Mask);

    /// <summary>The same network, another machine; null where the text is no IPv4 address of it.</summary>
    public OverlayAddress? WithHost(string host) =>
        TryHost(host, out var value) && this with { Value = value } is { IsHost: true } address && address.Network == Network ? address : null;

    /// <summary>The lowest address of this network that is not taken; null when all are.</summary>
    public OverlayAddress? Free(IReadOnlySet<uint> taken)
    {
        ArgumentNullException.ThrowIfNull(taken);
        for (var next = Network with { Value = Network.Value + 1 }; next.IsHost; next = next with { Value = next.Value + 1 })
        {
            if (!taken.Contains(next.Value))
                return next;
        }
        return null;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}/{Prefix}");

    private static bool TryHost(string text, out uint value)
    {
        value = 0;
        if (!IPAddress.TryParse(text, out var ip) || ip.AddressFamily != AddressFamily.InterNetwork || ip.ToString() != text)
            return false;
        value = BinaryPrimitives.ReadUInt32BigEndian(ip.GetAddressBytes());
        return true;
    }
}
