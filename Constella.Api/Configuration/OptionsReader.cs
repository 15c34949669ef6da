using System.Globalization;
using System.Net;
using Constella.Core;
using Constella.Core.Members;
using Constella.Core.Signing;
using Serilog.Events;

namespace Constella.Api.Configuration;

/// <summary>The configuration cannot be used; each error names its key.</summary>
public sealed class ConfigurationException(IReadOnlyList<string> errors)
    : Exception("configuration: " + string.Join("; ", errors))
{
    public IReadOnlyList<string> Errors { get; } = errors;
}

/// <summary>A place from which configuration comes, by its name for people.</summary>
/// <param name="Values">Keys without prefix.</param>
public sealed record ConfigurationLayer(string Source, IConfiguration Values);

/// <summary>Reads <see cref="ConstellaOptions"/> and tells all errors at once.</summary>
public static class OptionsReader
{
    private const string Prefix = "CONSTELLA_";

    /// <summary>From <c>appsettings.json</c> beside the program, then the environment; empty values count as unset.</summary>
    /// <param name="overrides">Keys without prefix, as <c>STATE_DIR</c>: what the command line says.</param>
    /// <exception cref="ConfigurationException">Every error, by its key.</exception>
    public static ConstellaOptions Load(IEnumerable<KeyValuePair<string, string?>>? overrides = null) => Read(Layers(overrides));

    /// <summary>The same, not yet read: what goes before what comes last.</summary>
    public static IReadOnlyList<ConfigurationLayer> Layers(IEnumerable<KeyValuePair<string, string?>>? overrides = null)
    {
        var file = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true, reloadOnChange: false)
            .Build();
        return
        [
            new("appsettings.json", file.GetSection("Constella")),
            new("environment", new ConfigurationBuilder().AddEnvironmentVariables(Prefix).Build()),
            new("flag", new ConfigurationBuilder().AddInMemoryCollection(overrides ?? []).Build()),
        ];
    }

    /// <summary>From layers, of which a later one goes before an earlier one.</summary>
    /// <exception cref="ConfigurationException">Every error, by its key.</exception>
    public static ConstellaOptions Read(IEnumerable<ConfigurationLayer> layers)
    {
        // Copied: a configuration inside another one loses its empty values, and these hide what lies below them.
        var builder = new ConfigurationBuilder();
        foreach (var layer in layers)
            builder.AddInMemoryCollection(layer.Values.AsEnumerable(makePathsRelative: true).Where(static entry => entry.Value is not null));
        return Read(builder.Build());
    }

    /// <summary>From keys without prefix.</summary>
    /// <exception cref="ConfigurationException">Every error, by its key.</exception>
    public static ConstellaOptions Read(IConfiguration configuration)
    {
        var raw = new RawOptions();
        configuration.Bind(raw);
        var check = new Check();
        var stateDir = Path.GetFullPath(Text(raw.StateDir) ?? "state");
        var options = new ConstellaOptions
        {
            StateDir = stateDir,
            LogDir = Path.GetFullPath(Text(raw.LogDir) ?? Path.Combine(stateDir, "logs")),
            LogLevel = check.Level("LOG_LEVEL", Text(raw.LogLevel)),
            Listen = check.EndPoint("LISTEN", Text(raw.Listen)),
            ServerName = check.Name("SERVER_NAME", Text(raw.ServerName)),
            PublicAddr = check.Address("PUBLIC_ADDR", Text(raw.PublicAddr)),
            AltAddr = check.Address("ALT_ADDR", Text(raw.AltAddr)),
            Owner = check.UserName("OWNER", Text(raw.Owner)),
            OwnerId = check.Number("OWNER_ID", Text(raw.OwnerId), 1, long.MaxValue),
            BotToken = check.Token("BOT_TOKEN", Text(raw.BotToken)),
            BotTokenFile = check.OneOf("BOT_TOKEN_FILE", Text(raw.BotTokenFile), "BOT_TOKEN", Text(raw.BotToken)),
            BotApiUrl = check.Url("BOT_API_URL", Text(raw.BotApiUrl) ?? "https://api.telegram.org"),
            Priority = (int?)check.Number("PRIORITY", Text(raw.Priority), 0, Limits.Priority),
            AllowReboot = check.Flag("ALLOW_REBOOT", Text(raw.AllowReboot), true),
            AllowRestart = check.Flag("ALLOW_RESTART", Text(raw.AllowRestart), true),
            SpeedTest = check.OnOff("SPEED_TEST", Text(raw.SpeedTest)),
            MetricsToken = check.Bearer("METRICS_TOKEN", Text(raw.MetricsToken)),
            Tls = check.OnOff("TLS_MODE", Text(raw.TlsMode)),
            Vpn = VpnReader.Read(raw, check),
            HostProc = Text(raw.HostProc) ?? "/proc",
            HostRoot = Text(raw.HostRoot) ?? "/",
            Join = Text(raw.Join),
        };
        return check.Errors.Count == 0 ? options : throw new ConfigurationException(check.Errors);
    }

    internal static string? Text(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.Trim();

    // Values are repeated in an error only where they cannot be a secret.
    internal sealed class Check
    {
        public List<string> Errors { get; } = [];

        public LogEventLevel Level(string key, string? value) => value?.ToLowerInvariant() switch
        {
            null or "information" or "info" => LogEventLevel.Information,
            "trace" or "verbose" => LogEventLevel.Verbose,
            "debug" => LogEventLevel.Debug,
            "warning" or "warn" => LogEventLevel.Warning,
            "error" => LogEventLevel.Error,
            _ => Wrong(key, $"'{value}' is none of debug, information, warning, error", LogEventLevel.Information),
        };

        public IPEndPoint EndPoint(string key, string? value)
        {
            var fallback = new IPEndPoint(IPAddress.Any, Limits.DefaultPort);
            if (value is null)
                return fallback;
            // IPEndPoint takes an address without a port for one with port 0, which is a wish of tests ("any free port") and must be said.
            return IPEndPoint.TryParse(value, out var point) && value.EndsWith($":{point.Port}", StringComparison.Ordinal)
                ? point
                : Wrong(key, $"'{value}' is no address with a port, as 0.0.0.0:4747 or [::]:4747", fallback);
        }

        public string? Name(string key, string? value) =>
            value is null || NodeName.IsValid(value)
                ? value
                : Wrong(key, $"'{value}' is no node name: 1 to {Limits.NameLength} of a-z, 0-9 and -", value);

        public string? Address(string key, string? value) =>
            value is null ? null
            : NodeAddress.TryParse(value, out var address, out var problem) ? address.ToString()
            : Wrong<string?>(key, $"'{value}': {problem}", null);

        public string? UserName(string key, string? value)
        {
            var name = value?.TrimStart('@');
            return name is null || Ids.IsUserName(name)
                ? name
                : Wrong(key, $"'{value}' is no Telegram user name, as @username", name);
        }

        public long? Number(string key, string? value, long min, long max)
        {
            if (value is null)
                return null;
            return long.TryParse(value, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
                ? number
                : Wrong<long?>(key, $"'{value}' is no number from {min} to {max}", null);
        }

        public string? Token(string key, string? value) =>
            value is null || Ids.IsBotToken(value) ? value : Wrong(key, "is no bot token, as 123:ABC", value);

        public string? Bearer(string key, string? value) =>
            value is null || BearerToken.IsValid(value)
                ? value
                : Wrong(key, $"is no token: {Limits.BearerShortest} to {Limits.BearerLongest} of letters, digits and -._~+/=", value);

        public string? OneOf(string key, string? value, string other, string? otherValue) =>
            value is null || otherValue is null ? value : Wrong(key, $"and {Prefix}{other} are both set: give one", value);

        public Uri Url(string key, string value) =>
            Uri.TryCreate(value.TrimEnd('/'), UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
                ? url
                : Wrong(key, "is no http or https address", new Uri("https://api.telegram.org"));

        public bool OnOff(string key, string? value) => value?.ToLowerInvariant() switch
        {
            null or "on" => true,
            "off" => false,
            _ => Wrong(key, $"'{value}' is neither on nor off", true),
        };

        public bool Flag(string key, string? value, bool fallback) => value?.ToLowerInvariant() switch
        {
            null => fallback,
            "true" or "1" or "yes" or "on" => true,
            "false" or "0" or "no" or "off" => false,
            _ => Wrong(key, $"'{value}' is neither true nor false", fallback),
        };

        public T Wrong<T>(string key, string what, T fallback)
        {
            Errors.Add($"{Prefix}{key} {what}");
            return fallback;
        }
    }
}
