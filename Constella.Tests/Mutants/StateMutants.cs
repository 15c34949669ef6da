namespace Constella.Tests.Mutants;

/// <summary>Rules C, J, S, and the order of disk and wire.</summary>
internal static class StateMutants
{
    private const string Node = "Cluster/ClusterNode.cs";
    private const string Table = "Members/MemberTable.cs";
    private const string Members = "Cluster/ClusterNode.Members.cs";
    private const string Rotation = "Cluster/ClusterNode.Rotation.cs";
    private const string Commands = "Cluster/ClusterNode.Commands.cs";

    public static IEnumerable<Mutant> All { get; } =
    [
        new("persist after send", "L6", new Edit(
            Node, "_effects.Insert(0, new Effect.Persist(_state));", "_effects.Add(new Effect.Persist(_state));"))
        {
            Finding = "(W6|C1|L[37]|J2)",
        },
        new("a ledger that is not persisted", "C1", new Edit(
            Node, "_effects.Insert(0, new Effect.Persist(_state));", "_effects.Insert(0, new Effect.Persist(_state with { Commands = [] }));"))
        {
            Finding = "C1",
        },
        new("a command id that may act twice", "C1", new Edit(
            Commands, "var known = _state.Commands.FirstOrDefault(c => c.Id == request.Id);",
            "var known = _state.Commands.FirstOrDefault(c => c.Id == request.Id && c.At == _now.Utc);"))
        {
            Finding = "C1",
        },
        new("a target that takes a superseded Host's command", "L7", new Edit(
            Commands, "if (known is null && request.Term < HighestTerm)", "if (known is null && request.Term < Term.None)"))
        {
            Test = "Cluster.CommandTests.L7_A_target_refuses_a_lower_term",
        },
        new("a merge that forgets tombstones", "S1", new Edit(
            Table, "if (Expired(record, utc))\n                continue;", "if (record.Status != MemberStatus.Active)\n                continue;"))
        {
            Finding = "S1",
        },
        new("a higher incarnation that brings back who has left", "S1", new Edit(Table, "if (gone != 0)", "if (gone > 1)"))
        {
            Test = "Cluster.StateTests.S1_A_tombstone_beats_every_incarnation",
        },
        new("a tombstone that never expires", "S1", new Edit(
            Table, "record.Expires is { } end && end <= utc;", "record.Expires is { } end && end <= utc.AddYears(-1);"))
        {
            Test = "Cluster.StateTests.S1_A_tombstone_that_has_expired_is_not_accepted",
        },
        new("an incarnation that is not raised", "S1", new Edit(
            "Cluster/ClusterNode.Sharing.cs", "_state = _state with { Peers = MemberTable.With(_state.Peers, record) };\n        _peersVersion = ++_shareVersion;\n        Shared();\n        Push();",
            "_state = _state with { Peers = MemberTable.With(_state.Peers, record with { Incarnation = 1 }) };\n        _peersVersion = ++_shareVersion;\n        Shared();\n        Push();"))
        {
            Finding = "S1",
        },
        new("a token consumed after the answer", "J2",
            new Edit(Members, "RedeemedNonce = request.Nonce, RedeemedBy = request.Name }),", "RedeemedBy = invite.RedeemedBy }),"),
            new Edit(Members, "        if (error is null)\n        {\n            // The Host's word",
                "        if (error is null)\n        {\n            if (IndexOfInvite(request.Invite) is >= 0 and var used)\n                _state = _state with { Invites = _state.Invites.SetItem(used, _state.Invites[used] with { RedeemedNonce = request.Nonce, RedeemedBy = request.Name }) };\n            // The Host's word"))
        {
            Within = 300,
            Finding = "J2",
        },
        new("a living node that is put out by force", "M3", new Edit(
            "Cluster/ClusterNode.Voters.cs", "change.Forced && Lives(change.NodeId)", "change.Forced && _now.Mono < 0"))
        {
            Finding = "M3",
        },
        new("a Host that alone says who is gone", "M3", new Edit(
            "Cluster/ClusterNode.Voters.cs", "other.Votes && other.Fresh(_now.Mono) && IsVoterId(nodeId)", "other.Votes && _now.Mono < 0 && IsVoterId(nodeId)"))
        {
            Test = "Cluster.MembershipTests.M3_Whom_another_voter_reaches_is_not_put_out_by_force",
        },
        new("a Host that puts itself out by force", "M3", new Edit(
            "Cluster/ClusterNode.Voters.cs", "if (nodeId == Self)\n            return true;\n        if (_peers", "if (_peers"))
        {
            Test = "Cluster.MembershipTests.M3_A_Host_that_was_frozen_does_not_put_itself_out_when_it_reads_what_was_asked_meanwhile",
        },
        new("a rotation that waits for a majority alone", "X2", new Edit(
            Rotation, "if (peer.Heard(_now.Mono) && !(peer.Vitals!.Rotation >= rotation.Stamp)", "if (_now.Mono < 0 && !(peer.Vitals!.Rotation >= rotation.Stamp)"))
        {
            Test = "Cluster.RotationTests.X2_A_node_that_is_heard_holds_the_rotation_up_until_it_has_followed",
        },
        new("a receipt for a secret that was not opened", "X2", new Edit(
            Rotation, "state.OtherSecret?.Generation != rotation.Generation)\n            return;", "_now.Mono < 0)\n            return;"))
        {
            Test = "Cluster.RotationTests.X2_What_a_node_cannot_open_it_does_not_claim_to_have_followed",
        },
        new("a rotation that leaves out who has joined meanwhile", "X2", new Edit(Rotation, "var leavesOut = LeavesOut(rotation);", "var leavesOut = LeavesOut(rotation) && _now.Mono < 0;"))
        {
            Test = "Cluster.RotationTests.X2_Who_joined_under_a_Host_that_did_not_know_of_the_rotation_gets_the_secret_too",
        },
        new("an eviction without a new secret", "X2", new Edit(
            Rotation, "_state.Rotation?.Evicted.Contains(record.NodeId) is not true)", "_now.Mono < 0)"))
        {
            Test = "Cluster.RotationTests.X2_The_evicted_is_out_stops_and_never_learns_the_secret_that_follows",
        },
        new("a vote for who knows less of a rotation", "X2", new Edit(
            "Cluster/ClusterNode.Election.cs", "|| peer.Vitals.Rotation < RotationStamp)", "|| _now.Mono < 0)"))
        {
            Test = "Cluster.RotationTests.X2_A_voter_grants_nobody_who_knows_less_of_a_rotation",
        },
    ];
}
