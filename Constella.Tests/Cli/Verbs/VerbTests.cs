using System.Text.Json;
using Constella.Api;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Api.Tls;
using Constella.Core.Cluster;
using Constella.Core.Signing;
using Constella.Core.Wire;

namespace Constella.Tests.Cli.Verbs;

public class VerbTests
{
    [Theory]
    [InlineData("frob")]
    [InlineData("stats")]
    [InlineData("peers", "--frob")]
    [InlineData("config", "get", "network-secret")]
    [InlineData("config", "set", "priority", "many")]
    [InlineData("config", "set", "name", "")]
    [InlineData("invite", "--ttl", "5x")]
    [InlineData("invite", "--ttl", "25h")]
    [InlineData("join")]
    [InlineData("join", "--join", "http://203.0.113.10")]
    [InlineData("init", "--owner-id", "@username")]
    [InlineData("init", "--public-addr", "203.0.113.10:port")]
    [InlineData("sign", "GET", "peers")]
    [InlineData("sign", "FOO", "/peers")]
    [InlineData("sign", "PUT", "/peers")]
    [InlineData("sign", "GET", "/stats?target=a b")]
    [InlineData("sign", "GET", "/peers", "--curl", "--headers")]
    public async Task What_cannot_be_understood_is_a_usage_error_and_changes_nothing(params string[] args)
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Usage, await cli.RunAsync(args));
        Assert.StartsWith("constella: ", cli.Console.Told.Replace("note: ", "constella: ", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Empty(cli.Node.Orders);
    }

    [Fact]
    public async Task A_setting_that_is_none_is_told_in_one_line_and_the_next_step()
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Usage, await cli.RunAsync("config", "get", "bogus"));
        Assert.Equal(
            "constella: there is no setting 'bogus': bot-token, owner, owner-id, name, address, alt-address, priority, alert.cpu, alert.ram, alert.disk, alert.samples, alert.down, alert.clock, alert.version, alert.quiet, time-zone, traffic.quota, traffic.reset_day, traffic.count, bill.price, bill.expires, bill.period, metrics.token, speed.bytes, speed.seconds, speed.monthly, speed.urls\n  → constella config get --help\n",
            cli.Console.Told);
    }

    [Theory]
    [InlineData("stats")]
    [InlineData("config", "get")]
    [InlineData("join", "--join")]
    [InlineData("sign", "GET", "--target")]
    [InlineData("sign", "GET")]
    [InlineData("invite", "--ttl")]
    [InlineData("status", "--")]
    public async Task A_long_argument_is_not_echoed_whole(params string[] args)
    {
        using var cli = new CliFixture().WithState();
        Assert.NotEqual(ExitCode.Ok, await cli.RunAsync([.. args, new string('x', 5_000)]));
        Assert.InRange(cli.Console.Told.Length, 20, 500);
    }

    [Theory]
    [InlineData(1970)]
    [InlineData(2200)]
    public async Task A_node_does_not_run_with_an_absurd_clock(int year)
    {
        using var cli = new CliFixture { Time = new FakeTime(new DateTimeOffset(year, 1, 1, 0, 0, 0, TimeSpan.Zero)) }.WithState();
        Assert.Equal(ExitCode.Failed, await cli.RunAsync("run"));
        Assert.StartsWith($"constella: clock: this machine believes it is the year {year}\n", cli.Console.Told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_verb_the_help_is_shown_as_a_usage_error()
    {
        using var cli = new CliFixture();
        Assert.Equal(ExitCode.Usage, await cli.RunAsync());
        Assert.Contains("reboot <NODE>", cli.Console.Printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("peers")]
    [InlineData("stats", "echo-02")]
    [InlineData("invite")]
    [InlineData("leave", "--yes")]
    [InlineData("config", "get")]
    [InlineData("run")]
    [InlineData("sign", "GET", "/peers")]
    [InlineData("ca")]
    public async Task Without_a_network_every_verb_says_how_to_get_one(params string[] args)
    {
        using var cli = new CliFixture();
        Assert.Equal(ExitCode.NoNode, await cli.RunAsync(args));
        Assert.Contains("no network here", cli.Console.Told, StringComparison.Ordinal);
        Assert.Contains("constella init", cli.Console.Told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stats", "echo-02")]
    [InlineData("reboot", "echo-02", "--yes")]
    [InlineData("invite")]
    [InlineData("leave", "--yes")]
    [InlineData("config", "set", "owner", "@username")]
    public async Task A_node_that_does_not_run_is_told_in_one_line(params string[] args)
    {
        using var cli = new CliFixture { Node = new FakeNode { Trouble = new PeerException(null, null, "connection refused") } }.WithState();
        Assert.Equal(ExitCode.NoNode, await cli.RunAsync(args));
        Assert.Equal("constella: the node does not answer: connection refused\n  → start it with `constella run`, or look into its log\n", cli.Console.Told);
    }

    [Fact]
    public async Task A_refusal_is_told_in_the_words_of_the_node()
    {
        using var cli = new CliFixture { Node = new FakeNode { Trouble = new PeerException(409, Errors.LastMember, "the last member cannot leave") } }.WithState();
        Assert.Equal(ExitCode.Failed, await cli.RunAsync("leave", "--yes"));
        Assert.Equal("constella: the last member cannot leave\n", cli.Console.Told);
    }

    [Fact]
    public async Task Status_of_a_node_that_does_not_run_comes_from_its_state()
    {
        using var cli = new CliFixture { Node = new FakeNode { Trouble = new PeerException(null, null, "connection refused") } }.WithState();
        Assert.Equal(ExitCode.NoNode, await cli.RunAsync("status"));
        Assert.StartsWith("delta-01  203.0.113.10:4747  not running\nnetwork  0123456789abcdef, 2 nodes\nbot      token set\n", cli.Console.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_node_at_our_address_is_not_taken_for_ours()
    {
        var stranger = new FakeNode { Health = new HealthAnswer("ok", "fox-03", "eeeeeeeeeeeeeeee", 1, true, "cccccccccccccccc", "0.1.0") };
        using var cli = new CliFixture { Node = stranger }.WithState();
        Assert.Equal(ExitCode.NoNode, await cli.RunAsync("status", "--quiet"));
        Assert.Equal("", cli.Console.Printed + cli.Console.Told);
    }

    [Theory]
    [InlineData("ok", ExitCode.Ok)]
    [InlineData("no-quorum", ExitCode.Ok)]
    [InlineData("cloned", ExitCode.Failed)]
    [InlineData("removed", ExitCode.Failed)]
    public async Task A_health_check_reads_the_exit_code(string status, int code)
    {
        using var cli = new CliFixture { Node = new FakeNode { Health = new HealthAnswer(status, "delta-01", FakeNode.Self, 1, true, "cccccccccccccccc", "0.1.0") } }.WithState();
        Assert.Equal(code, await cli.RunAsync("status", "--quiet"));
        Assert.Equal("", cli.Console.Printed + cli.Console.Told);
    }

    [Theory]
    [InlineData("echo-02")]
    [InlineData("bbbbbbbbbbbbbbbb")]
    [InlineData("bb")]
    public async Task A_node_is_named_by_name_or_by_the_beginning_of_its_id(string wanted)
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("stats", wanted, "--json"));
        using var json = JsonDocument.Parse(cli.Console.Printed);
        Assert.Equal(FakeNode.Other, json.RootElement.GetProperty("node_id").GetString());
        Assert.Equal(31.2, json.RootElement.GetProperty("cpu_percent").GetProperty("value").GetDouble());
    }

    [Fact]
    public async Task An_unknown_node_is_answered_with_those_that_there_are()
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Failed, await cli.RunAsync("stats", "gone"));
        Assert.Equal("constella: no node 'gone' in this network\n  → there are: delta-01, echo-02\n", cli.Console.Told);
    }

    [Fact]
    public async Task A_reboot_waits_for_another_boot_id_and_tells_how_long_it_took()
    {
        var node = new FakeNode
        {
            Networks = new(
            [
                FakeNode.Network(),
                FakeNode.Network(),
                FakeNode.Network(healthOfOther: Health.Down),
                FakeNode.Network("boot-2", Health.Suspect),
                FakeNode.Network("boot-2"),
            ]),
        };
        using var cli = new CliFixture { Node = node }.WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("reboot", "echo-02", "--yes"));
        Assert.Equal("echo-02 is back after 4 s\n", cli.Console.Printed);
        Assert.Equal("echo-02 goes down\necho-02 is down, waiting for it\necho-02 goes down\n", cli.Console.Told);
        var command = Assert.IsType<CommandRequest>(Assert.Single(node.Orders));
        Assert.Equal(FakeNode.Other, command.Target);
        Assert.Matches("^[0-9a-f]{32}$", command.Id);
    }

    [Fact]
    public async Task A_machine_that_does_not_come_back_is_a_failure_after_ten_minutes()
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Failed, await cli.RunAsync("reboot", "echo-02", "--yes"));
        Assert.Contains("did not come back within 10 min", cli.Console.Told, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("y\n", true)]
    [InlineData("YES\n", true)]
    [InlineData("\n", false)]
    [InlineData("", false)]
    public async Task A_reboot_is_asked_for_on_a_terminal_and_no_is_the_default(string typed, bool rebooted)
    {
        using var cli = new CliFixture { Console = new FakeConsole(typed) { InIsTerminal = true } }.WithState();
        Assert.Equal(rebooted ? ExitCode.Ok : ExitCode.Failed, await cli.RunAsync("reboot", "echo-02", "--no-wait"));
        Assert.StartsWith("Reboot echo-02 (203.0.113.11:4747)? [y/N] ", cli.Console.Told, StringComparison.Ordinal);
        Assert.Equal(rebooted ? 1 : 0, cli.Node.Orders.Count);
    }

    [Theory]
    [InlineData("reboot", "echo-02")]
    [InlineData("leave")]
    public async Task Where_nobody_can_be_asked_nothing_happens_without_yes(params string[] args)
    {
        using var cli = new CliFixture { Console = new FakeConsole("y\n") }.WithState();
        Assert.Equal(ExitCode.Failed, await cli.RunAsync(args));
        Assert.Contains("--yes", cli.Console.Told, StringComparison.Ordinal);
        Assert.Empty(cli.Node.Orders);
    }

    [Fact]
    public async Task An_invite_prints_the_link_alone_and_the_next_command_beside_it()
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("invite", "--ttl", "15m"));
        Assert.Equal("join://203.0.113.10:4747?net=0123456789abcdef&token=T&ttl=15m\n", cli.Console.Printed);
        Assert.Equal(
            """

            Next machine (valid 15 min, once, keep it secret):
              ./install.sh join --server-name NAME --join 'join://203.0.113.10:4747?net=0123456789abcdef&token=T&ttl=15m'
            Take it back: constella invite revoke 3f9a

            """,
            cli.Console.Told);
        Assert.Equal(TimeSpan.FromMinutes(15), Assert.Single(cli.Node.Orders));
    }

    [Fact]
    public async Task Invites_are_listed_and_revoked_by_the_beginning_of_their_id()
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("invite", "list"));
        Assert.Equal("ID    STATE\n77aa  used by echo-02\n3f9a  valid 14 min\n", cli.Console.Printed);
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("invite", "revoke", "3f"));
        Assert.Equal("revoke 3f9a", Assert.Single(cli.Node.Orders));
        Assert.Equal(ExitCode.Failed, await cli.RunAsync("invite", "revoke", "zz"));
    }

    [Fact]
    public async Task The_authority_is_printed_as_tools_read_it_and_without_a_secret()
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("ca"));
        var state = CliFixture.State();
        Assert.True(CertificateAuthority.Matches(cli.Console.Printed, state.NetworkId, new KeyRing(state.NetworkSecret, 1), 1));
        Assert.StartsWith("-----BEGIN CERTIFICATE-----\n", cli.Console.Printed, StringComparison.Ordinal);
        Assert.EndsWith("-----END CERTIFICATE-----\n", cli.Console.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leaving_says_what_may_be_deleted()
    {
        using var cli = new CliFixture().WithState();
        Assert.Equal(ExitCode.Ok, await cli.RunAsync("leave", "--yes"));
        Assert.Equal("delta-01 has left network 0123456789abcdef.\n", cli.Console.Printed);
        Assert.Equal($"Stop the node; then {cli.StateDir} can be deleted.\n", cli.Console.Told);
        Assert.Equal("leave", Assert.Single(cli.Node.Orders));
    }
}
