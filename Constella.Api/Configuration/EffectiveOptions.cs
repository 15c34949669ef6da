using System.Collections.Immutable;
using System.Globalization;

namespace Constella.Api.Configuration;

/// <summary>A value that counts, and why it is that one.</summary>
/// <param name="Key">As it is set.</param>
/// <param name="Value">Null: there is none. Of a secret, only that it is set.</param>
/// <param name="Source">Where it comes from, for people.</param>
public sealed record EffectiveSetting(string Key, string? Value, string Source);

/// <summary>This machine's configuration as it counts, value by value; the reverse of <see cref="OptionsReader"/>.</summary>
public static class EffectiveOptions
{
    public const string Default = "default";

    /// <summary>What counts at <c>init</c> and <c>join</c> alone; later the state says it.</summary>
    public static ImmutableArray<string> Founding { get; } =
        ["SERVER_NAME", "PUBLIC_ADDR", "ALT_ADDR", "OWNER", "OWNER_ID", "BOT_TOKEN", "BOT_TOKEN_FILE", "PRIORITY", "JOIN"];

    private static readonly ImmutableArray<(string Key, Func<ConstellaOptions, string?> Value)> s_all =
    [
        ("STATE_DIR", o => o.StateDir),
        ("LOG_DIR", o => o.LogDir),
        ("LOG_LEVEL", o => o.LogLevel.ToString().ToLowerInvariant()),
        ("LISTEN", o => o.Listen.ToString()),
        ("BOT_API_URL", o => o.BotApiUrl.ToString().TrimEnd('/')),
        ("ALLOW_REBOOT", o => Flag(o.AllowReboot)),
        ("ALLOW_RESTART", o => Flag(o.AllowRestart)),
        ("SPEED_TEST", o => OnOff(o.SpeedTest)),
        ("METRICS_TOKEN", o => o.MetricsToken is null ? null : "set"),
        ("TLS_MODE", o => OnOff(o.Tls)),
        ("HOST_PROC", o => o.HostProc),
        ("HOST_ROOT", o => o.HostRoot),
        ("VPN_MODE", o => o.Vpn.Mode == VpnMode.Unset ? null : o.Vpn.Mode.ToString().ToLowerInvariant()),
        ("VPN_INTERFACE_NAME", o => o.Vpn.Interface),
        ("VPN_CIDR", o => o.Vpn.Network.ToString()),
        ("VPN_LISTEN_PORT", o => o.Vpn.ListenPort?.ToString(CultureInfo.InvariantCulture)),
        ("VPN_ADDRESS", o => o.Vpn.Address),
        ("VPN_HUB_ENDPOINT", o => o.Vpn.HubEndpoint),
        ("VPN_HUB_PUBLIC_KEY", o => o.Vpn.HubPublicKey),
    ];

    /// <summary>By variable, those of <see cref="Founding"/> left out.</summary>
    /// <exception cref="ConfigurationException">Every error, by its key.</exception>
    public static IEnumerable<EffectiveSetting> Of(IReadOnlyList<ConfigurationLayer> layers)
    {
        var options = OptionsReader.Read(layers);
        return s_all.Select(row => new EffectiveSetting("CONSTELLA_" + row.Key, row.Value(options), SourceOf(layers, row.Key)));
    }

    // An empty value counts as unset, and hides what lies below it.
    private static string SourceOf(IReadOnlyList<ConfigurationLayer> layers, string key) =>
        layers.LastOrDefault(layer => layer.Values[key] is not null) is { } last && OptionsReader.Text(last.Values[key]) is not null ? last.Source : Default;

    private static string Flag(bool value) => value ? "true" : "false";

    private static string OnOff(bool value) => value ? "on" : "off";
}
