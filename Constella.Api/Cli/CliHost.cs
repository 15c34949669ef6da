using System.CommandLine;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Constella.Api.Cli.Doctor;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Terminal;
using Constella.Api.Configuration;
using Constella.Api.State;
using Constella.Api.Vpn;
using Constella.Core.Members;

namespace Constella.Api.Cli;

/// <summary>What every verb needs: the terminal, the clock, the options given to all verbs, and the way to the node.</summary>
public sealed class CliHost(ICliConsole console, TimeProvider time)
{
    public ICliConsole Console { get; } = console;

    public TimeProvider Time { get; } = time;

    /// <summary>Where the configuration comes from; tests put their own in place of the process's environment.</summary>
    public Func<IEnumerable<KeyValuePair<string, string?>>, IReadOnlyList<ConfigurationLayer>> Layers { get; init; } = OptionsReader.Layers;

    /// <summary>Given the state, the node's address and the folder of the state.</summary>
    public Func<NetworkState, Uri, string, INode> Connect { get; init; } = (state, address, stateDir) => new LocalNode(state, address, stateDir);

    /// <summary>The machine's; tests have one of strings.</summary>
    public IWireGuard WireGuard { get; init; } = new WireGuardTools();

    /// <summary>The certificate that the node of this machine shows; tests have none.</summary>
    internal Func<Uri, NetworkState, CancellationToken, Task<Finding>> LookAtCertificate { get; init; } =
        (address, state, cancellation) => CertificateCheck.LookAsync(address, state, time, cancellation);

    public Option<string?> StateDir { get; } = new("--state-dir")
    {
        Description = "Folder of the state (CONSTELLA_STATE_DIR; default ./state)",
        HelpName = "DIR",
        Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Print the result as JSON",
        Recursive = true,
    };

    public DateTimeOffset Now => Time.GetUtcNow();

    /// <param name="parse">Of the verb.</param>
    /// <param name="flags">The verb's own options that stand for configuration, by key.</param>
    /// <exception cref="ConfigurationException">What comes from the environment is wrong.</exception>
    /// <exception cref="CliException">What was given as a flag is wrong.</exception>
    public ConstellaOptions Options(ParseResult parse, params IReadOnlyList<ConfigFlag> flags)
    {
        var overrides = flags.Where(flag => flag.Value is not null).ToDictionary(flag => flag.Key, flag => flag.Value);
        if (parse.GetValue(StateDir) is { } folder)
            overrides["STATE_DIR"] = folder;
        // A token that is given here replaces the one that the environment names in the other way.
        if (overrides.ContainsKey("BOT_TOKEN"))
            overrides.TryAdd("BOT_TOKEN_FILE", "");
        else if (overrides.ContainsKey("BOT_TOKEN_FILE"))
            overrides["BOT_TOKEN"] = "";
        try
        {
            return OptionsReader.Read(Layers(overrides));
        }
        catch (ConfigurationException e) when (e.Errors.All(error => FlagOf(error, flags) is not null))
        {
            throw new CliException(ExitCode.Usage, string.Join("; ", e.Errors.Select(error => Renamed(error, flags))));
        }
    }

    /// <summary>Where the configuration of a verb without flags of its own comes from.</summary>
    public IReadOnlyList<ConfigurationLayer> Sources(ParseResult parse) => Layers(parse.GetValue(StateDir) is { } folder ? [new("STATE_DIR", folder)] : []);

    /// <summary>The state of this machine's node and a client of it; whether it runs shows at the first call.</summary>
    /// <exception cref="CliException">No state (3), not readable (3), damaged (4).</exception>
    public (NetworkState State, INode Node) Open(ParseResult parse)
    {
        var options = Options(parse);
        var state = StateAccess.Require(options.StateDir);
        return (state, Connect(state, AddressOf(options), options.StateDir));
    }

    /// <summary>Where the node of this folder answers: where it said it listens, else where it is configured to.</summary>
    public static Uri AddressOf(ConstellaOptions options) => new($"http://{StateStore.ReadListen(options.StateDir) ?? options.Loopback}");

    public bool WantsJson(ParseResult parse) => parse.GetValue(Json);

    public void WriteJson<T>(T document, JsonTypeInfo<T> type) => WriteJson(document, type, indented: true);

    /// <summary>A document of a line, for results that have no end.</summary>
    public void WriteJsonLine<T>(T document, JsonTypeInfo<T> type) => WriteJson(document, type, indented: false);

    private void WriteJson<T>(T document, JsonTypeInfo<T> type, bool indented)
    {
        // A terminal is no web page: a link is printed with its `&`, a header with its quotes.
        var options = new JsonWriterOptions { Indented = indented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, options))
            JsonSerializer.Serialize(writer, document, type);
        Console.Out.WriteLine(Encoding.UTF8.GetString(bytes.GetBuffer().AsSpan(0, (int)bytes.Length)));
    }

    private static ConfigFlag? FlagOf(string error, IReadOnlyList<ConfigFlag> flags) =>
        flags.FirstOrDefault(flag => flag.Value is not null && error.StartsWith($"CONSTELLA_{flag.Key} ", StringComparison.Ordinal));

    private static string Renamed(string error, IReadOnlyList<ConfigFlag> flags) =>
        FlagOf(error, flags) is { } flag ? flag.Name + error[$"CONSTELLA_{flag.Key}".Length..] : error;
}

/// <summary>An option of a verb that stands for a key of the configuration.</summary>
/// <param name="Name">As a person typed it.</param>
/// <param name="Key">Without prefix.</param>
/// <param name="Value">Null: not given.</param>
public sealed record ConfigFlag(string Name, string Key, string? Value);
