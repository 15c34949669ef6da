using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Constella.Core.Signing;

namespace Constella.Core.Members;

/// <summary>A member's place in the WireGuard overlay, in its record (rule O1).</summary>
/// <param name="Key">The WireGuard public key: 32 bytes, base64 with padding.</param>
/// <param name="Address">As <c>10.42.0.2/24</c>; empty in a request to join: the Host assigns one.</param>
public sealed record OverlayPlace(string Key, string Address)
{
    /// <summary><c>host:port</c> (UDP) at which the hub is found; null for a client.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Endpoint { get; init; }

    [JsonIgnore]
    public bool IsHub => Endpoint is not null;
}

/// <summary>Rules O1 and O3, as far as records decide them.</summary>
public static class Overlay
{
    private const int KeyLength = 44;

    /// <summary>Whether a text is a WireGuard key: 32 bytes, base64.</summary>
    public static bool IsKey(string? text) => text is { Length: KeyLength } && Base64.TryRead(text, stackalloc byte[32]);

    /// <summary>Whether a record may carry it; with an address.</summary>
    public static bool IsWhole(OverlayPlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        return IsAsked(place) && place.Address.Length != 0;
    }

    /// <summary>Whether a request to join may carry it; a client's address may be left to the Host.</summary>
    public static bool IsAsked(OverlayPlace place)
    {
        ArgumentNullException.ThrowIfNull(place);
        return IsKey(place.Key) && (place.Endpoint is null || NodeAddress.IsValid(place.Endpoint)) &&
            ((place.Address is "" && !place.IsHub) || (OverlayAddress.TryParse(place.Address, out var address) && address.IsHost));
    }

    /// <summary>The network's hub, or null. Where two say they are, the smaller node id.</summary>
    public static MemberRecord? Hub(IEnumerable<MemberRecord> records) =>
        records.Where(static r => r is { Status: MemberStatus.Active, Overlay.IsHub: true }).MinBy(static r => r.NodeId, StringComparer.Ordinal);

    /// <summary>The record with its address in the overlay, as the Host writes it, or why not (rule O1).</summary>
    /// <returns>An error is a code of <see cref="Wire.Errors"/>.</returns>
    public static (MemberRecord Record, string? Error) Place(MemberRecord record, ImmutableArray<MemberRecord> others)
    {
        ArgumentNullException.ThrowIfNull(record);
        if (record.Overlay is not { } asked)
            return (record, null);
        var hub = Hub(others);
        var taken = Taken(others);
        if (asked.Address.Length != 0)
        {
            var clash = (asked.IsHub && hub is not null) || (OverlayAddress.TryParse(asked.Address, out var wanted) && taken.Contains(wanted.Value));
            return (record, clash ? Wire.Errors.OverlayTaken : null);
        }
        if (hub is null || !OverlayAddress.TryParse(hub.Overlay!.Address, out var network))
            return (record, Wire.Errors.NoHub);
        return network.Free(taken) is { } free
            ? (record with { Overlay = asked with { Address = free.ToString() } }, null)
            : (record, Wire.Errors.OverlayTaken);
    }

    /// <summary>The address that leads to a node from outside of the overlay (rule O3).</summary>
    /// <param name="network">Of the overlay; null where the node is in none.</param>
    public static string Outside(MemberRecord record, OverlayAddress? network)
    {
        ArgumentNullException.ThrowIfNull(record);
        // A node without an overlay that this program knows may have one all the same, and then its public address stands second.
        if (record.AltAddr is not { } other || network is null)
            return record.AltAddr ?? record.Addr;
        return network.Value.Contains(record.Addr) ? other : record.Addr;
    }

    private static HashSet<uint> Taken(ImmutableArray<MemberRecord> records) =>
        [.. records.Where(static r => r.Status == MemberStatus.Active && OverlayAddress.TryParse(r.Overlay?.Address, out _))
            .Select(static r => OverlayAddress.TryParse(r.Overlay!.Address, out var address) ? address.Value : 0)];
}
