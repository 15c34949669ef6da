namespace Constella.Tests.Mutants;

/// <summary>Rules E1, E2, E5, E6 and C6: who is Host by an operator's word, and what a node's record says by it.</summary>
internal static class MoveMutants
{
    private const string Moves = "Cluster/ClusterNode.Moves.cs";

    public static IEnumerable<Mutant> All { get; } =
    [
        new("a transfer that changes no order", "E5", new Edit(
            "Cluster/ClusterNode.Leader.cs", "peer.Id != Preferred", "peer.Id.Length != 0"))
        {
            Finding = "E5",
        },
        new("a Host that moves though moves are paused", "E6", new Edit(
            Moves, "!Paused || _now.Mono < _orderedUntil", "_now.Mono >= 0 || _now.Mono < _orderedUntil"))
        {
            Finding = "E6",
        },
        new("new voters that refuse a paused Host", "E6", new Edit(
            "Cluster/ClusterNode.Election.cs", "ask.Held && Paused && outranked", "ask.Held && _now.Mono < 0 && outranked"))
        {
            Test = "Cluster.MoveTests.E6_Who_joins_while_moves_are_paused_grants_the_Host_and_votes",
        },
        new("a priority that changes no order", "E1", new Edit(
            "Cluster/LeaderKey.cs", "return byPriority != 0 ?", "return byPriority < -Limits.Priority ?"))
        {
            Finding = "E1",
        },
        new("a name that is taken and given again", "C6", new Edit(
            "Cluster/ClusterNode.Members.cs", "if (next.Name != own.Name && NameTaken", "if (next.Name == own.Name && NameTaken"))
        {
            Test = "Cluster.CommandTests.C6_A_name_that_another_node_has_is_refused_and_nothing_changes",
        },
        new("a drained node that leads", "E2", new Edit(
            "Cluster/ClusterNode.Bot.cs", "Own.Drain || _leaving", "_leaving"))
        {
            Finding = "E2",
        },
    ];
}
