using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Tests.Simulation;

internal sealed partial class SimNode
{
    /// <summary>One step of the real node and its effects, in their order; a crash may fall between any two.</summary>
    public void Step(Input input)
    {
        if (_world.Options.OnInput is { } filter)
        {
            if (filter(this, input) is not { } filtered)
                return;
            input = filtered;
        }
        if (_world.Tracing)
            TraceInput(input);
        var effects = Core!.Step(input, Clocks);
        _world.Totals.Steps++;
        if (_world.Options.OnEffects is { } mutate)
            effects = mutate(this, effects);
        var crashAfter = CrashInStep is not null && effects.Count > 0 ? Random.Index(effects.Count + 1) : -1;
        for (var i = 0; i < effects.Count; i++)
        {
            if (i == crashAfter)
            {
                _world.Check.CutOff(effects.Skip(i));
                break;
            }
            Run1(effects[i]);
        }
        if (crashAfter >= 0)
        {
            CrashInStep!();
            return;
        }
        _world.Check.After(this);
    }

    private void Run1(Effect effect)
    {
        if (_world.Tracing)
            TraceEffect(effect);
        switch (effect)
        {
            case Effect.Send send:
                if (send.Message.HandOver is not null)
                    _world.Check.HandedOver(send.Message.HandOver);
                Network.Send(_world, this, send);
                break;
            case Effect.Reply reply:
                _world.Audits.Answers(this, reply.Ticket);
                Answer(reply);
                break;
            case Effect.Persist persist:
                Persist(persist.State);
                break;
            case Effect.Record record:
                _world.Audits.Recorded(this, record);
                break;
            case Effect.PullAudit pull:
                _world.Audits.Pull(this, pull);
                break;
            case Effect.StartBot start:
                _world.Moves.Leads(this);
                _world.Check.BotStarts(this, start);
                Bot.Start();
                break;
            case Effect.StopBot stop:
                Bot.Stop(stop.Orderly);
                break;
            case Effect.Probe probe:
                Bot.Probe(probe.TimeoutSeconds);
                break;
            case Effect.Execute execute:
                _world.Check.Executed(this, execute);
                _world.Audits.Executed(this, execute);
                _world.Workload.Reboot(this);
                break;
            case Effect.Notify { Notice.Kind: NoticeKind.HandOver }:
                _world.Moves.HandsOver(this);
                break;
            case Effect.Notify { Notice.Kind: NoticeKind.HostLost }:
                _world.Liveness.LeaseLost(this);
                break;
            default:
                break;
        }
    }

    private void Persist(NetworkState state)
    {
        _world.Totals.Persists++;
        if (_world.Options.OnPersist is { } mutate)
        {
            if (mutate(state) is not { } kept)
                return;
            state = kept;
        }
        var before = Disk;
        Disk = state;
        _world.Check.Persisted(this, before, state);
    }

    private void Answer(Effect.Reply reply)
    {
        if (!_waiting.Remove(reply.Ticket, out var waiter))
            return;
        if (waiter is SimCall call)
            Network.Answer(_world, call, ((Answer.Beat)reply.Answer).Message);
        else
            ((Action<Answer>)waiter)(reply.Answer);
    }

    private void TraceInput(Input input)
    {
        var text = input switch
        {
            Input.Tick => null,
            Input.HeartbeatReceived r => $"<- {Short(r.Message.Vitals)}{Asked(r.Message)}",
            Input.HeartbeatAnswered a => $"<= {Short(a.Message.Vitals)}{Granted(a.Message)}",
            Input.PeerFailed f => $"!! call {f.Id} to {_world.NameById(f.Peer)} failed",
            Input.JoinRequested j => $"join of {j.Request.Name}",
            _ => $"in {input.GetType().Name} {(input as Input.PollEnded)?.Result}{(input as Input.ProbeEnded)?.ToString()}",
        };
        if (text is not null)
            _world.Trace(this, text);
    }

    private void TraceEffect(Effect effect)
    {
        var text = effect switch
        {
            Effect.Send s => $"-> {_world.NameById(s.Peer)} call {s.Id}{Asked(s.Message)}",
            Effect.Reply { Answer: Answer.Beat b } => b.Message.Grant is null ? null : $"   answers{Granted(b.Message)}",
            Effect.Reply r => $"   replies {r.Answer.GetType().Name} {(r.Answer as Answer.Done)?.Error}{(r.Answer as Answer.Command)?.Error}",
            Effect.Persist p => $"   persist term {Short(p.State.Term)} vote {Short(p.State.Vote)} cfg {Short(p.State.Members.Cfg.Term)}.{p.State.Members.Cfg.Counter} n {p.State.Members.Ids.Length}",
            Effect.StartBot b => $"** START BOT {b.Mode} {Short(b.Term)}",
            Effect.StopBot b => $"** STOP BOT orderly {b.Orderly}",
            Effect.Probe => "** probe",
            Effect.Execute e => $"** execute {e.CommandId[..4]}",
            Effect.Notify n => $"   notice {n.Notice.Kind} {_world.NameById(n.Notice.NodeId)} {n.Notice.Detail}",
            _ => effect.ToString(),
        };
        if (text is not null)
            _world.Trace(this, text);
    }

    private string Short(Term term) => $"{term.Counter}/{_world.NameById(term.NodeId)}";

    private string Short(Vote? vote) => vote is null ? "-" : $"{_world.NameById(vote.Holder)} {Short(vote.Term)}";

    private string Short(Vitals v) => $"{_world.NameById(v.Node)} #{v.Seq} {v.Polls} term {Short(v.Term)} lease {(v.Lease is { } l ? $"{_world.NameById(l.Holder)} {Short(l.Term)}" : "-")}";

    private string Asked(Heartbeat m) =>
        (m.Ask is { } a ? $" ASK {Short(a.Term)} held {a.Held}{(a.Released is null ? "" : " released")}" : "")
        + (m.Release is { } r ? $" RELEASE {Short(r)}" : "")
        + (m.HandOver is { } h ? $" HANDOVER {Short(h.Term)}" : "")
        + (m.State is null ? "" : " +state")
        + (m.Proposals.IsDefaultOrEmpty ? "" : $" +{m.Proposals.Length} proposals");

    private string Granted(HeartbeatAnswer m) =>
        (m.Grant is { } g ? $" GRANT {Short(g.Term)} {g.Ms} ms {g.Refused}" : "") + (m.Removed ? " REMOVED" : "") + (m.State is null ? "" : " +state");
}
