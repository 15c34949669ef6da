using Constella.Api;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Wire;

namespace Constella.Tests.Cli.Verbs;

/// <summary><c>rename</c>, <c>priority</c>, <c>force-leave</c>, <c>owner</c>.</summary>
public sealed class OperatorVerbTests
{
    private static PeersAnswer Network(Func<PeerInfo, PeerInfo> other)
    {
        var network = FakeNode.Network();
        return network with { Peers = [network.Peers[0], other(network.Peers[1])] };
    }

    [Fact]
    public async Task Rename_orders_it_at_the_node_and_waits_until_this_one_has_heard_of_it()
    {
        using var cli = new CliFixture { Node = new FakeNode { Networks = new([FakeNode.Network(), FakeNode.Network(), Network(peer => peer with { Name = "db-02" })]) } }.WithState();

        Assert.Equal(ExitCode.Ok, await cli.RunAsync("rename", "echo-02", "db-02"));

        var order = Assert.IsType<CommandRequest>(Assert.Single(cli.Node.Orders));
        Assert.Equal((FakeNode.Other, "db-02", null), (order.Target, order.Name, order.Priority));
        Assert.Equal([AuditActions.Rename], cli.Node.Actions);
        Assert.Contains("echo-02 is db-02 now", cli.Console.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Priority_is_told_with_the_one_before()
    {
        using var cli = new CliFixture { Node = new FakeNode { Networks = new([FakeNode.Network(), Network(peer => peer with { Priority = 50 })]) } }.WithState();

        Assert.Equal(ExitCode.Ok, await cli.RunAsync("priority", "echo-02", "50", "--json"));

        Assert.Equal(50, Assert.IsType<CommandRequest>(Assert.Single(cli.Node.Orders)).Priority);
        Assert.Equal([AuditActions.Priority], cli.Node.Actions);
        Assert.Matches("""(?s)"priority_before": 100,.*"priority": 50""", cli.Console.Printed);
    }

    [Theory]
    [InlineData("rename", "echo-02")]
    [InlineData("rename", "echo-02", "Db 02")]
    [InlineData("rename", "echo-02", "a-name-that-is-longer-than-it-may-be")]
    [InlineData("priority", "echo-02")]
    [InlineData("priority", "echo-02", "first")]
    [InlineData("priority", "echo-02", "1000001")]
    [InlineData("owner", "set")]
    [InlineData("owner", "set", "not a name")]
    [InlineData("owner", "set", "@username", "--id", "me")]
    [InlineData("force-leave")]
    public async Task What_is_half_said_is_refused_as_a_wrong_command_line(params string[] line)
    {
        using var cli = new CliFixture().WithState();

        Assert.Equal(ExitCode.Usage, await cli.RunAsync(line));

        Assert.Empty(cli.Node.Orders);
        Assert.NotEmpty(cli.Console.Told);
    }

    [Fact]
    public async Task A_name_that_is_taken_is_told_in_one_line()
    {
        using var cli = new CliFixture { Node = new FakeNode { Refused = new PeerException(409, Errors.NameTaken, "a node named delta-01 is in the network already; choose another name") } }.WithState();

        Assert.Equal(ExitCode.Failed, await cli.RunAsync("rename", "echo-02", "delta-01"));

        Assert.Equal("constella: a node named delta-01 is in the network already; choose another name", cli.Console.Told.TrimEnd());
    }

    [Fact]
    public async Task Force_leave_asks_first_and_says_what_the_machine_still_knows()
    {
        using var asked = new CliFixture { Node = new FakeNode { Networks = new([FakeNode.Network(healthOfOther: Health.Down)]) } }.WithState();
        Assert.Equal(ExitCode.Failed, await asked.RunAsync("force-leave", "echo-02"));
        Assert.Empty(asked.Node.Orders);

        using var cli = new CliFixture { Node = new FakeNode { Networks = new([FakeNode.Network(healthOfOther: Health.Down)]) } }.WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("force-leave", "echo-02", "--yes"));

        Assert.Equal(FakeNode.Other, Assert.IsType<EvictOrder>(Assert.Single(cli.Node.Orders)).NodeId);
        Assert.Contains("echo-02 is out", cli.Console.Printed, StringComparison.Ordinal);
        Assert.Contains("constella keys rotate", cli.Console.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_does_not_force_itself_out()
    {
        using var cli = new CliFixture().WithState();

        Assert.Equal(ExitCode.Failed, await cli.RunAsync("force-leave", "delta-01", "--yes"));

        Assert.Empty(cli.Node.Orders);
        Assert.Contains("constella leave", cli.Console.Told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "from their first message on")]
    [InlineData(77L, "the bot obeys @somebody now")]
    public async Task Owner_set_names_another_person(long? id, string printed)
    {
        using var cli = new CliFixture().WithState();

        Assert.Equal(ExitCode.Ok, await cli.RunAsync(id is null ? ["owner", "set", "@somebody"] : ["owner", "set", "@somebody", "--id", "77"]));

        var order = Assert.IsType<SettingsOrder>(Assert.Single(cli.Node.Orders));
        Assert.Equal(("somebody", id), (order.OwnerUsername, order.OwnerId));
        Assert.Contains(printed, cli.Console.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Owner_tells_who_it_is_while_the_node_runs_and_while_it_does_not()
    {
        using var running = new CliFixture().WithState();
        Assert.Equal(ExitCode.Ok, await running.RunAsync("owner"));
        Assert.Equal("@username, id 42", running.Console.Printed.TrimEnd());

        using var stopped = new CliFixture { Node = new FakeNode { Trouble = new PeerException(null, null, "refused") } }.WithState();
        Assert.Equal(ExitCode.Ok, await stopped.RunAsync("owner"));
        Assert.Equal("@username, not met yet", stopped.Console.Printed.TrimEnd());
        Assert.Contains("does not run", stopped.Console.Told, StringComparison.Ordinal);
    }
}
