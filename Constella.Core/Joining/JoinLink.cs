using System.Diagnostics.CodeAnalysis;
using Constella.Core.Members;
using Constella.Core.Signing;

namespace Constella.Core.Joining;

/// <summary>
/// <c>join://203.0.113.10:4747?net=NETWORK&amp;token=TOKEN&amp;ttl=15m</c>: what the owner carries from the seed to the joiner
/// (rule J1). <see cref="ToString"/> has the token in it; logs get <see cref="Redacted"/>.
/// </summary>
/// <param name="Seed">The node that minted the token: only this one redeems it (rule J2).</param>
/// <param name="Token">256 random bits, base64url.</param>
/// <param name="Ttl">How long it lives from when it was minted; the seed has the last word.</param>
public sealed record JoinLink(NodeAddress Seed, string NetworkId, string Token, TimeSpan Ttl)
{
    private const string Scheme = "join://";

    /// <summary>The link without its token.</summary>
    public string Redacted => Text("…");

    /// <summary>The bytes of the token.</summary>
    public byte[] TokenBytes => Base64.FromUrl(Token, 32) ?? throw new FormatException("The token is not 32 bytes in base64url.");

    /// <summary>Mints a link from 32 fresh random bytes.</summary>
    public static JoinLink Mint(NodeAddress seed, string networkId, ReadOnlySpan<byte> token, TimeSpan ttl) =>
        new(seed, networkId, Base64.ToUrl(token), ttl);

    /// <param name="problem">A sentence for a person, without the token, that says what is wrong with the link.</param>
    public static bool TryParse(string? text, [NotNullWhen(true)] out JoinLink? link, [NotNullWhen(false)] out string? problem)
    {
        link = null;
        text = text?.Trim();
        if (string.IsNullOrEmpty(text))
            return Bad("The join link is empty.", out problem);
        if (!text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return Bad("A join link begins with join://.", out problem);
        var rest = text[Scheme.Length..];
        var question = rest.IndexOf('?', StringComparison.Ordinal);
        if (question < 0)
            return Bad("The join link has no ?net=…&token=… part: was it pasted without quotes?", out problem);
        if (!NodeAddress.TryParse(rest[..question].TrimEnd('/'), out var seed, out var wrong))
            return Bad($"The join link's address is wrong. {wrong}", out problem);
        if (!Query(rest[(question + 1)..], out var query, out problem))
            return false;

        if (!query.TryGetValue("net", out var net) || net.Length != 16 || !net.All(char.IsAsciiHexDigitLower))
            return Bad("The join link's net must be 16 lower-case hexadecimal digits.", out problem);
        if (!query.TryGetValue("token", out var token))
            return Bad("The join link has no token: was it pasted without quotes, so that the shell cut it at &?", out problem);
        if (Base64.FromUrl(token, 32) is null)
        {
            return Bad(
                $"The join link's token must be 43 characters of base64url; this one has {token.Length} or is damaged.", out problem);
        }

        var ttl = Limits.InviteDefault;
        if (query.TryGetValue("ttl", out var ttlText) && !Duration.TryParseTtl(ttlText, out ttl, out wrong))
            return Bad($"The join link's ttl is wrong. {wrong}", out problem);
        link = new(seed, net, token, ttl);
        problem = null;
        return true;
    }

    /// <summary>The link, token included.</summary>
    public override string ToString() => Text(Token);

    private string Text(string token) => $"{Scheme}{Seed}?net={NetworkId}&token={token}&ttl={Duration.Format(Ttl)}";

    private static bool Bad(string text, out string problem)
    {
        problem = text;
        return false;
    }

    private static bool Query(string text, out Dictionary<string, string> query, [NotNullWhen(false)] out string? problem)
    {
        query = new(StringComparer.Ordinal);
        problem = null;
        foreach (var part in text.Split('&'))
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? "" : part[..equals];
            // What is not one of ours is not repeated in the text: a damaged link may have the token anywhere.
            if (name is not ("net" or "token" or "ttl"))
                return Bad("The join link has a part that is none of net=, token= and ttl=.", out problem);
            if (!query.TryAdd(name, part[(equals + 1)..]))
                return Bad($"The join link has {name}= twice.", out problem);
        }

        return true;
    }
}
