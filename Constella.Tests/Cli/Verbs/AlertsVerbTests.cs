using System.Text.Json;
using Constella.Api;
using Constella.Api.Endpoints;
using Constella.Core.Alerts;
using Constella.Core.Members;

namespace Constella.Tests.Cli.Verbs;

/// <summary><c>alerts</c>, <c>alerts mute</c>, and settings with dotted keys.</summary>
public sealed class AlertsVerbTests
{
    private static AlertsAnswer Answer { get; } = new(
        [
            new AlertInfo("down", FakeNode.Other, "echo-02", FakeNode.Now.AddMinutes(-5), null, null, AlertTold.Begun),
            new AlertInfo("host", FakeNode.Self, "delta-01", FakeNode.Now.AddMinutes(-9), FakeNode.Now.AddMinutes(-9), "echo-02", AlertTold.All),
        ],
        [new MuteInfo(FakeNode.Other, "echo-02", FakeNode.Now.AddHours(1))],
        null);

    [Fact]
    public async Task Alerts_lists_what_goes_on_and_what_is_muted()
    {
        using var cli = new CliFixture { Node = new FakeNode { Alerts = Answer } }.WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("alerts"));
        Assert.Contains("down", cli.Console.Printed, StringComparison.Ordinal);
        Assert.Contains("echo-02", cli.Console.Printed, StringComparison.Ordinal);
        Assert.Contains("muted: echo-02", cli.Console.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alerts_in_json_are_the_answer_of_the_node()
    {
        using var cli = new CliFixture { Node = new FakeNode { Alerts = Answer } }.WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("alerts", "--json"));
        var first = JsonDocument.Parse(cli.Console.Printed).RootElement.GetProperty("alerts")[0];
        Assert.Equal(("down", "begun"), (first.GetProperty("kind").GetString(), first.GetProperty("told").GetString()));
        Assert.Equal(JsonValueKind.Null, first.GetProperty("ended").ValueKind);
    }

    [Theory]
    [InlineData("echo-02", "1h", FakeNode.Other)]
    [InlineData("all", "30m", null)]
    public async Task Mute_sets_until_when(string whom, string howLong, string? node)
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("alerts", "mute", whom, howLong));
        var option = Assert.Single(Assert.IsType<SettingsOrder>(Assert.Single(cli.Node.Orders)).Options);
        Assert.Equal((Options.AlertMuted, node), (option.Key, option.Node));
        Assert.True(Options.Time(option.Value) > FakeNode.Now.AddMinutes(29));
    }

    [Fact]
    public async Task A_duration_that_is_none_is_refused()
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Usage, await cli.RunAsync("alerts", "mute", "echo-02", "soon"));
        Assert.Empty(cli.Node.Orders);
    }

    [Theory]
    [InlineData("alert.cpu", "95", null)]
    [InlineData("alert.cpu@echo-02", "off", FakeNode.Other)]
    [InlineData("alert.cpu@echo-02", "", FakeNode.Other)]
    public async Task A_level_is_set_for_the_network_or_for_one_node(string key, string value, string? node)
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("config", "set", key, value));
        Assert.Equal(new Option("alert.cpu", node, value), Assert.Single(Assert.IsType<SettingsOrder>(Assert.Single(cli.Node.Orders)).Options));
    }

    [Theory]
    [InlineData("alert.cpu", "105")]
    [InlineData("alert.quiet@echo-02", "23:00-07:00")]
    [InlineData("alert.muted", "2026-01-01T00:00:00Z")]
    public async Task A_wrong_level_is_refused(string key, string value)
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Usage, await cli.RunAsync("config", "set", key, value));
        Assert.Empty(cli.Node.Orders);
    }

    [Fact]
    public async Task Config_get_shows_what_is_set_for_whom_and_the_defaults()
    {
        using var cli = new CliFixture
        {
            Node = new FakeNode { Settings = new FakeNode().Settings with { Options = [new Option("alert.cpu", FakeNode.Other, "95")] } },
        }.WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("config", "get"));
        Assert.Matches(@"alert\.cpu +90", cli.Console.Printed);
        Assert.Matches(@"alert\.cpu@echo-02 +95", cli.Console.Printed);
    }
}
