using Constella.Core;
using Constella.Core.Alerts;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Tests.Cluster;

/// <summary>Rules O1 and O3: who has which address in the overlay, and which one is told first.</summary>
public sealed class OverlayTests
{
    private const string Public = "203.0.113.1:4747";
    private const string Inside = "10.42.0.1:4747";
    private static readonly string s_key = Convert.ToBase64String(new byte[32]);

    [Fact]
    public void O1_A_joiner_gets_the_lowest_free_address_of_the_hubs_network()
    {
        var hub = Member(0, "10.42.0.1/24", "203.0.113.1:51820");
        Assert.Equal("10.42.0.2/24", Placed("", hub).Record.Overlay!.Address);
        Assert.Equal("10.42.0.3/24", Placed("", hub, Member(1, "10.42.0.2/24")).Record.Overlay!.Address);
        // Who has left needs none.
        Assert.Equal("10.42.0.2/24", Placed("", hub, Member(1, "10.42.0.2/24") with { Status = MemberStatus.Evicted }).Record.Overlay!.Address);
    }

    [Fact]
    public void O1_Without_a_hub_there_is_no_address_but_one_that_is_named()
    {
        Assert.Equal(Errors.NoHub, Placed("").Error);
        Assert.Null(Placed("10.42.0.7/24").Error);
    }

    [Fact]
    public void O1_An_address_is_never_given_twice_and_there_is_one_hub()
    {
        var hub = Member(0, "10.42.0.1/30", "203.0.113.1:51820");
        Assert.Equal(Errors.OverlayTaken, Placed("10.42.0.1/30", hub).Error);
        Assert.Equal(Errors.OverlayTaken, Placed("", hub, Member(1, "10.42.0.2/30")).Error);
        var second = LoneNode.Record(9) with { Overlay = new OverlayPlace(s_key, "10.42.0.2/30") { Endpoint = "203.0.113.9:51820" } };
        Assert.Equal(Errors.OverlayTaken, Overlay.Place(second, [hub]).Error);
    }

    [Fact]
    public void O1_The_Host_assigns_the_address_when_it_writes_the_member()
    {
        var cluster = new ClusterHarness(3).Settled();
        var host = cluster.Host!;
        var hub = new OverlayPlace(s_key, "10.42.0.1/24") { Endpoint = "203.0.113.10:51820" };
        cluster.World.Post(host, new Input.OverlaySeen(OverlayAddress.Default, hub, "10.42.0.1:4747", true));
        cluster.RunFor(5_000);
        // Any node may be the seed.
        var seed = cluster.World.Nodes.First(node => node != host);
        Answer? minted = null, joined = null;
        seed.Ask(ticket => new Input.InviteRequested("i1", "key", Limits.InviteDefault, ticket), answer => minted = answer);
        cluster.Await(() => minted is not null, 1_000, "an invite");
        seed.Ask(ticket => new Input.JoinRequested(Request(seed.View.NetworkId), ticket), answer => joined = answer);
        cluster.Await(() => joined is not null, 10_000, "an answer to the joiner");
        var content = Assert.IsType<Answer.Joined>(joined).Content;
        if (content.Error == Errors.Timeout)
        {
            // The Host's word was there before its table: the joiner asks again.
            joined = null;
            seed.Ask(ticket => new Input.JoinRequested(Request(seed.View.NetworkId), ticket), answer => joined = answer);
            cluster.Await(() => joined is not null, 10_000, "an answer to the joiner");
            content = Assert.IsType<Answer.Joined>(joined).Content;
        }
        Assert.Null(content.Error);
        Assert.Equal("10.42.0.2/24", MemberTable.Find(content.State!.Peers, LoneNode.Id(9))!.Overlay!.Address);
    }

    [Fact]
    public void O3_While_the_tunnel_carries_its_address_is_first_and_the_public_one_second()
    {
        var node = new LoneNode(2, 0);
        Sees(node, carries: true);
        Assert.Equal((Inside, Public), Addresses(node));
        Assert.DoesNotContain(node.Effects, effect => effect is Effect.Notify);
        var written = node.Disk.Peers[0].Incarnation;
        Sees(node, carries: true);
        Assert.Equal(written, node.Disk.Peers[0].Incarnation);
    }

    [Fact]
    public void O3_When_it_fails_the_public_address_is_first_and_people_are_told_once()
    {
        var node = new LoneNode(2, 0);
        Sees(node, carries: true);
        node.Step(new Input.OverlaySeen(OverlayAddress.Default, null, null, false));
        Assert.Equal((Public, Inside), Addresses(node));
        Sees(node, carries: false);
        Assert.Equal(NoticeKind.OverlayDown, Assert.Single(node.Effects.OfType<Effect.Notify>()).Notice.Kind);
        Assert.True(node.Beat(1).Vitals.OverlayDown);
        node.Forget();
        Sees(node, carries: true);
        Assert.Equal((Inside, Public), Addresses(node));
        Assert.Equal(NoticeKind.OverlayUp, Assert.Single(node.Effects.OfType<Effect.Notify>()).Notice.Kind);
    }

    [Fact]
    public void O3_An_address_that_the_owner_sets_is_the_public_one()
    {
        var node = new LoneNode(2, 0);
        Sees(node, carries: true);
        node.Ask(ticket => new Input.SelfChanged(null, "198.51.100.9:4747", null, null, ticket));
        Sees(node, carries: true);
        Assert.Equal((Inside, "198.51.100.9:4747"), Addresses(node));
    }

    [Fact]
    public void O3_A_node_that_leaves_the_overlay_is_called_at_its_public_address_alone()
    {
        var node = new LoneNode(2, 0);
        node.Step(new Input.OverlaySeen(OverlayAddress.Default, new OverlayPlace(s_key, "10.42.0.1/24"), Inside, true));
        Assert.NotNull(node.Disk.Peers[0].Overlay);
        node.Step(new Input.OverlaySeen(OverlayAddress.Default, null, null, null));
        Assert.Equal((Public, null), Addresses(node));
        Assert.Null(node.Disk.Peers[0].Overlay);
        Assert.DoesNotContain(node.Effects, effect => effect is Effect.Notify { Notice.Kind: NoticeKind.OverlayDown });
    }

    [Fact]
    public void A2_A_tunnel_that_does_not_carry_is_an_alert_and_its_end_ends_it()
    {
        var cluster = new ClusterHarness(3).Settled();
        var victim = cluster.World.Nodes.First(node => node != cluster.Host);
        cluster.World.Post(victim, new Input.OverlaySeen(OverlayAddress.Default, null, null, false));
        cluster.Await(() => Going(cluster) is { Kind: AlertKind.Overlay } alert && alert.Node == victim.Id, 30_000, "an alert");
        cluster.World.Post(victim, new Input.OverlaySeen(OverlayAddress.Default, null, "10.42.0.9:4747", true));
        cluster.Await(() => Going(cluster) is null, 40_000, "its end");
    }

    private static Alert? Going(ClusterHarness cluster) => cluster.Host?.View.Settings.Alerts.FirstOrDefault(alert => alert.Ended is null);

    private static void Sees(LoneNode node, bool carries) => node.Step(new Input.OverlaySeen(OverlayAddress.Default, null, Inside, carries));

    private static (string, string?) Addresses(LoneNode node) => (node.Disk.Peers[0].Addr, node.Disk.Peers[0].AltAddr);

    private static (MemberRecord Record, string? Error) Placed(string wish, params MemberRecord[] others) =>
        Overlay.Place(LoneNode.Record(9) with { Overlay = new OverlayPlace(s_key, wish) }, [.. others]);

    private static MemberRecord Member(int index, string address, string? endpoint = null) =>
        LoneNode.Record(index) with { Overlay = new OverlayPlace(s_key, address) { Endpoint = endpoint } };

    private static JoinRequest Request(string network) => new()
    {
        Invite = "i1",
        NetworkId = network,
        NodeId = LoneNode.Id(9),
        Name = "new-one",
        Addr = "203.0.113.99:4747",
        Nonce = "n1",
        Key = "",
        NodeKey = "",
        Mac = "",
        Overlay = new OverlayPlace(s_key, ""),
    };
}
