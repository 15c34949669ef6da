using Constella.Api;
using Constella.Api.Endpoints;
using Constella.Core.Cluster;

namespace Constella.Tests.Cli.Verbs;

public sealed class RttVerbTests
{
    // As the other one sees it: this node in 12.9 ms.
    private static PeersAnswer FromOther(string _) => FakeNode.Network() with
    {
        Peers = [FakeNode.Network().Peers[0] with { IsSelf = false, RttMs = 12.9 }, FakeNode.Network().Peers[1] with { IsSelf = true, RttMs = null }],
    };

    [Fact]
    public async Task Each_to_each_stands_in_a_square()
    {
        using var cli = new CliFixture { Node = new FakeNode { Seen = FromOther } }.WithState();

        Assert.Equal(ExitCode.Ok, await cli.RunAsync("rtt"));

        Assert.Equal(
            """
            FROM      delta-01  echo-02
            delta-01              12 ms
            echo-02      13 ms
            """,
            cli.Console.Printed.TrimEnd(),
            ignoreLineEndingDifferences: true);
    }

    [Fact]
    public async Task Of_one_node_both_directions_are_told()
    {
        using var cli = new CliFixture { Node = new FakeNode { Seen = FromOther } }.WithState();

        Assert.Equal(ExitCode.Ok, await cli.RunAsync("rtt", "echo-02"));

        Assert.Matches(@"NAME +FROM echo-02 +TO echo-02\n *delta-01 +13 ms +12 ms", cli.Console.Printed);
    }

    [Fact]
    public async Task Who_does_not_answer_is_named_and_what_others_measured_is_told_all_the_same()
    {
        using var cli = new CliFixture().WithState();

        Assert.Equal(ExitCode.Ok, await cli.RunAsync("rtt", "--json"));

        Assert.Matches("""(?s)"from_name": "delta-01",.*"rtt_ms": 12.4.*"from_name": "echo-02",.*"rtt_ms": null.*"silent": \[.*echo-02 did not answer""", cli.Console.Printed);
    }

    [Fact]
    public async Task A_machine_that_is_down_is_not_asked()
    {
        using var cli = new CliFixture { Node = new FakeNode { Networks = new([FakeNode.Network(healthOfOther: Health.Down)]), Seen = _ => throw new InvalidOperationException("asked") } }.WithState();

        Assert.Equal(ExitCode.Ok, await cli.RunAsync("rtt"));

        Assert.Contains("it is not heard", cli.Console.Told, StringComparison.Ordinal);
        Assert.DoesNotContain(" ms", cli.Console.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_such_node_is_told_with_those_there_are()
    {
        using var cli = new CliFixture().WithState();

        Assert.Equal(ExitCode.Failed, await cli.RunAsync("rtt", "fox-03"));

        Assert.Contains("delta-01, echo-02", cli.Console.Told, StringComparison.Ordinal);
    }
}
