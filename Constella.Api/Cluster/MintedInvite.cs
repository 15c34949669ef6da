using System.Security.Cryptography;
using Constella.Core.Cluster;
using Constella.Core.Joining;
using Constella.Core.Members;

namespace Constella.Api.Cluster;

/// <summary>A fresh invite: what this node keeps, and the link that its owner carries (rule J1).</summary>
internal sealed record MintedInvite(string Id, string Key, string Link)
{
    private const int TokenBytes = 32;

    public override string ToString() => Id;

    /// <param name="self">This node: only the one that minted a token redeems it (rule J2).</param>
    /// <returns>Null when the node's address cannot be written into a link.</returns>
    public static MintedInvite? New(MemberView self, string networkId, TimeSpan ttl)
    {
        if (!NodeAddress.TryParse(Outside(self), out var seed, out _))
            return null;
        Span<byte> token = stackalloc byte[TokenBytes];
        RandomNumberGenerator.Fill(token);
        var (id, key) = JoinExchange.Derive(token);
        return new MintedInvite(id, key, JoinLink.Mint(seed, networkId, token, ttl).ToString());
    }

    // The joiner is not in the overlay yet. A tunnel that was made by hand is known by the order of the addresses alone (O3).
    private static string Outside(MemberView self) =>
        OverlayAddress.TryParse(self.Record.Overlay?.Address, out var place) ? Overlay.Outside(self.Record, place)
        : self.OverlayDown ? self.Record.Addr
        : Overlay.Outside(self.Record, null);
}
