using System.Collections.Immutable;
using Constella.Core.Audit;
using Constella.Core.Cluster;

namespace Constella.Tests.Audit;

/// <summary>Rules U3, U5 and U6, without a node around them.</summary>
public sealed class AuditChainTests
{
    internal const string Alpha = "aaaaaaaaaaaaaaaa";
    internal const string Echo = "eeeeeeeeeeeeeeee";

    internal static AuditEntry Draft(string node = Alpha, string run = "0000000000000001", string command = "one", AuditStage stage = AuditStage.Asked, int second = 0, string? detail = null) => new()
    {
        Node = node,
        Run = run,
        Number = 0,
        At = DateTimeOffset.UnixEpoch.AddYears(56).AddSeconds(second),
        Term = new Term(3, Alpha),
        Command = command,
        Action = AuditActions.Config,
        By = AuditActors.CommandLine,
        Stage = stage,
        Detail = detail,
    };

    /// <summary>Entries of one node, in the order in which it wrote them.</summary>
    internal static ImmutableArray<AuditEntry> Written(int count, string node = Alpha, string run = "0000000000000001")
    {
        var chain = new AuditChain(node);
        return [.. Enumerable.Range(0, count).Select(i => chain.Write(Draft(node, run, $"{run}-{i}", second: i)))];
    }

    [Fact]
    public void U3_Entries_are_numbered_and_each_has_the_hash_of_the_one_before()
    {
        var entries = Written(3);
        Assert.Equal([1, 2, 3], entries.Select(entry => entry.Number));
        Assert.Equal([AuditEntry.NoHash, entries[0].Hash, entries[1].Hash], entries.Select(entry => entry.Previous));
        Assert.All(entries, entry => Assert.Equal(entry.Seal(), entry.Hash));
    }

    [Fact]
    public void U3_The_hash_covers_every_field()
    {
        var entry = Written(1)[0] with { Target = Echo, Detail = "x" };
        AuditEntry[] changed =
        [
            entry with { Node = Echo }, entry with { Run = Echo }, entry with { Number = 2 }, entry with { At = entry.At.AddMilliseconds(1) },
            entry with { Term = new Term(4, Alpha) }, entry with { Term = new Term(3, Echo) }, entry with { Command = "two" }, entry with { Action = AuditActions.Evict }, entry with { Target = Alpha },
            entry with { By = "@username" }, entry with { Stage = AuditStage.Done }, entry with { Detail = "y" }, entry with { Previous = entry.Hash },
            // A letter that moves from one field to the next.
            entry with { Target = Echo[..^1], By = Echo[^1] + entry.By },
        ];
        Assert.All(changed, other => Assert.NotEqual(entry.Seal(), other.Seal()));
    }

    [Fact]
    public void U5_What_was_altered_left_out_or_put_in_is_not_taken()
    {
        var entries = Written(3);
        var other = new AuditChain(Echo);
        Assert.Equal(AuditTake.New, other.Take(entries[0]));
        Assert.Equal(AuditTake.Refused, other.Take(entries[1] with { Detail = "forged" }));
        Assert.Equal(AuditTake.Refused, other.Take(entries[2]));
        var stranger = entries[1] with { Previous = entries[2].Hash };
        Assert.Equal(AuditTake.Refused, other.Take(stranger with { Hash = stranger.Seal() }));
        Assert.Equal(AuditTake.New, other.Take(entries[1]));
        Assert.Equal(AuditTake.Known, other.Take(entries[0]));
        Assert.Equal(AuditTake.New, other.Take(entries[2]));
    }

    [Fact]
    public void U5_Equal_logs_have_equal_marks_whatever_the_order_and_all_others_differ()
    {
        var (alpha, echo) = (Written(3), Written(2, Echo, "0000000000000002"));
        var (one, two) = (new AuditChain(Alpha), new AuditChain(Echo));
        foreach (var entry in alpha.Concat(echo))
            one.Take(entry);
        foreach (var entry in echo.Concat(alpha))
        {
            Assert.NotEqual(one.Mark, two.Mark);
            two.Take(entry);
        }
        Assert.Equal(one.Mark, two.Mark);
        Assert.Equal(5, one.Mark.Height);
    }

    [Fact]
    public void U5_Page_by_page_a_node_that_was_away_gets_all_and_nothing_twice()
    {
        ImmutableArray<AuditEntry> log = [.. Written(10), .. Written(7, Echo, "0000000000000002")];
        var chain = new AuditChain(Echo);
        foreach (var entry in log.Take(4))
            chain.Take(entry);
        var (pages, taken) = (0, 4);
        for (var more = true; more; pages++)
        {
            var page = AuditPage.Of(log, chain.Pull(), 5);
            Assert.All(page.Entries, entry => Assert.Equal(AuditTake.New, chain.Take(entry)));
            (more, taken) = (page.More, taken + page.Entries.Length);
        }
        Assert.Equal((3, 17), (pages, taken));
        Assert.Empty(AuditPage.Of(log, chain.Pull(), 5).Entries);
    }

    [Fact]
    public void U4_What_is_older_than_what_was_dropped_is_not_taken_again_but_a_known_chain_goes_on()
    {
        var log = Written(10);
        var forgetful = new AuditChain(Echo) { Floor = log[5].At };
        Assert.Equal(AuditTake.Known, forgetful.Take(log[0]));
        var page = AuditPage.Of(log, forgetful.Pull(), 100);
        Assert.Equal(6, page.Entries[0].Number);
        Assert.All(page.Entries, entry => Assert.Equal(AuditTake.New, forgetful.Take(entry)));
    }

    [Fact]
    public void U3_A_next_process_goes_on_after_the_last_entry_of_its_node()
    {
        var log = Written(2);
        var later = new AuditChain(Alpha);
        foreach (var entry in log)
            later.Take(entry);
        var next = later.Write(Draft(run: "0000000000000009"));
        Assert.Equal((3, log[1].Hash), (next.Number, next.Previous));
    }

    [Fact]
    public void U6_A_command_is_one_line_with_the_furthest_that_is_known_of_it()
    {
        var chain = new AuditChain(Alpha);
        AuditEntry[] log =
        [
            chain.Write(Draft(command: "reboot", second: 5)),
            chain.Write(Draft(command: "other", second: 1)),
            chain.Write(Draft(command: "reboot", stage: AuditStage.Failed, second: 6, detail: "no answer")),
            chain.Write(Draft(command: "other", stage: AuditStage.Failed, second: 2, detail: "no Host")),
            chain.Write(Draft(Echo, command: "reboot", stage: AuditStage.Done, second: 60)),
            chain.Write(Draft(Echo, command: "reboot", second: 7)),
        ];
        var commands = AuditReader.Commands(log);
        Assert.Equal([("other", AuditStage.Failed, "no Host"), ("reboot", AuditStage.Done, null)], commands.Select(command => (command.Id, command.Stage, command.Reason)));
        Assert.Equal((Alpha, 60), (commands[1].Node, (commands[1].Ended - log[0].At)!.Value.Seconds + 5));
    }
}
