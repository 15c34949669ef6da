using Constella.Api;
using Constella.Api.Configuration;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Core.Members;
using Constella.Core.Signing;
using Constella.Tests.Tidy;

namespace Constella.Tests.Cli.Verbs;

/// <summary><c>constella config</c>: what counts, and why.</summary>
public partial class ConfigSourcesTests
{
    private static readonly SettingsAnswer Shared = new FakeNode().Settings with
    {
        Options = [new(Options.AlertCpu, null, "80"), new(Options.AlertCpu, FakeNode.Other, "70"), new(Options.AlertRam, FakeNode.Self, "95"), new(Options.AlertRam, null, "85"), new(Options.MetricsToken, null, "set")],
    };

    [Fact]
    public async Task Each_setting_tells_where_it_comes_from()
    {
        using var cli = new CliFixture { Node = new FakeNode { Settings = Shared }, Environment = new() { ["LOG_LEVEL"] = "debug", ["METRICS_TOKEN"] = "CANARY-CANARY-CANARY", ["SPEED_TEST"] = "" } }.WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("config", "--state-dir", cli.StateDir));
        foreach (var line in new[]
        {
            "CONSTELLA_STATE_DIR +flag +/", "CONSTELLA_LOG_LEVEL +environment +debug\n", "CONSTELLA_SPEED_TEST +default +on\n", "CONSTELLA_METRICS_TOKEN +environment +set\n",
            "\nname +state +delta-01\n", "\nbot-token +network +set\n", "\nalert.cpu +network +80\n", "\nalert.ram +network, for this node +95\n", "\nalert.disk +default +90\n", "\nmetrics.token +network +set\n",
        })
            Assert.Matches(line, cli.Console.Printed);
        Assert.DoesNotContain("CANARY", cli.Console.Printed + cli.Console.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_does_not_run_is_told_by_its_state()
    {
        using var cli = new CliFixture { Node = new FakeNode { Trouble = new PeerException(null, null, "down") } }.WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("config", "--json"));
        Assert.Contains("\"key\": \"bot-token\",\n      \"value\": \"set\",\n      \"source\": \"network\"", cli.Console.Printed, StringComparison.Ordinal);
        Assert.Contains("does not run", cli.Console.Told, StringComparison.Ordinal);
        Assert.DoesNotContain("CANARY", cli.Console.Printed + cli.Console.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_network_the_machines_own_are_told()
    {
        using var cli = new CliFixture();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("config"));
        Assert.Contains("CONSTELLA_LISTEN", cli.Console.Printed, StringComparison.Ordinal);
        Assert.DoesNotContain("alert.cpu", cli.Console.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_is_told_by_its_key()
    {
        using var cli = new CliFixture { Environment = new() { ["LISTEN"] = "4747" } }.WithState();
        Assert.Equal(ExitCode.BadState, await cli.RunAsync("config"));
        Assert.Contains("CONSTELLA_LISTEN ", cli.Console.Told, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_variable_is_told_here_or_counts_when_the_node_is_made_only()
    {
        var read = RawKey().Matches(Repository.File("Constella.Api/Configuration/RawOptions.cs").Text).Select(match => match.Groups[1].Value);
        var told = EffectiveOptions.Of([]).Select(setting => setting.Key["CONSTELLA_".Length..]).Concat(EffectiveOptions.Founding);
        Assert.Equal(read.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_token_of_the_metrics_leaves_the_command_line_as_its_hash()
    {
        using var cli = new CliFixture { Console = new FakeConsole("CANARY-CANARY-CANARY\n") }.WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("config", "set", "metrics.token@echo-02", "-"));
        Assert.Equal(new Option(Options.MetricsToken, FakeNode.Other, BearerToken.Hash("CANARY-CANARY-CANARY")), Assert.IsType<SettingsOrder>(Assert.Single(cli.Node.Orders)).Options.Single());
        Assert.Equal("metrics.token@echo-02 set\n", cli.Console.Printed);
        Assert.DoesNotContain("CANARY", cli.Console.Told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("with blanks in it, which no token has")]
    public async Task A_token_that_is_none_is_refused_and_not_repeated(string token)
    {
        using var cli = new CliFixture { Console = new FakeConsole(token + "\n") }.WithState();
        Assert.Equal(ExitCode.Usage, await cli.RunAsync("config", "set", "metrics.token", "-"));
        Assert.Empty(cli.Node.Orders);
        Assert.DoesNotContain(token, cli.Console.Told, StringComparison.Ordinal);
    }

    [System.Text.RegularExpressions.GeneratedRegex("ConfigurationKeyName\\(\"([A-Z_]+)\"\\)")]
    private static partial System.Text.RegularExpressions.Regex RawKey();
}
