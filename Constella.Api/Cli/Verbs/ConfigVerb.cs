using System.CommandLine;
using System.CommandLine.Parsing;
using Constella.Api.Cli.Founding;
using Constella.Api.Cli.Screens;
using Constella.Api.Cli.Terminal;
using Constella.Api.Configuration;
using Constella.Api.Endpoints;
using Constella.Api.Peers;

namespace Constella.Api.Cli.Verbs;

/// <summary><c>constella config</c>: what counts, and why; <c>get</c> and <c>set</c>: what can be changed while the network runs.</summary>
internal static class ConfigVerb
{
    // Keys as people write them, and the keys by which the configuration checks their values.
    private static readonly Dictionary<string, string> Keys = new()
    {
        ["bot-token"] = "BOT_TOKEN",
        ["owner"] = "OWNER",
        ["owner-id"] = "OWNER_ID",
        ["name"] = "SERVER_NAME",
        ["address"] = "PUBLIC_ADDR",
        ["alt-address"] = "ALT_ADDR",
        ["priority"] = "PRIORITY",
    };

    private static readonly string[] Clearable = ["bot-token", "owner", "owner-id", "alt-address"];

    public static Command Create(CliHost host)
    {
        var verb = new Verb(
            "config",
            "Every setting that counts for this node, and where each comes from; read and change those of the network (bot-token, owner, owner-id, alert.…, traffic.…, bill.…, metrics.token) and of this node (name, address, alt-address, priority).",
            "constella config",
            "constella config get",
            "constella config set bot-token -  < token.txt",
            "constella config set owner @username") { Get(host), Set(host) };
        verb.SetAction((parse, cancellation) => ConfigSources.ShowAsync(host, parse, cancellation));
        return verb;
    }

    private static Verb Get(CliHost host)
    {
        var key = new Argument<string?>("KEY") { Description = "One key; without it all are shown", Arity = ArgumentArity.ZeroOrOne };
        key.Validators.Add(RequireKnown);
        key.CompletionSources.Add([.. Keys.Keys, .. ConfigOptions.Keys]);
        var verb = new Verb(
            "get",
            "Show settings; tokens are told as set or not set.",
            "constella config get",
            "constella config get owner") { key };
        verb.SetAction((parse, cancellation) => GetAsync(host, parse, parse.GetValue(key), cancellation));
        return verb;
    }

    private static Verb Set(CliHost host)
    {
        var key = new Argument<string>("KEY") { Description = $"bot-token, owner, owner-id, name, address, alt-address, priority, or one of {string.Join(", ", ConfigOptions.Keys)}; alert.…, traffic.… bill.… and metrics.token also for one node: alert.cpu@NODE" };
        key.Validators.Add(RequireKnown);
        key.CompletionSources.Add([.. Keys.Keys, .. ConfigOptions.Keys]);
        var value = new Argument<string?>("VALUE")
        {
            Description = "The new value; '' clears it; - reads it from standard input. Without it, a token is asked for",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var verb = new Verb(
            "set",
            "Change a setting: those of the network reach every node.",
            "constella config set bot-token                 (asked for, not shown)",
            "constella config set bot-token - < token.txt",
            "openssl rand -hex 32 | constella config set metrics.token -",
            "constella config set name delta-02",
            "constella config set alert.cpu@echo-02 95",
            "constella config set traffic.quota@echo-02 1TB",
            "constella config set alt-address ''") { key, value };
        verb.SetAction((parse, cancellation) => SetAsync(host, parse, parse.GetRequiredValue(key), parse.GetValue(value), cancellation));
        return verb;
    }

    // In one line; the library's own check gives each key a line of its own.
    private static void RequireKnown(ArgumentResult key)
    {
        if (key.Tokens is [{ Value: var given }, ..] && !Keys.ContainsKey(given) && !ConfigOptions.Knows(given))
            key.AddError($"there is no setting '{given}': {string.Join(", ", Keys.Keys.Concat(ConfigOptions.Keys))}");
    }

    private static async Task<int> GetAsync(CliHost host, ParseResult parse, string? key, CancellationToken cancellation)
    {
        var (state, node) = host.Open(parse);
        using (node)
        {
            ConfigDocument config;
            try
            {
                config = Mapping.Config(await node.SettingsAsync(cancellation), await node.PeersAsync(cancellation));
            }
            catch (PeerException e) when (e.Status is null)
            {
                await host.Console.Error.WriteLineAsync(Warnings.StateInstead);
                config = Mapping.Config(state);
            }
            if (host.WantsJson(parse))
                host.WriteJson(config, CliJson.Default.ConfigDocument);
            else if (key is null)
                ConfigScreen.Write(config, host.Console);
            else
                await host.Console.Out.WriteLineAsync(ConfigScreen.Entries(config).FirstOrDefault(entry => entry.Key == key).Value ?? "not set");
            return ExitCode.Ok;
        }
    }

    private static async Task<int> SetAsync(CliHost host, ParseResult parse, string key, string? given, CancellationToken cancellation)
    {
        var value = Value(host.Console, key, given);
        var (_, node) = host.Open(parse);
        using (node)
        {
            if (ConfigOptions.Knows(key))
            {
                await ConfigOptions.SetAsync(node, key, value, cancellation);
                await host.Console.Out.WriteLineAsync(Done(key, value));
                return ExitCode.Ok;
            }
            var checkedValue = Check(key, value);
            if (key is "name" or "address" or "alt-address" or "priority")
                await node.ChangeSelfAsync(SelfOrder(key, value, checkedValue), cancellation);
            else
                await node.ChangeSettingsAsync(SettingsOrder(key, value, checkedValue), cancellation);
            await host.Console.Out.WriteLineAsync(Done(key, value));
            return ExitCode.Ok;
        }
    }

    private static string Done(string key, string value) => value.Length == 0 ? $"{key} cleared" : IsSecret(key) ? $"{key} set" : $"{key} = {value}";

    private static bool IsSecret(string key) => key == "bot-token" || ConfigOptions.IsSecret(key);

    private static string Value(ICliConsole console, string key, string? given)
    {
        if (given is null && !IsSecret(key))
            throw new CliException(ExitCode.Usage, $"config set {key} needs a value", $"constella config set {key} VALUE");
        if (given is null or "-")
            return IsSecret(key) ? Prompt.Secret(console, key == "bot-token" ? "bot token" : key) : console.In.ReadLine()?.Trim() ?? "";
        if (IsSecret(key) && given.Length > 0)
            console.Error.WriteLine(Warnings.SecretOnCommandLine);
        return given.Trim();
    }

    /// <summary>The configuration's own checks, so that a value is good here when it is good there.</summary>
    internal static ConstellaOptions Check(string key, string value)
    {
        if (value.Length == 0 && !Clearable.Contains(key))
            throw new CliException(ExitCode.Usage, $"{key} cannot be empty");
        try
        {
            return OptionsReader.Read(new ConfigurationBuilder().AddInMemoryCollection([new(Keys[key], value)]).Build());
        }
        catch (ConfigurationException e)
        {
            throw new CliException(ExitCode.Usage, string.Join("; ", e.Errors).Replace($"CONSTELLA_{Keys[key]}", key, StringComparison.Ordinal));
        }
    }

    private static SelfOrder SelfOrder(string key, string value, ConstellaOptions options) => key switch
    {
        "name" => new SelfOrder { Name = options.ServerName },
        "address" => new SelfOrder { Addr = Identity.Canonical(options.PublicAddr) },
        "alt-address" => new SelfOrder { AltAddr = value.Length == 0 ? "" : Identity.Canonical(options.AltAddr) },
        _ => new SelfOrder { Priority = options.Priority },
    };

    private static SettingsOrder SettingsOrder(string key, string value, ConstellaOptions options) => key switch
    {
        "bot-token" => new SettingsOrder { BotToken = value.Length == 0 ? "" : options.BotToken },
        "owner" => new SettingsOrder { OwnerUsername = value.Length == 0 ? "" : options.Owner },
        _ => new SettingsOrder { OwnerId = value.Length == 0 ? 0 : options.OwnerId },
    };
}
