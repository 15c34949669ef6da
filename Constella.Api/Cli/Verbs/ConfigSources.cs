using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using Constella.Api.Cli.Node;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;
using Constella.Api.Configuration;
using Constella.Api.Peers;
using Constella.Core.Members;
using Setting = Constella.Core.Members.Option;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella config</c>: every setting that counts for this node, and where each comes from.</summary>
internal static class ConfigSources
{
    private const string State = "state";
    private const string Network = "network";
    private const string OfThisNode = "network, for this node";

    public static async Task<int> ShowAsync(CliHost host, ParseResult parse, CancellationToken cancellation)
    {
        var settings = EffectiveOptions.Of(host.Sources(parse)).ToImmutableArray();
        if (StateAccess.Find(host.Options(parse).StateDir) is null)
            await host.Console.Error.WriteLineAsync("constella: no network here yet: this is the machine's own configuration");
        else
            settings = [.. settings, .. await SharedAsync(host, parse, cancellation)];
        if (host.WantsJson(parse))
            host.WriteJson(new SourcesDocument(settings), CliJson.Default.SourcesDocument);
        else
            Write(settings, host.Console);
        return ExitCode.Ok;
    }

    private static async Task<IEnumerable<EffectiveSetting>> SharedAsync(CliHost host, ParseResult parse, CancellationToken cancellation)
    {
        var (state, node) = host.Open(parse);
        using (node)
        {
            try
            {
                var answer = await node.SettingsAsync(cancellation);
                return Of(Mapping.Config(answer, await node.PeersAsync(cancellation)), answer.Options, answer.Self.NodeId);
            }
            catch (PeerException e) when (e.Status is null)
            {
                await host.Console.Error.WriteLineAsync(Warnings.StateInstead);
                return Of(Mapping.Config(state), state.Settings.Options, state.NodeId);
            }
        }
    }

    private static IEnumerable<EffectiveSetting> Of(ConfigDocument config, ImmutableArray<Setting> options, string self) =>
    [
        new("name", config.Name, State),
        new("address", config.Address, State),
        new("alt-address", config.AltAddress, State),
        new("priority", config.Priority.ToString(CultureInfo.InvariantCulture), State),
        Shared("bot-token", config.BotToken ? "set" : null),
        Shared("owner", config.Owner is { } owner ? "@" + owner : null),
        Shared("owner-id", config.OwnerId?.ToString(CultureInfo.InvariantCulture)),
        .. ConfigOptions.Keys.Select(key => Of(key, options, self)),
    ];

    private static EffectiveSetting Shared(string key, string? value) => new(key, value, value is null ? EffectiveOptions.Default : Network);

    private static EffectiveSetting Of(string key, ImmutableArray<Setting> options, string self)
    {
        var set = options.FirstOrDefault(option => option.Key == key && option.Node == self) ?? options.FirstOrDefault(option => option.Key == key && option.Node is null);
        return set is null
            ? new(key, Options.Find(key)?.Default, EffectiveOptions.Default)
            : new(key, Options.Shown(set).Value, set.Node is null ? Network : OfThisNode);
    }

    private static void Write(ImmutableArray<EffectiveSetting> settings, ICliConsole console)
    {
        var table = new Table(new Column("KEY"), new Column("SOURCE"), new Column("VALUE"));
        foreach (var setting in settings)
            table.Add(setting.Key, new Cell(setting.Source, setting.Source == EffectiveOptions.Default ? Tone.Quiet : Tone.Plain), new Cell(setting.Value ?? "not set", setting.Value is null ? Tone.Quiet : Tone.Plain));
        table.Write(console.Out, Ink.For(console), console.Width);
    }
}
