namespace Constella.Tests.Mutants;

/// <summary>Rules W and L4: who polls Telegram, and what is confirmed to it.</summary>
internal static class BotMutants
{
    private const string Poller = "Telegram/UpdatePoller.cs";
    private const string Witness = "Cluster/Witness.cs";
    private const string Sharing = "Cluster/ClusterNode.Sharing.cs";

    public static IEnumerable<Mutant> All { get; } =
    [
        new("a challenger that ignores a moved head", "W1", new Edit(
            Witness, "if (_head is not null && _head != head)", "if (head < 0)"))
        {
            Within = 300,
            Finding = "W1",
        },
        new("a challenger that takes a 409 for a proof", "W1", new Edit(
            Witness, "case PollResult.Conflict:\n                return Yield(mono, Timings.YieldMin, Timings.YieldMax);",
            "case PollResult.Conflict:\n                return TakeOver(mono);"))
        {
            Finding = "W1",
        },
        new("a holder that backs off at a 409", "W2", new Edit(
            Poller, "PollResult.Conflict => 50,", "PollResult.Conflict => 5_000,"))
        {
            Test = "Telegram.UpdatePollerTests.A_conflict_is_answered_within_100_ms",
        },
        new("a witness that no 409 can stop", "W2", new Edit(
            Witness, "if (_conflicts.Count >= conflictsToStop)", "if (_conflicts.Count >= 1_000)"))
        {
            Test = "Cluster.WitnessTests.W2_A_witness_stops_at_four_409s_in_12_s",
        },
        new("a witness that acts in doubt", "W3", new Edit(
            Witness, "public bool InDoubt => _phase == Phase.Tenure && _doubtSince is not null;", "public bool InDoubt => false;"))
        {
            Test = "Cluster.WitnessTests.W3_After_a_409_a_witness_polls_in_doubt_until_a_200",
        },
        new("a witness that goes on after 4 s of silence", "W3", new Edit(
            Witness, "if (mono - _lastAnswer > Timings.Doubt)", "if (mono - _lastAnswer > 60_000)"))
        {
            Test = "Cluster.WitnessTests.W3_After_4_s_without_an_answer_a_witness_stops_and_challenges_anew",
        },
        new("a minority's holder that goes on as witness", "W0", new Edit(
            "Cluster/ClusterNode.Election.cs", "if (MayWitness() && !UnheardMayElect && _bot == Polls.Lease", "if (MayWitness() && _bot == Polls.Lease"))
        {
            Test = "Cluster.WitnessTests.W0_A_minority_s_Host_stops_where_the_others_can_form_a_majority",
        },
        new("a witness that confirms without a second look", "W2", new Edit(
            Poller, "Phase.Confirming when mayAct && mode == Polls.Witness && !_checked => new PollRequest(0, 1, 0, _wait),", ""))
        {
            Test = "Telegram.UpdatePollerTests.W2_A_witness_looks_once_more_before_it_confirms",
        },
        new("updates confirmed before they are handled", "W6", new Edit(
            Poller, "_phase = fresh.IsEmpty ? Phase.Confirming : Phase.Handling;", "_phase = Phase.Confirming;"))
        {
            Finding = "W6",
        },
        new("handled updates that are not replicated", "W6", new Edit(
            Sharing, "_newUpdates.AddRange(updates.Select(u => (_shareVersion, u)));", ""))
        {
            Finding = "W6",
        },
        new("a commit counted from a minority", "W6", new Edit(
            Sharing, "return count >= set.Majority;", "return count >= 1;"))
        {
            Finding = "W6",
        },
        new("a view that gives the right however old it is", "L4", new Edit(
            "Cluster/ClusterView.cs", "mono < Until && mono - at < Timings.PauseGap;", "mono < Until;"))
        {
            Test = "Cluster.LeaseTests.L4_A_view_that_is_older_than_a_second_gives_no_right",
        },
    ];
}
