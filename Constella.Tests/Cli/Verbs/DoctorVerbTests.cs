using System.Runtime.Versioning;
using Constella.Api;
using Constella.Api.Cli.Doctor;
using Constella.Api.Endpoints;
using Constella.Api.Peers;
using Constella.Api.State;
using TelegramStandIn;

namespace Constella.Tests.Cli.Verbs;

[SupportedOSPlatform("linux")]
public sealed class DoctorVerbTests : IAsyncLifetime
{
    private StandInServer _telegram = null!;

    public async Task InitializeAsync() => _telegram = await StandInServer.StartAsync(new StandInOptions());

    public async Task DisposeAsync() => await _telegram.DisposeAsync();

    private CliFixture Fixture(FakeNode node, string token = "123:ABC")
    {
        var cli = new CliFixture { Node = node, Environment = { ["BOT_API_URL"] = _telegram.Url } };
        using var store = StateStore.Open(cli.StateDir);
        var state = CliFixture.State();
        store.Save(state with { Settings = state.Settings with { BotToken = token } });
        return cli;
    }

    private static PeersAnswer Network(Func<PeerInfo, PeerInfo>? other = null)
    {
        var network = FakeNode.Network();
        return network with { Peers = [network.Peers[0], (other ?? (peer => peer))(network.Peers[1] with { ClockOffsetMs = 40 })] };
    }

    private static PeersAnswer Sees(double? rtt) => FakeNode.Network() with { Peers = [FakeNode.Network().Peers[0] with { RttMs = rtt }] };

    private static FakeNode Node(Func<PeerInfo, PeerInfo>? other = null, double? rtt = 1.5) =>
        new() { Networks = new([Network(other)]), Seen = _ => Sees(rtt) };

    [Fact]
    public async Task Where_nothing_is_wrong_it_says_so_and_ends_with_0()
    {
        using var cli = Fixture(Node());

        Assert.Equal(ExitCode.Ok, await cli.RunAsync("doctor"));

        Assert.Matches(@"ok +node +runs, 2 of 2 nodes are there", cli.Console.Printed);
        Assert.Matches(@"ok +port +203\.0\.113\.10:4747 is reached by echo-02", cli.Console.Printed);
        Assert.Matches(@"ok +clock +0\.0 s", cli.Console.Printed);
        Assert.Matches(@"ok +telegram +@\w+ answers", cli.Console.Printed);
        Assert.Contains("nothing is wrong", cli.Console.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_thing_that_is_wrong_is_told_with_what_to_do()
    {
        var node = Node(peer => peer with { Unheard = [FakeNode.Self], ClockOffsetMs = 25_000, Build = "0.2.0+77c1de20aa41" });
        using var cli = Fixture(node, token: "123:CANARY");
        File.SetUnixFileMode(Path.Combine(cli.StateDir, StateStore.FileName), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);

        Assert.Equal(ExitCode.Failed, await cli.RunAsync("doctor"));

        Assert.Matches(@"wrong +port +.* is not reached by echo-02\n.*ufw allow 4747/tcp", cli.Console.Printed);
        Assert.Matches(@"wrong +versions +the nodes do not all run the same", cli.Console.Printed);
        Assert.Matches(@"wrong +permissions +.*network_state\.json holds secrets.*\n.*chmod 600 ", cli.Console.Printed);
        Assert.Matches(@"wrong +telegram +the bot token is refused", cli.Console.Printed);
        Assert.DoesNotContain("CANARY", cli.Console.Printed + cli.Console.Told, StringComparison.Ordinal);
        Assert.Contains("4 of 13 are wrong", cli.Console.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_clock_off_the_median_of_three_is_wrong_and_the_median_of_two_is_nobody_s()
    {
        var two = Network(peer => peer with { ClockOffsetMs = 25_000 });
        var third = two.Peers[1] with { NodeId = "cccccccccccccccc", Name = "fox-03", ClockOffsetMs = 24_000 };
        using var cli = Fixture(new FakeNode { Networks = new([two with { Peers = [.. two.Peers, third] }]), Seen = _ => Sees(1.5) });

        Assert.Equal(ExitCode.Failed, await cli.RunAsync("doctor"));

        Assert.Matches(@"wrong +clock +24\.0 s behind the median of 3 clocks", cli.Console.Printed);
        Assert.Contains("1 of 13 are wrong", cli.Console.Printed, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_no_vote_yet_is_not_reached_where_nobody_ever_got_an_answer()
    {
        using var cli = Fixture(Node(rtt: null));

        Assert.Equal(ExitCode.Failed, await cli.RunAsync("doctor", "--json"));

        Assert.Matches("""(?s)"well": false,.*"check": "port",\s*"verdict": "wrong",""", cli.Console.Printed);
    }

    [Fact]
    public async Task While_the_node_does_not_run_the_machine_is_looked_at_all_the_same()
    {
        using var cli = Fixture(new FakeNode { Trouble = new PeerException(null, null, "connection refused") });

        Assert.Equal(ExitCode.Failed, await cli.RunAsync("doctor"));

        Assert.Matches(@"wrong +node +does not run: connection refused", cli.Console.Printed);
        Assert.Matches(@"ok +permissions ", cli.Console.Printed);
        Assert.Matches(@"ok +disk ", cli.Console.Printed);
        Assert.Contains("1 of 10 are wrong", cli.Console.Printed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("LoadState=loaded\nUnitFileState=enabled\nActiveState=active\nRestart=always\n", "Ok")]
    [InlineData("LoadState=loaded\nUnitFileState=disabled\nActiveState=active\nRestart=always\n", "Wrong")]
    [InlineData("LoadState=loaded\nUnitFileState=enabled\nActiveState=active\nRestart=no\n", "Wrong")]
    [InlineData("LoadState=not-found\nUnitFileState=\nActiveState=inactive\nRestart=no\n", "Note")]
    [InlineData(null, "Note")]
    public void A_unit_that_is_there_must_start_at_boot_and_again(string? properties, string verdict) =>
        Assert.Equal(verdict, ServiceCheck.Judge(properties).Verdict.ToString());
}
