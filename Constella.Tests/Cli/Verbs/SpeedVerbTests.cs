using Constella.Api;
using Constella.Core.Wire;

namespace Constella.Tests.Cli.Verbs;

/// <summary><c>speed</c></summary>
public sealed class SpeedVerbTests
{
    private static readonly SpeedRun s_run = new()
    {
        Id = "",
        With = FakeNode.Self,
        Phase = SpeedPhase.Done,
        Started = FakeNode.Now,
        Seconds = 10,
        Bytes = 1_000_000_000,
        Moved = 240_000_000,
        RttMs = 0.4,
        Down = new SpeedFigure(93.52, 120_000_000, 9, 15.5, null),
        Up = new SpeedFigure(941.2, 120_000_000, 9, 3.1, "heartbeats"),
    };

    [Fact]
    public async Task A_test_is_ordered_once_and_its_figures_are_a_table()
    {
        using var cli = new CliFixture { Node = new FakeNode { Speeds = new([State(s_run)]) } }.WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("speed", "echo-02", "delta-01", "--seconds", "7", "--bytes", "200MB"));
        var order = Assert.Single(cli.Node.Orders.OfType<SpeedOrder>());
        Assert.Equal((FakeNode.Other, FakeNode.Self, 7, 200_000_000L), (order.Target, order.With, order.Seconds, order.Bytes));
        Assert.Contains("93.5 Mbit/s", cli.Console.Printed, StringComparison.Ordinal);
        Assert.Contains("941 Mbit/s", cli.Console.Printed, StringComparison.Ordinal);
        Assert.Contains("heartbeats were late", cli.Console.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_another_end_it_is_the_internet()
    {
        using var cli = new CliFixture { Node = new FakeNode { Speeds = new([State(s_run with { With = SpeedRun.Internet, Up = null })]) } }.WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("speed", "echo-02"));
        var order = Assert.Single(cli.Node.Orders.OfType<SpeedOrder>());
        Assert.Equal((SpeedRun.Internet, SpeedDirection.Down), (order.With, order.Direction));
        Assert.Contains("the internet", cli.Console.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_is_the_run()
    {
        using var cli = new CliFixture { Node = new FakeNode { Speeds = new([State(s_run)]) } }.WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("speed", "echo-02", "delta-01", "--json"));
        using var json = System.Text.Json.JsonDocument.Parse(cli.Console.Printed);
        Assert.Equal(93.52, json.RootElement.GetProperty("down").GetProperty("mbps").GetDouble());
        Assert.Equal("heartbeats", json.RootElement.GetProperty("up").GetProperty("cut").GetString());
    }

    [Fact]
    public async Task A_test_that_failed_is_an_error()
    {
        using var cli = new CliFixture { Node = new FakeNode { Speeds = new([State(s_run with { Phase = SpeedPhase.Failed, Down = null, Up = null, Error = "broken", Detail = "the connection to the other end broke" })]) } }.WithState();
        Assert.Equal(ExitCode.Failed, await cli.RunAsync("speed", "echo-02", "delta-01"));
        Assert.Contains("not measured: the connection to the other end broke", cli.Console.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_latest_are_listed_without_measuring()
    {
        using var cli = new CliFixture { Node = new FakeNode { Speeds = new([State(s_run)]) } }.WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("speed", "echo-02", "--history"));
        Assert.Empty(cli.Node.Orders);
        Assert.Contains("1.50 GB of 20.0 GB", cli.Console.Printed, StringComparison.Ordinal);
        Assert.Contains("delta-01", cli.Console.Printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--seconds", "1")]
    [InlineData("--seconds", "61")]
    [InlineData("--bytes", "much")]
    [InlineData("--direction", "sideways")]
    public async Task What_makes_no_sense_is_a_usage_error(string option, string value)
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Usage, await cli.RunAsync("speed", "echo-02", "delta-01", option, value));
        Assert.Empty(cli.Node.Orders);
    }

    private static SpeedState State(SpeedRun run) => new()
    {
        NodeId = FakeNode.Other,
        Month = "2026-03",
        Used = 1_500_000_000,
        Monthly = 20_000_000_000,
        Bytes = 1_000_000_000,
        Seconds = 10,
        Runs = [run],
    };
}
