using Constella.Core.Wire;

namespace Constella.Core.Joining;

/// <summary>The joiner's own part of the exchange; kept until the answer is opened.</summary>
public sealed record JoinerSecrets(byte[] Token, byte[] PrivateKey);

/// <summary>Rule J1, both sides.</summary>
public static class JoinExchange
{
    /// <summary>The invite's id and key, both derived from the 32 bytes of the token.</summary>
    public static (string Id, string Key) Derive(ReadOnlySpan<byte> token) => throw new NotImplementedException();

    /// <summary>Fills in <see cref="JoinRequest.Invite"/>, <see cref="JoinRequest.Key"/> and <see cref="JoinRequest.Mac"/>.</summary>
    public static JoinRequest Ask(JoinRequest draft, JoinerSecrets secrets) => throw new NotImplementedException();

    /// <summary>Whether the request was made by somebody who has the token; constant time.</summary>
    public static bool Proves(JoinRequest request, string inviteKey) => throw new NotImplementedException();

    /// <param name="seedPrivateKey">32 random bytes, used once.</param>
    public static JoinAnswer Seal(JoinRequest request, string inviteKey, byte[] seedPrivateKey, JoinContent content) => throw new NotImplementedException();

    /// <returns>Null when the seal does not hold.</returns>
    public static JoinContent? Open(JoinRequest request, JoinerSecrets secrets, JoinAnswer answer) => throw new NotImplementedException();
}
