using System.Text.Json;
using Constella.Api;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Core.Members;
using Constella.Tests.Cli;

namespace Constella.Tests.Traffic;

/// <summary><c>constella traffic</c>, and the settings behind it.</summary>
public sealed class TrafficVerbTests
{
    [Fact]
    public async Task One_node_is_shown_with_its_quota_its_forecast_and_the_months_before()
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("traffic", "echo-02"));
        foreach (var part in new[] { "2026-03-01 to 2026-03-31", "300 GB, 500 GB", "80 % of 1.00 TB", "limit on 2026-03-13", "2026-01-20 08:30 UTC", "2026-03-14 (3 d)", "4.50 EUR / month", "2026-02-28" })
            Assert.Contains(part, cli.Console.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_node_all_are_shown_and_the_bill_of_one_that_is_silent()
    {
        var node = new FakeNode
        {
            Traffic = target => target == FakeNode.Other ? throw new PeerException(502, "unreachable", "echo-02 did not answer") : TrafficSamples.Of(target),
            Settings = new FakeNode().Settings with { Options = [new Option(Options.BillExpires, FakeNode.Other, "2026-03-02")] },
        };
        using var cli = new CliFixture { Node = node }.WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("traffic"));
        Assert.Matches("delta-01 +800 GB .*80 %.*limit on 2026-03-13", cli.Console.Printed);
        Assert.Matches(@"echo-02 +no answer .*2026-03-02 \(1 d\)", cli.Console.Printed);
        using var program = new CliFixture { Node = node }.WithState();
        Assert.Equal(ExitCode.Ok, await program.RunAsync("traffic", "--json"));
        var nodes = JsonDocument.Parse(program.Console.Printed).RootElement.GetProperty("nodes");
        Assert.Equal(800_000_000_000, nodes[0].GetProperty("report").GetProperty("month").GetProperty("used").GetInt64());
        Assert.Equal(("echo-02 did not answer", "2026-03-02"), (nodes[1].GetProperty("why").GetString(), nodes[1].GetProperty("bill").GetProperty("expires").GetString()));
    }

    [Fact]
    public async Task In_json_a_node_s_traffic_is_the_answer_of_the_node()
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("traffic", "echo-02", "--json"));
        var report = JsonDocument.Parse(cli.Console.Printed).RootElement;
        Assert.Equal(("sum", "2026-03-13", 300_000_000_000), (
            report.GetProperty("count").GetString(), report.GetProperty("limit_on").GetString(), report.GetProperty("before")[0].GetProperty("used").GetInt64()));
    }

    [Theory]
    [InlineData("traffic.quota@echo-02", "2TiB")]
    [InlineData("bill.expires@echo-02", "2026-12-24")]
    [InlineData("bill.price@echo-02", "")]
    public async Task A_value_is_set_for_one_node(string key, string value)
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("config", "set", key, value));
        var option = Assert.Single(Assert.IsType<SettingsOrder>(Assert.Single(cli.Node.Orders)).Options);
        Assert.Equal((key.Split('@')[0], FakeNode.Other, value), (option.Key, option.Node, option.Value));
    }

    [Theory]
    [InlineData("traffic.quota", "much")]
    [InlineData("traffic.reset_day@echo-02", "32")]
    [InlineData("bill.expires", "tomorrow")]
    public async Task A_value_that_makes_no_sense_is_one_clear_line(string key, string value)
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Usage, await cli.RunAsync("config", "set", key, value));
        Assert.StartsWith($"constella: {key.Split('@')[0]} is no", Assert.Single(cli.Console.Told.Trim().Split('\n')), StringComparison.Ordinal);
        Assert.Empty(cli.Node.Orders);
    }
}
