using Constella.Tests.Simulation;

namespace Constella.Tests.Mutants;

/// <summary>Rules E, H, L and M: who leads, by whose grants.</summary>
internal static class LeaseMutants
{
    private const string Voter = "Cluster/Voter.cs";
    private const string Election = "Cluster/ClusterNode.Election.cs";
    private const string Leader = "Cluster/ClusterNode.Leader.cs";
    private const string Bot = "Cluster/ClusterNode.Bot.cs";
    private const string Members = "Cluster/ClusterNode.Members.cs";

    public static IEnumerable<Mutant> All { get; } =
    [
        new("a voter that grants twice", "L2", new Edit(
            Voter, "if (Current(mono) is { } current)", "if (Current(mono) is { } current && current.Holder == nodeId)"))
        {
            Finding = "L[37]",
        },
        new("a lease counted from the answer", "L3", new Edit(
            Election, "_grants.Add(peer.Id, sent.SentAt, grant.Ms);", "_grants.Add(peer.Id, _now.Mono, grant.Ms);"))
        {
            World = new WorldOptions { Spikes = 300 },
            Within = 300,
            Finding = "L[37]",
        },
        new("half of the voters taken for a majority", "L3", new Edit(
            "Cluster/Grants.cs", "var majority = (voters.Length / 2) + 1;", "var majority = (voters.Length + 1) / 2;"))
        {
            Finding = "L[37]",
        },
        new("no wait after a restart", "L6", new Edit(
            Voter, "if (_restored is not null && _restored.Holder", "if (mono < started && _restored is not null && _restored.Holder"))
        {
            World = new WorldOptions { QuickRestarts = true },
            Within = 300,
            Finding = "L[37]",
        },
        new("renewals refused while a smaller key returns", "L2",
            new Edit(Voter, "if (current.Holder == nodeId)", "if (current.Holder == nodeId && outranked is null)"),
            new Edit(Election, "is { } grant && grant.Holder == asker && grant.Run == run)", "is { } grant && grant.Term < Term.None)"))
        {
            Within = 300,
            Finding = "L2",
        },
        new("an ask that extends a grant before the lease is won", "L1", new Edit(
            Voter, "if (ask.Held)", "if (ask.Term >= current.Term)"))
        {
            Test = "Cluster.LeaseTests.L1_An_ask_of_who_does_not_hold_never_extends_a_grant",
        },
        new("a holder that ignores a pause", "L4", new Edit(
            Election, "_freshAfter = Math.Max(now.Mono, _now.Mono + 1);", "_freshAfter = long.MinValue;"))
        {
            Finding = "L3",
        },
        new("a stand-still of less than a second that is not noticed", "L4", new Edit(
            Election, "if (!paused && drift <= Timings.StandStill)", "if (!paused)"))
        {
            Within = 300,
            Finding = "L3",
        },
        new("a term that is not raised", "L7", new Edit(
            Election, "_termFloor) + 1, Self);", "_termFloor), Self);"))
        {
            Finding = "(L[37]|A1|no agreement)",
        },
        new("a hand-over without release", "L5", new Edit(
            Bot, "_phase = Phase.Idle;\n        _noAskBefore = _now.Mono + Timings.HandOver;\n        _grants.Clear();\n        _voter.Release(Self, _term);",
            "_voter.Release(Self, _term);"))
        {
            Finding = "L[237]",
        },
        new("who is called but gets no answers counts as reaching", "E1", new Edit(
            Leader, "peer.Heard(mono) && peer.Answers(mono);", "peer.Heard(mono);"))
        {
            Test = "Cluster.LeaderTests.E1_Who_is_called_but_reaches_nobody_says_so_and_does_not_ask",
        },
        new("a node that Telegram answered once counts at once", "E2", new Edit(Leader, "!_telegramBad && _now.Mono - _telegramGoodSince >= Timings.Settle", "!_telegramBad"))
        {
            Test = "Cluster.LeaderTests.E2_Only_the_node_itself_counts_for_how_long_Telegram_has_answered_it",
        },
        new("a candidate with an older set of voters is granted", "M1", new Edit(
            Election, "if ((peer.Vitals!.Cfg < _state.Members.Cfg ||", "if (((_now.Mono < 0 && peer.Vitals!.Cfg < _state.Members.Cfg) ||"))
        {
            Test = "Cluster.MembershipTests.M1_A_candidate_with_an_older_set_of_voters_is_refused_and_told_the_newer_one",
        },
        new("a change of voters that waits for no majority", "M1", new Edit(
            "Cluster/ClusterNode.Voters.cs", "if (!Acknowledged(set, _membersVersion) || (_oldSet is not null && !Acknowledged(_oldSet, _membersVersion)))", "if (_now.Mono < 0)"))
        {
            Test = "Cluster.MembershipTests.M1_A_change_waits_for_a_majority",
        },
        new("a joiner that votes at once", "M2", new Edit(
            Members, "Tell(NoticeKind.NodeJoined, add.NodeId);", "_setChanges.Enqueue(new SetChange(add.NodeId, true, null));"))
        {
            Test = "Cluster.MembershipTests.M2_A_joiner_behind_a_closed_port_does_not_cost_the_lease",
        },
        new("a late heartbeat taken for evidence of life", "H2", new Edit(
            "Cluster/Peer.cs", "late = difference - offset > Timings.EvidenceAge;", "late = false;"))
        {
            Test = "Cluster.HeartbeatTests.H2_A_delayed_heartbeat_does_not_revive_the_dead",
        },
    ];
}
