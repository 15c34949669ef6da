using System.Net;
using Serilog.Events;

namespace Constella.Api.Configuration;

/// <summary>This machine's own configuration, checked. What the network shares stands in its settings, not here (rule C2).</summary>
public sealed record ConstellaOptions
{
    public string StateDir { get; init; } = Path.GetFullPath("state");

    public string LogDir { get; init; } = Path.GetFullPath("state/logs");

    public LogEventLevel LogLevel { get; init; } = LogEventLevel.Information;

    public IPEndPoint Listen { get; init; } = new(IPAddress.Any, Core.Limits.DefaultPort);

    /// <summary>Wanted at <c>init</c> and <c>join</c>; later the state counts.</summary>
    public string? ServerName { get; init; }

    /// <summary><c>host:port</c> that others call.</summary>
    public string? PublicAddr { get; init; }

    /// <summary>The second road, <c>host:port</c>.</summary>
    public string? AltAddr { get; init; }

    /// <summary>Telegram user name of the owner, without the <c>@</c>.</summary>
    public string? Owner { get; init; }

    public long? OwnerId { get; init; }

    /// <summary>A secret. See <see cref="ReadBotToken"/>.</summary>
    public string? BotToken { get; init; }

    public string? BotTokenFile { get; init; }

    public Uri BotApiUrl { get; init; } = new("https://api.telegram.org");

    /// <summary>Rule E1; null: 100, or what the state says.</summary>
    public int? Priority { get; init; }

    public bool AllowReboot { get; init; } = true;

    /// <summary>Whether the network may restart this node's program (rule C5).</summary>
    public bool AllowRestart { get; init; } = true;

    /// <summary>Whether this machine takes part in speed tests (rule C2).</summary>
    public bool SpeedTest { get; init; } = true;

    /// <summary>By which <c>/metrics</c> of this node is read from elsewhere (rule X7), before the network's own. A secret.</summary>
    public string? MetricsToken { get; init; }

    /// <summary>Rule X6; off: plain HTTP between nodes, for a network behind an overlay.</summary>
    public bool Tls { get; init; } = true;

    /// <summary>The WireGuard overlay (rules O).</summary>
    public VpnOptions Vpn { get; init; } = new(VpnMode.Unset);

    public string HostProc { get; init; } = "/proc";

    public string HostRoot { get; init; } = "/";

    /// <summary>A join link, used by <c>run</c> where there is no state yet. A secret.</summary>
    public string? Join { get; init; }

    /// <summary>Where this machine's own command line reaches the node.</summary>
    public IPEndPoint Loopback => new(
        Listen.Address.Equals(IPAddress.Any) ? IPAddress.Loopback
        : Listen.Address.Equals(IPAddress.IPv6Any) ? IPAddress.IPv6Loopback
        : Listen.Address,
        Listen.Port);

    /// <summary>The bot token from its variable or its file; null when neither is set.</summary>
    public string? ReadBotToken() =>
        BotToken ?? (BotTokenFile is { } file ? File.ReadAllText(file).Trim() : null);

    /// <summary>How other nodes are called.</summary>
    public string PeerScheme => Tls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp;

    // A record prints its members: three of these are secrets.
    public override string ToString() => $"ConstellaOptions({StateDir}, {Listen})";
}
