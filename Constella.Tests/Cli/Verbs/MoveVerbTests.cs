using Constella.Api;
using Constella.Api.Audit;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Core.Audit;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Tests.Cli.Verbs;

/// <summary><c>transfer</c>, <c>pause</c>, <c>drain</c>, <c>history</c>, <c>restart</c>, <c>update</c>, <c>verify</c>.</summary>
public sealed class MoveVerbTests
{
    private static PeersAnswer Network(Func<PeerInfo, PeerInfo>? other = null, string host = FakeNode.Self, bool paused = false)
    {
        var network = FakeNode.Network();
        return network with
        {
            HostId = host,
            Paused = paused,
            Peers = [network.Peers[0] with { Run = "run-a" }, (other ?? (peer => peer))(network.Peers[1] with { Run = "run-b" })],
        };
    }

    [Fact]
    public async Task Transfer_prefers_the_node_and_waits_until_it_is_Host()
    {
        using var cli = new CliFixture { Node = new FakeNode { Networks = new([Network(), Network(), Network(host: FakeNode.Other)]) } }.WithState();

        Assert.Equal(ExitCode.Ok, await cli.RunAsync("transfer", "echo-02"));

        Assert.Equal([new Option(Options.HostPreferred, null, FakeNode.Other)], Assert.IsType<SettingsOrder>(Assert.Single(cli.Node.Orders)).Options.ToArray());
        Assert.Contains("echo-02 is Host after", cli.Console.Printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("transfer")]
    [InlineData("transfer", "echo-02", "--off")]
    [InlineData("restart")]
    [InlineData("restart", "echo-02", "--rolling")]
    [InlineData("update")]
    [InlineData("restart", "--rolling", "--wait", "soon")]
    [InlineData("history", "--last", "0")]
    public async Task What_is_half_said_is_refused_as_a_wrong_command_line(params string[] line)
    {
        using var cli = new CliFixture { Node = new FakeNode { Networks = new([Network()]) } }.WithState();

        Assert.Equal(ExitCode.Usage, await cli.RunAsync(line));

        Assert.Empty(cli.Node.Orders);
    }

    [Fact]
    public async Task Drain_orders_it_at_the_node_and_tells_the_Host_afterwards()
    {
        using var cli = new CliFixture { Node = new FakeNode { Networks = new([Network(), Network(peer => peer with { Drained = true })]) } }.WithState();

        Assert.Equal(ExitCode.Ok, await cli.RunAsync("drain", "echo-02"));

        Assert.Equal(FakeNode.Other, Assert.IsType<CommandRequest>(Assert.Single(cli.Node.Orders)).Target);
        Assert.Equal(["drain"], cli.Node.Actions);
        Assert.Contains("the Host is delta-01", cli.Console.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rolling_restart_goes_one_by_one_the_Host_last()
    {
        using var cli = new CliFixture
        {
            Node = new FakeNode
            {
                Networks = new([
                    Network(), Network(peer => peer with { Run = "run-c" }),
                    Network(peer => peer with { Run = "run-c" }) with { Peers = [FakeNode.Network().Peers[0] with { Run = "run-d" }, FakeNode.Network().Peers[1] with { Run = "run-c" }] },
                ]),
            },
        }.WithState();

        Assert.Equal(ExitCode.Ok, await cli.RunAsync("restart", "--rolling", "--fast"));

        Assert.Equal([FakeNode.Other, FakeNode.Self], cli.Node.Orders.Cast<CommandRequest>().Select(order => order.Target));
        Assert.Equal(["restart", "restart"], cli.Node.Actions);
        Assert.Contains("2 of 2 nodes restarted", cli.Console.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_stops_where_a_node_comes_back_older_and_says_how_to_go_on()
    {
        using var cli = new CliFixture
        {
            Node = new FakeNode { Networks = new([Network(), Network(peer => peer with { Run = "run-c", Build = "0.0.9+aaaaaaaaaaaa" })]) },
        }.WithState();

        Assert.Equal(ExitCode.Failed, await cli.RunAsync("restart", "--rolling", "--fast"));

        Assert.Single(cli.Node.Orders);
        Assert.Contains("older than 0.1.0", cli.Console.Told, StringComparison.Ordinal);
        Assert.Contains("constella restart --rolling --node delta-01", cli.Console.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_is_not_back_before_the_others_hear_it()
    {
        var unheard = Network(peer => peer with { Run = "run-c" });
        unheard = unheard with { Peers = [unheard.Peers[0] with { Unheard = [FakeNode.Other] }, unheard.Peers[1]] };
        using var cli = new CliFixture { Node = new FakeNode { Networks = new([Network(), unheard]) } }.WithState();

        Assert.Equal(ExitCode.Failed, await cli.RunAsync("restart", "echo-02"));

        Assert.Contains("not back and heard by all", cli.Console.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_does_not_begin_where_a_node_is_not_heard_or_moves_are_paused()
    {
        foreach (var (network, why) in new[] { (Network(peer => peer with { Health = Health.Down }), "echo-02 is not heard"), (Network(paused: true), "moves are paused") })
        {
            using var cli = new CliFixture { Node = new FakeNode { Networks = new([network]) } }.WithState();
            Assert.Equal(ExitCode.Failed, await cli.RunAsync("restart", "--rolling"));
            Assert.Empty(cli.Node.Orders);
            Assert.Contains(why, cli.Console.Told, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Update_leaves_alone_where_nothing_new_lies()
    {
        using var cli = new CliFixture
        {
            Node = new FakeNode { Networks = new([Network()]), Refused = new PeerException(409, ApiErrors.NotNeeded, "nothing") },
        }.WithState();

        Assert.Equal(ExitCode.Ok, await cli.RunAsync("update", "--rolling"));

        Assert.Equal(["update", "update"], cli.Node.Actions);
        Assert.Contains("0 of 2 nodes restarted", cli.Console.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_ends_with_1_where_builds_differ_or_a_node_is_not_heard()
    {
        foreach (var (network, code) in new[]
        {
            (Network(), ExitCode.Ok),
            (Network(peer => peer with { Build = "0.1.0+bbbbbbbbbbbb" }), ExitCode.Failed),
            (Network(peer => peer with { Health = Health.Down }), ExitCode.Failed),
        })
        {
            using var cli = new CliFixture { Node = new FakeNode { Networks = new([network]) } }.WithState();
            Assert.Equal(code, await cli.RunAsync("verify"));
        }
    }

    [Fact]
    public async Task History_tells_from_when_to_when_and_why()
    {
        CommandInfo Win(string id, string name, int minute, string? before, string why, long term) => new(
            id, FakeNode.Now.AddMinutes(minute), id, name, before, AuditActions.Host, name, why, term, AuditStage.Done, FakeNode.Now.AddMinutes(minute), null);
        var audit = new AuditAnswer([Win(FakeNode.Self, "delta-01", -30, null, HostCauses.Start, 1), Win(FakeNode.Other, "echo-02", -10, "delta-01", HostCauses.Failover, 2)], null);
        using var cli = new CliFixture { Node = new FakeNode { Audit = audit } }.WithState();

        Assert.Equal(ExitCode.Ok, await cli.RunAsync("history"));

        Assert.Matches(@"delta-01 .* 20 min .* start", cli.Console.Printed);
        Assert.Matches(@"echo-02 .* now .* delta-01 +failover", cli.Console.Printed);
    }
}
