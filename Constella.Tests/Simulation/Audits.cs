using Constella.Core.Audit;
using Constella.Core.Cluster;

namespace Constella.Tests.Simulation;

/// <summary>The audit log in the world (rules U): what is asked of others, and what must hold of what was written.</summary>
internal sealed class Audits(World world, SimRandom random)
{
    /// <summary>Few, so that pages have to be turned.</summary>
    private const int PageSize = 8;

    // A crash may cut a call off, and the next attempt waits for a beat.
    private const long CallTimeout = 1_000;

    private readonly HashSet<(string Run, long Number)> _written = [];
    private readonly HashSet<string> _asked = [];

    /// <summary>Rule U3: each number is written once, by the run that it names.</summary>
    public void Recorded(SimNode node, Effect.Record record)
    {
        foreach (var entry in record.Entries)
        {
            node.Log.Add(entry);
            if (entry.Run != node.Run)
                continue;
            world.Totals.AuditEntries++;
            if (entry.Stage == AuditStage.Asked)
                _asked.Add(entry.Command);
            if (!_written.Add((entry.Run, entry.Number)))
                world.Check.Fail($"U3: {node.Name} wrote entry {entry.Number} twice in one run");
        }
    }

    /// <summary>Rule U2: what is done is on disk before.</summary>
    public void Executed(SimNode node, Effect.Execute execute)
    {
        if (!node.Log.Any(entry => entry.Command == execute.CommandId && entry.Stage == AuditStage.Taken))
            world.Check.Fail($"U2: {node.Name} executed {execute.CommandId}, and its log does not say so");
    }

    /// <summary>As over HTTP: a request, a page of what the other one has on disk then, a time-out.</summary>
    public void Pull(SimNode node, Effect.PullAudit pull)
    {
        var ended = false;
        void End(AuditPage? page)
        {
            if (ended)
                return;
            ended = true;
            node.Step(new Input.AuditPulled(pull.Peer, page));
        }

        world.At(world.Now + CallTimeout, node, () => End(null));
        var target = world.Nodes.Find(other => other.Id == pull.Peer);
        if (target is null || world.Links.IsCut(node, target) || world.Links.AreCallsCut(node, target) || !target.Accepts(node.Secret))
            return;
        world.At(world.Now + random.Next(2, 100), target, () =>
        {
            var page = AuditPage.Of(target.Log, pull.Pull, PageSize);
            if (!world.Links.IsCut(target, node))
                world.At(world.Now + random.Next(2, 100), node, () => End(page));
        });
    }

    /// <summary>In the end all have the same, whole, and each command once.</summary>
    public void End(IReadOnlyList<SimNode> live)
    {
        var first = live[0].Log.Select(entry => entry.Hash).ToHashSet();
        foreach (var node in live)
        {
            var check = new AuditCheck();
            var wrong = node.Log.Select(check.Wrong).FirstOrDefault(what => what is not null) ?? check.Gaps().FirstOrDefault();
            if (wrong is not null)
                world.Check.Fail($"U7: the log of {node.Name}: {wrong}");
            if (!first.SetEquals(node.Log.Select(entry => entry.Hash)))
                world.Check.Fail($"U5: {node.Name} and {live[0].Name} have different logs: {node.Log.Count} entries, {live[0].Log.Count} entries");
            if (node.Log.Count != first.Count)
                world.Check.Fail($"U5: {node.Name} has an entry twice");
            foreach (var own in node.Log.Where(entry => entry.Node == node.Id && !first.Contains(entry.Hash)))
                world.Check.Fail($"U5: {own.Action} by {node.Name} is in its own log only");
        }
        Commands(live[0]);
    }

    private void Commands(SimNode node)
    {
        var commands = AuditReader.Commands(node.Log);
        var twice = commands.GroupBy(command => command.Id).FirstOrDefault(group => group.Count() > 1);
        if (twice is not null)
            world.Check.Fail($"U6: command {twice.Key} is there twice");
        foreach (var id in world.Workload.Committed.Where(id => !commands.Any(command => command.Id == id)))
            world.Check.Fail($"U1: a change that was told to be committed is in no log: {id}");
        // Who was there to the end has written of what it was asked.
        foreach (var entry in world.Nodes.Where(other => other.Up && !other.Gone && !other.View.Removed && !world.Rotations.IsOut(other)).SelectMany(other => other.Log))
        {
            if (_asked.Contains(entry.Command) && !commands.Any(command => command.Id == entry.Command))
                world.Check.Fail($"U6: {entry.Action} {entry.Command} is not told");
        }
        foreach (var press in world.Workload.Commands.Values.Where(press => press.Taken && !world.Rotations.IsOut(world.Nodes.First(n => n.Id == press.Target))))
        {
            if (world.Nodes.First(n => n.Id == press.Target) is { Up: true, Gone: false } && !commands.Any(command => command.Id == press.CommandId))
                world.Check.Fail($"U1: reboot {press.CommandId} is in no log");
        }
    }
}
