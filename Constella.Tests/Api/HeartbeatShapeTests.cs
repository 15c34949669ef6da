using System.Text.Json;
using Constella.Api.Endpoints;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Tests.Api;

/// <summary>What gets past the shape reaches the one writer, and must not be able to stop or poison it.</summary>
public sealed class HeartbeatShapeTests
{
    private const string Node = "00000000000000aa";

    private static Heartbeat Sound => new()
    {
        Vitals = new Vitals
        {
            Node = Node,
            Run = Node,
            Boot = "b",
            Seq = 1,
            At = 1,
            Incarnation = 1,
            Priority = 100,
            Term = new Term(3, Node),
            Digest = "",
            Cfg = Stamp.None,
            Settings = Stamp.None,
            Members = 1,
        },
    };

    private static MemberRecord Record(string id) => new() { NodeId = id, Name = "n-" + id[^3..], Addr = "203.0.113.1:4747" };

    [Fact]
    public void A_list_that_is_not_sent_is_empty()
    {
        var json = JsonSerializer.Serialize(Sound, ConstellaJson.Default.Heartbeat)
            .Replace(",\"proposals\":[]", "", StringComparison.Ordinal).Replace(",\"ended\":[]", "", StringComparison.Ordinal);
        Assert.DoesNotContain("ended", json, StringComparison.Ordinal);
        var heartbeat = JsonSerializer.Deserialize(json, ConstellaJson.Default.Heartbeat)!;
        Assert.Null(HeartbeatShape.Wrong(heartbeat));
        Assert.Empty(heartbeat.Ended);
    }

    [Fact]
    public void A_term_without_its_node_is_malformed()
    {
        var json = JsonSerializer.Serialize(Sound, ConstellaJson.Default.Heartbeat)
            .Replace($"\"term\":{{\"counter\":3,\"node_id\":\"{Node}\"}}", "\"term\":{\"counter\":3}", StringComparison.Ordinal);
        Assert.Contains("{\"counter\":3}", json, StringComparison.Ordinal);
        Assert.NotNull(HeartbeatShape.Wrong(JsonSerializer.Deserialize(json, ConstellaJson.Default.Heartbeat)!));
    }

    public static TheoryData<string, Heartbeat> Odd()
    {
        var vitals = Sound.Vitals;
        Heartbeat With(Vitals odd) => Sound with { Vitals = odd };
        Heartbeat State(SharedState odd) => Sound with { State = odd };
        return new TheoryData<string, Heartbeat>
        {
            { "the highest counter", With(vitals with { Term = new Term(long.MaxValue, Node) }) },
            { "a negative counter", With(vitals with { Cfg = new Stamp(Term.None, -1) }) },
            { "the highest incarnation", With(vitals with { Incarnation = long.MaxValue }) },
            { "a version of long ago", With(vitals with { V = int.MinValue }) },
            { "a kind of polling that is none", With(vitals with { Polls = (Polls)7 }) },
            { "a long build", With(vitals with { Build = new string('x', 50_000) }) },
            { "more than the whole of a disk", With(vitals with { Load = new Load(0, 0, 101) }) },
            { "a nameless end", Sound with { Ended = [null!] } },
            { "a lease of nobody", With(vitals with { Lease = new LeaseClaim("", Node, Term.None) }) },
            { "an ask of a negative term", Sound with { Ask = new Ask(new Term(-5, Node), false) } },
            { "an empty set", State(new SharedState { Members = new MemberSet { Cfg = Stamp.None } }) },
            { "a member twice", State(new SharedState { Members = new MemberSet { Cfg = Stamp.None, Ids = [Node, Node] } }) },
            { "records out of order", State(new SharedState { Peers = [Record("00000000000000ab"), Record(Node)] }) },
            { "a priority of no order", State(new SharedState { Peers = [Record(Node) with { Priority = int.MinValue }] }) },
            { "an owner who is none", Sound with { Proposals = [new Proposal { Id = "1", Patch = new SettingsPatch { OwnerId = -7 } }] } },
        };
    }

    [Theory]
    [MemberData(nameof(Odd))]
    public void What_makes_no_sense_is_malformed(string what, Heartbeat odd)
    {
        Assert.Null(HeartbeatShape.Wrong(Sound));
        Assert.True(HeartbeatShape.Wrong(odd) is not null, what);
    }
}
