using System.Globalization;
using System.Text;
using Constella.Api.Configuration;
using Constella.Core.Members;

namespace Constella.Api.Vpn;

/// <summary>
/// The text of <c>wg/wg0.conf</c>, in the form of <c>wg-quick</c>: what stands above the mark is the owner's and stays, the peers below it
/// are written anew from the members (rule O2). It holds the private key: <see cref="ToString"/> does not.
/// </summary>
internal sealed record WireGuardConfig(string Head, string Peers)
{
    private const string Mark = "# Constella writes what follows; what stands above this line stays as it is.";

    // What wg-quick understands and wg does not.
    private static readonly HashSet<string> s_quick = new(["Address", "DNS", "MTU", "Table", "PreUp", "PostUp", "PreDown", "PostDown", "SaveConfig"], StringComparer.OrdinalIgnoreCase);

    public string Text => Peers.Length == 0 ? $"{Head}\n{Mark}\n" : $"{Head}\n{Mark}\n{Peers}";

    /// <summary>A secret; null where there is none.</summary>
    public string? PrivateKey => Value("PrivateKey");

    /// <summary>Null where it has none that lies in an overlay.</summary>
    public OverlayAddress? Address =>
        OverlayAddress.TryParse(Value("Address")?.Split(',')[0].Trim(), out var address) ? address : null;

    public int? ListenPort => int.TryParse(Value("ListenPort"), NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null;

    /// <summary>What <c>wg</c> itself takes: without the lines of <c>wg-quick</c>, whose commands are never run.</summary>
    public string ForWg => string.Join('\n', Text.Split('\n').Where(static line => !s_quick.Contains(line.Split('=')[0].Trim()))) + "\n";

    public override string ToString() => nameof(WireGuardConfig);

    public static WireGuardConfig Parse(string text)
    {
        var at = text.IndexOf(Mark, StringComparison.Ordinal);
        return at < 0
            ? new WireGuardConfig(text.TrimEnd(), "")
            : new WireGuardConfig(text[..at].TrimEnd(), text[(at + Mark.Length)..].TrimStart('\n'));
    }

    /// <summary>A new one, without peers.</summary>
    public static WireGuardConfig New(string privateKey, OverlayAddress address, int? listenPort)
    {
        var head = new StringBuilder($"[Interface]\nPrivateKey = {privateKey}\nAddress = {address}");
        if (listenPort is { } port)
            head.Append(CultureInfo.InvariantCulture, $"\nListenPort = {port}");
        return new WireGuardConfig(head.ToString(), "");
    }

    /// <summary>With the peers of a hub: every other member that has a key.</summary>
    public WireGuardConfig ForHub(string self, IEnumerable<MemberRecord> members)
    {
        var peers = new StringBuilder();
        foreach (var member in members.Where(m => m is { Status: MemberStatus.Active, Overlay: not null } && m.NodeId != self).OrderBy(m => m.NodeId, StringComparer.Ordinal))
        {
            if (OverlayAddress.TryParse(member.Overlay!.Address, out var address))
                peers.Append(CultureInfo.InvariantCulture, $"# {member.Name}\n[Peer]\nPublicKey = {member.Overlay.Key}\nAllowedIPs = {address.Host}/32\n");
        }
        return this with { Peers = peers.ToString() };
    }

    /// <summary>With the hub of the network as peer; without one where it has none, or another hub is configured.</summary>
    public WireGuardConfig ForClient(VpnOptions vpn, IEnumerable<MemberRecord> members) =>
        vpn.HubPublicKey is null && Overlay.Hub(members) is { Overlay: { Endpoint: { } endpoint, Key: var key } } hub && Address is { } address
            ? this with { Peers = $"# {hub.Name}\n{HubPeer(key, vpn.HubEndpoint ?? endpoint, address)}" }
            : this with { Peers = "" };

    /// <summary>With a hub that is no node of the network: the owner's own peer, which stays whatever the members are.</summary>
    public WireGuardConfig WithHub(string key, string endpoint) => Address is { } address
        ? this with { Head = $"{Head}\n\n{HubPeer(key, endpoint, address)}".TrimEnd() }
        : this;

    /// <summary>With a port to listen on, where it has none: a client has become a hub.</summary>
    public WireGuardConfig Listening(int port) => ListenPort is not null
        ? this
        : this with { Head = Head.Replace("[Interface]", string.Create(CultureInfo.InvariantCulture, $"[Interface]\nListenPort = {port}"), StringComparison.Ordinal) };

    // A machine behind NAT is called through the hole that it keeps open itself.
    private static string HubPeer(string key, string endpoint, OverlayAddress address) =>
        $"[Peer]\nPublicKey = {key}\nEndpoint = {endpoint}\nAllowedIPs = {address.Network}\nPersistentKeepalive = 25\n";

    private string? Value(string key)
    {
        foreach (var line in Head.Split('\n'))
        {
            var at = line.IndexOf('=', StringComparison.Ordinal);
            if (at > 0 && line[..at].Trim().Equals(key, StringComparison.OrdinalIgnoreCase))
                return line[(at + 1)..].Trim();
        }
        return null;
    }
}
