using Constella.Api.Cli.Screens;
using Constella.Core.Cluster;
using Constella.Core.Stats;
using Constella.Core.Wire;

namespace Constella.Tests.Cli.Screens;

public class ScreenTests
{
    [Fact]
    public void Peers_mark_the_host_and_the_dead()
    {
        var console = new FakeConsole();
        PeersScreen.Write(Peers(), console, FakeNode.Now);
        Assert.Equal(
            """
            NAME      HEALTH         HOST  ADDRESS                RTT  HEARD      BUILD  ID
            delta-01  alive          Host  203.0.113.10:4747        –  this node  0.1.0  aaaaaaaa
            echo-02   suspect              203.0.113.11:4747    12 ms  5 s ago    0.1.0  bbbbbbbb
            fox-03    offline 3 min        [2001:db8::3]:4747  4.2 ms  3 min ago         dddddddd

            3 nodes · 2 alive · quorum · Host delta-01

            """,
            console.Printed);
    }

    [Fact]
    public void Peers_fit_eighty_columns_in_ascii()
    {
        var console = new FakeConsole { Width = 60, Unicode = false };
        PeersScreen.Write(Peers() with { Quorum = false }, console, FakeNode.Now);
        Assert.Equal(
            """
            NAME      HEALTH         HOST  ADDRESS             ID
            delta-01  alive          Host  203.0.113.10:4747   aaaaaaaa
            echo-02   suspect              203.0.113.11:4747   bbbbbbbb
            fox-03    offline 3 min        [2001:db8::3]:4747  dddddddd

            3 nodes, 2 alive, no quorum, Host delta-01

            """,
            console.Printed);
    }

    [Fact]
    public void Status_tells_node_network_host_bot_and_owner()
    {
        var console = new FakeConsole();
        StatusScreen.Write(Status(), console);
        Assert.Equal(
            """
            delta-01  203.0.113.10:4747  running for 1 h 2 min
            network  0123456789abcdef, 3 nodes, 2 alive, quorum
            Host     delta-01 (this node), term 7
            bot      on here
            owner    @username, id 42
            node     aaaaaaaaaaaaaaaa, build 0.1.0
            state    /var/lib/constella

            """,
            console.Printed);
    }

    [Fact]
    public void Status_without_token_and_owner_says_how_to_add_them()
    {
        var console = new FakeConsole();
        StatusScreen.Write(Status() with { BotToken = false, Owner = null, OwnerId = null, Quorum = false, HostName = null, HostId = null, Cloned = true }, console);
        Assert.Equal(
            """
            delta-01  203.0.113.10:4747  running for 1 h 2 min
            network  0123456789abcdef, 3 nodes, 2 alive, no quorum
            Host     none
            bot      off (add one: constella config set bot-token)
            owner    none (add one: constella owner set @username)
            node     aaaaaaaaaaaaaaaa, build 0.1.0
            state    /var/lib/constella
            cloned   another machine runs with this node id: stop one, remove its state and join again

            """,
            console.Printed);
    }

    [Fact]
    public void Stats_are_in_units_of_people()
    {
        var console = new FakeConsole();
        StatsScreen.Write(FakeNode.StatsOf(FakeNode.Other), console);
        Assert.Equal(
            """
            echo-02  Debian GNU/Linux 12 · Linux 6.1.0 · x86_64 · up 12 d 4 h

            CPU     ██████░░░░░░░░░░░░░░  31 %   2 cores, load 0.62 0.5 0.44
            RAM     ██████████░░░░░░░░░░  49 %   1.95 GB of 4.00 GB
            Swap    none
            /       ███████████████████░  95 %   36.0 GB of 40.0 GB, ext4
            eth0    in 1.23 MB/s, out – (since boot 12.0 GB in, 3.40 GB out)

            Reboot  allowed

            """,
            console.Printed);
    }

    [Fact]
    public void Figures_that_could_not_be_read_show_the_reason_and_no_zero()
    {
        var console = new FakeConsole { Width = 60, Unicode = false };
        var stats = FakeNode.StatsOf(FakeNode.Other) with
        {
            CpuPercent = Reading.Unknown("first sample"),
            MemoryTotalBytes = Reading.Unknown("no meminfo"),
            UptimeSeconds = Reading.Unknown("no uptime"),
            Disks = [],
            DisksWhy = "no mounts",
            Networks = [],
            NetworksWhy = "no net/dev",
            RebootRefused = "CONSTELLA_ALLOW_REBOOT is false",
        };
        StatsScreen.Write(stats, console);
        Assert.Equal(
            """
            echo-02  Debian GNU/Linux 12, Linux 6.1.0, x86_64, uptime unknown (no uptime)

            CPU     unknown: first sample
            RAM     unknown: no meminfo
            Swap    none
            Disks   unknown: no mounts
            Net     unknown: no net/dev

            Reboot  refused: CONSTELLA_ALLOW_REBOOT is false

            """,
            console.Printed);
    }

    private static PeersDocument Peers() => new()
    {
        NetworkId = "0123456789abcdef",
        NodeId = FakeNode.Self,
        HostId = FakeNode.Self,
        Quorum = true,
        Peers =
        [
            new PeerDocument { NodeId = FakeNode.Self, Name = "delta-01", Addr = "203.0.113.10:4747", Priority = 100, Health = Health.Alive, IsSelf = true, IsHost = true, Build = "0.1.0" },
            new PeerDocument { NodeId = FakeNode.Other, Name = "echo-02", Addr = "203.0.113.11:4747", Priority = 100, Health = Health.Suspect, RttMs = 12.4, LastHeard = FakeNode.Now.AddSeconds(-5), Build = "0.1.0" },
            new PeerDocument
            {
                NodeId = "dddddddddddddddd",
                Name = "fox-03",
                Addr = "[2001:db8::3]:4747",
                Priority = 100,
                Health = Health.Down,
                RttMs = 4.2,
                LastHeard = FakeNode.Now.AddMinutes(-3),
                OfflineSince = FakeNode.Now.AddMinutes(-3),
            },
        ],
    };

    private static StatusDocument Status() => new()
    {
        Running = true,
        NetworkId = "0123456789abcdef",
        NodeId = FakeNode.Self,
        Name = "delta-01",
        Addr = "203.0.113.10:4747",
        Build = "0.1.0",
        UptimeSeconds = 3_725,
        IsHost = true,
        HostId = FakeNode.Self,
        HostName = "delta-01",
        Quorum = true,
        Term = 7,
        Members = 3,
        Alive = 2,
        Bot = Polls.Lease,
        BotToken = true,
        Owner = "username",
        OwnerId = 42,
        StateDir = "/var/lib/constella",
    };
}
