using System.Text.Json;
using Constella.Api;
using Constella.Api.Endpoints;
using Constella.Core.Cluster;
using Constella.Core.Members;

namespace Constella.Tests.Cli.Verbs;

/// <summary><c>keys</c>, <c>keys rotate</c>, <c>evict</c>.</summary>
public sealed class KeysVerbTests
{
    private static KeysAnswer Keys(int generation, RotationPhase? phase, int followed = 2, string[]? waiting = null, string[]? evicted = null) =>
        new(generation, phase, phase is null ? null : FakeNode.Now, followed, [.. waiting ?? []], [.. evicted ?? []]);

    [Fact]
    public async Task Keys_shows_the_number_and_whom_a_rotation_waits_for_and_no_secret()
    {
        using var cli = new CliFixture { Node = new FakeNode { Keys = new([Keys(2, RotationPhase.Use, 1, [FakeNode.Other])]) } }.WithState();

        Assert.Equal(ExitCode.Ok, await cli.RunAsync("keys"));

        Assert.Contains("generation 2", cli.Console.Printed, StringComparison.Ordinal);
        Assert.Contains("use 1/2", cli.Console.Printed, StringComparison.Ordinal);
        Assert.Contains("echo-02", cli.Console.Printed, StringComparison.Ordinal);
        Assert.DoesNotContain(CliFixture.State().NetworkSecret, cli.Console.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotate_waits_for_the_end_and_shows_each_phase()
    {
        using var cli = new CliFixture
        {
            Node = new FakeNode
            {
                Keys = new([
                    Keys(1, null), Keys(1, RotationPhase.Install, 1, [FakeNode.Other]), Keys(2, RotationPhase.Use),
                    Keys(2, RotationPhase.Remove, 1, [FakeNode.Other]), Keys(2, RotationPhase.Remove),
                ]),
            },
        }.WithState();

        Assert.Equal(ExitCode.Ok, await cli.RunAsync("keys", "rotate"));

        Assert.Equal(["rotate"], cli.Node.Orders);
        Assert.Contains("rotated to generation 2", cli.Console.Printed, StringComparison.Ordinal);
        Assert.Contains("install 1/2", cli.Console.Told, StringComparison.Ordinal);
        Assert.Contains("use 2/2", cli.Console.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rotate_asks_where_a_node_is_away_and_changes_nothing_without_an_answer()
    {
        using var cli = new CliFixture { Node = new FakeNode { Networks = new([FakeNode.Network(healthOfOther: Health.Down)]) } }.WithState();

        Assert.Equal(ExitCode.Failed, await cli.RunAsync("keys", "rotate"));

        Assert.Empty(cli.Node.Orders);
        Assert.Contains("--yes", cli.Console.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Evict_waits_for_a_secret_that_was_kept_from_the_node_and_tells_of_the_bot_token()
    {
        using var cli = new CliFixture
        {
            Node = new FakeNode { Keys = new([Keys(2, RotationPhase.Remove), Keys(2, RotationPhase.Install, evicted: [FakeNode.Other]), Keys(3, RotationPhase.Remove, evicted: [FakeNode.Other])]) },
        }.WithState();

        Assert.Equal(ExitCode.Ok, await cli.RunAsync("evict", "echo-02", "--yes", "--json"));

        Assert.Equal([new EvictOrder { NodeId = FakeNode.Other }], cli.Node.Orders);
        var document = JsonDocument.Parse(cli.Console.Printed).RootElement;
        Assert.Equal((3, true), (document.GetProperty("generation").GetInt32(), document.GetProperty("revoke_bot_token").GetBoolean()));
        Assert.Contains("@BotFather", cli.Console.Told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("delta-01", "constella leave")]
    [InlineData("echo-02", "--yes")]
    [InlineData("foxtrot", "no node")]
    public async Task Evict_of_oneself_without_a_yes_or_of_nobody_changes_nothing(string name, string told)
    {
        using var cli = new CliFixture().WithState();

        Assert.Equal(ExitCode.Failed, await cli.RunAsync("evict", name));

        Assert.Empty(cli.Node.Orders);
        Assert.Contains(told, cli.Console.Told, StringComparison.Ordinal);
    }
}
