using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Stats;

namespace Constella.Tests.History;

public class KeepersTests
{
    [Fact]
    public void D1_the_next_two_in_the_ring_keep_copies() => Assert.Equal(["c", "d"], Of("b", "d", "a", "c", "b"));

    [Fact]
    public void D1_the_ring_is_closed() => Assert.Equal(["a", "b"], Of("d", "d", "a", "c", "b"));

    [Fact]
    public void D1_who_is_down_or_was_never_heard_keeps_nothing()
    {
        var members = Members("a", "b", "c", "d", "e").Select(member => member.Record.NodeId switch
        {
            "b" => member with { Health = Health.Down },
            "c" => member with { Health = Health.Unknown },
            "d" => member with { Health = Health.Suspect },
            _ => member,
        });
        Assert.Equal(["d", "e"], Keepers.Of("a", members, 2).ToArray());
    }

    [Fact]
    public void D1_a_small_network_has_fewer_keepers_and_none_is_the_node_itself()
    {
        Assert.Equal(["b"], Of("a", "a", "b"));
        Assert.Empty(Of("a", "a"));
    }

    [Fact]
    public void D1_in_a_whole_network_everybody_keeps_as_much_as_everybody_else()
    {
        var ids = Enumerable.Range(0, 50).Select(i => $"{i * 37 % 256:x2}").ToArray();
        var kept = ids.SelectMany(id => Of(id, ids)).CountBy(keeper => keeper);
        Assert.All(kept, keeper => Assert.Equal(2, keeper.Value));
        Assert.Equal(50, kept.Count());
    }

    private static string[] Of(string node, params string[] ids) => [.. Keepers.Of(node, Members(ids), 2)];

    private static IEnumerable<MemberView> Members(params string[] ids) => ids.Select(id => new MemberView(
        new MemberRecord { NodeId = id, Name = id, Addr = "203.0.113.10:4747" }, Health.Alive, false, false, null, null, null, null, false, true, null, null));
}
