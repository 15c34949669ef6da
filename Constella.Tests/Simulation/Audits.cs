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

    private readonly HashSet<(SimNode, long)> _waiting = [];
    private readonly HashSet<(string Run, long Number)> _written = [];
    private readonly Dictionary<string, HashSet<string>> _askedAt = [];

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
                Asked(node, entry.Command);
            if (!_written.Add((entry.Run, entry.Number)))
                world.Check.Fail($"U3: {node.Name} wrote entry {entry.Number} twice in one run");
        }
    }

    private void Asked(SimNode node, string command)
    {
        if (!_askedAt.TryGetValue(node.Id, out var asked))
            _askedAt.Add(node.Id, asked = []);
        asked.Add(command);
    }

    /// <summary>Somebody waits for the end of a command.</summary>
    public void Ordered(SimNode node, Input input)
    {
        var ticket = input switch
        {
            Input.SettingsChanged { Patch.Options.IsEmpty: false } settings => settings.Ticket,
            Input.InviteRequested invite => invite.Ticket,
            Input.SelfChanged self => self.Ticket,
            Input.LeaveRequested leave => leave.Ticket,
            Input.EvictRequested evict => evict.Ticket,
            Input.RotateRequested rotate => rotate.Ticket,
            _ => 0,
        };
        if (ticket != 0)
            _waiting.Add((node, ticket));
    }

    /// <summary>Rule U2: whoever is told the end of a command could read it in the log.</summary>
    public void Answers(SimNode node, long ticket)
    {
        if (!_waiting.Remove((node, ticket)))
            return;
        // That it became Host in the same step is no command (U8).
        if (node.Log.FindLast(entry => entry.Action != AuditActions.Host) is not { Stage: AuditStage.Done or AuditStage.Failed } end || end.Run != node.Run)
            world.Check.Fail($"U2: {node.Name} tells the end of a command, and its log does not");
        else if (!node.Log.Any(entry => entry.Command == end.Command && entry.Stage == AuditStage.Asked))
            world.Check.Fail($"U1: {node.Name} was asked for {end.Action}, and its log does not say so");
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
        }
        Commands(live);
    }

    private void Commands(IReadOnlyList<SimNode> live)
    {
        var commands = AuditReader.Commands(live[0].Log);
        var ids = commands.Select(command => command.Id).ToHashSet();
        if (ids.Count != commands.Length)
            world.Check.Fail("U6: a command is there twice");
        // What only somebody knew who is not there any more, nobody can tell.
        foreach (var node in live)
        {
            if (_askedAt.GetValueOrDefault(node.Id)?.FirstOrDefault(id => !ids.Contains(id)) is { } lost)
                world.Check.Fail($"U1: {lost}, which {node.Name} was asked for, is in no log");
            if (world.Workload.Commands.Values.FirstOrDefault(press => press.Taken && press.Target == node.Id && !ids.Contains(press.CommandId)) is { } press)
                world.Check.Fail($"U1: the reboot {press.CommandId} of {node.Name} is in no log");
        }
    }
}
