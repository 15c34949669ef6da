namespace Constella.Api.Configuration;

/// <summary>
/// The settings as text, as the environment (<c>CONSTELLA_STATE_DIR</c>) or the section <c>Constella</c> of
/// <c>appsettings.json</c> gives them. Text on purpose: a number that is none must be told together with all other errors.
/// </summary>
internal sealed class RawOptions
{
    [ConfigurationKeyName("STATE_DIR")]
    public string? StateDir { get; set; }

    [ConfigurationKeyName("LOG_DIR")]
    public string? LogDir { get; set; }

    [ConfigurationKeyName("LOG_LEVEL")]
    public string? LogLevel { get; set; }

    [ConfigurationKeyName("LISTEN")]
    public string? Listen { get; set; }

    [ConfigurationKeyName("SERVER_NAME")]
    public string? ServerName { get; set; }

    [ConfigurationKeyName("PUBLIC_ADDR")]
    public string? PublicAddr { get; set; }

    [ConfigurationKeyName("ALT_ADDR")]
    public string? AltAddr { get; set; }

    [ConfigurationKeyName("OWNER")]
    public string? Owner { get; set; }

    [ConfigurationKeyName("OWNER_ID")]
    public string? OwnerId { get; set; }

    [ConfigurationKeyName("BOT_TOKEN")]
    public string? BotToken { get; set; }

    [ConfigurationKeyName("BOT_TOKEN_FILE")]
    public string? BotTokenFile { get; set; }

    [ConfigurationKeyName("BOT_API_URL")]
    public string? BotApiUrl { get; set; }

    [ConfigurationKeyName("PRIORITY")]
    public string? Priority { get; set; }

    [ConfigurationKeyName("ALLOW_REBOOT")]
    public string? AllowReboot { get; set; }

    [ConfigurationKeyName("ALLOW_RESTART")]
    public string? AllowRestart { get; set; }

    [ConfigurationKeyName("SPEED_TEST")]
    public string? SpeedTest { get; set; }

    [ConfigurationKeyName("TLS_MODE")]
    public string? TlsMode { get; set; }

    [ConfigurationKeyName("METRICS_TOKEN")]
    public string? MetricsToken { get; set; }

    [ConfigurationKeyName("HOST_PROC")]
    public string? HostProc { get; set; }

    [ConfigurationKeyName("HOST_ROOT")]
    public string? HostRoot { get; set; }

    [ConfigurationKeyName("VPN_MODE")]
    public string? VpnMode { get; set; }

    [ConfigurationKeyName("VPN_INTERFACE_NAME")]
    public string? VpnInterfaceName { get; set; }

    [ConfigurationKeyName("VPN_CIDR")]
    public string? VpnCidr { get; set; }

    [ConfigurationKeyName("VPN_LISTEN_PORT")]
    public string? VpnListenPort { get; set; }

    [ConfigurationKeyName("VPN_ADDRESS")]
    public string? VpnAddress { get; set; }

    [ConfigurationKeyName("VPN_HUB_ENDPOINT")]
    public string? VpnHubEndpoint { get; set; }

    [ConfigurationKeyName("VPN_HUB_PUBLIC_KEY")]
    public string? VpnHubPublicKey { get; set; }

    [ConfigurationKeyName("JOIN")]
    public string? Join { get; set; }
}
