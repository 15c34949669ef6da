using System.Globalization;
using Constella.Api.Cli.Terminal;

namespace Constella.Api.Cli.Screens;

/// <summary>What can be changed while the network runs, by key.</summary>
public static class ConfigScreen
{
    public static IReadOnlyList<(string Key, string Value)> Entries(ConfigDocument config) =>
    [
        ("bot-token", config.BotToken ? "set" : "not set"),
        ("owner", config.Owner is { } owner ? "@" + owner : "not set"),
        ("owner-id", config.OwnerId?.ToString(CultureInfo.InvariantCulture) ?? "not set"),
        ("name", config.Name),
        ("address", config.Address),
        ("alt-address", config.AltAddress ?? "not set"),
        ("priority", config.Priority.ToString(CultureInfo.InvariantCulture)),
        .. config.Options.Select(option => (option.Key, option.Value)),
    ];

    public static void Write(ConfigDocument config, ICliConsole console)
    {
        var table = new Table(new Column("KEY"), new Column("VALUE"));
        foreach (var (key, value) in Entries(config))
            table.Add(key, new Cell(value, value == "not set" ? Tone.Quiet : Tone.Plain));
        table.Write(console.Out, Ink.For(console), console.Width);
    }
}
