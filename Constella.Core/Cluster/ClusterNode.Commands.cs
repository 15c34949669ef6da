using Constella.Core.Audit;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Core.Cluster;

/// <summary>Rules C1, C5 and C6: what this node is told to do to itself, once; and what became of it.</summary>
public sealed partial class ClusterNode
{
    private void OnCommand(Input.CommandRequested command)
    {
        var request = command.Request;
        var known = _state.Commands.FirstOrDefault(c => c.Id == request.Id);
        if (known is null && Removed)
        {
            Answer(command.Ticket, Errors.NotMember, "this node has left the network", null);
            return;
        }
        // L7: a command of a Host that was superseded does nothing, but what was done before is answered the same.
        if (known is null && request.Term < HighestTerm)
        {
            Answer(command.Ticket, Errors.StaleTerm, $"term {request.Term} is over; the highest is {HighestTerm}", null);
            return;
        }
        if (known is null && ChangeRecord(command) is { } refused)
        {
            Answer(command.Ticket, refused.Error, refused.Detail, null);
            return;
        }
        if (known is null)
            Take(command);
        Answer(command.Ticket, null, null, new CommandAnswer(request.Id, Self, _process.Boot, known is not null) { Run = _process.Run });
        if (known is null && !AuditActions.IsOfRecord(command.Action))
            Emit(new Effect.Execute(request.Id, command.Action));
    }

    // Kept with the node's own record, which it alone writes (S1): no Host is needed for it, and a restart keeps it.
    private (string Error, string Detail)? ChangeRecord(Input.CommandRequested command) => command.Action switch
    {
        AuditActions.Drain when Successor(settled: false) is null => (Errors.NoHost, "no other node could be Host now"),
        AuditActions.Drain => ChangeOwn(Own with { Drain = true }),
        AuditActions.Undrain => ChangeOwn(Own with { Drain = false }),
        AuditActions.Rename => ChangeOwn(Own with { Name = command.Request.Name ?? Own.Name }),
        AuditActions.Priority => ChangeOwn(Own with { Priority = command.Request.Priority ?? Own.Priority }),
        _ => null,
    };

    private void Take(Input.CommandRequested command)
    {
        var (id, action) = (command.Request.Id, command.Action);
        var ledger = _state.Commands.Add(new ExecutedCommand(id, action, _now.Utc));
        _state = _state with { Commands = ledger.Length > Limits.Ledger ? ledger.RemoveAt(0) : ledger };
        Record(AuditStage.Taken, id, action, Self, command.By, command.Request.Detail);
        switch (action)
        {
            case var _ when AuditActions.IsOfRecord(action):
                Record(AuditStage.Done, id, action, Self, null, null);
                break;
            case AuditActions.Restart or AuditActions.Update:
                _state = _state with { Restart = id };
                break;
            default:
                NoteReboot(asked: true);
                break;
        }
    }

    private void Answer(long ticket, string? error, string? detail, CommandAnswer? taken) =>
        Emit(new Effect.Reply(ticket, new Answer.Command(error, detail, taken)));

    // Once a boot: whether a command had asked for it stands beside the boot that it ended.
    private void NoteBoot()
    {
        if (_state.Boot?.Id == _process.Boot)
            return;
        _unasked = _state.Boot is { Asked: false };
        // After a reboot that was asked for, the last command that was taken is the one that came true.
        if (_state.Boot is { Asked: true } && LastReboot is { } last)
            Record(AuditStage.Done, last.Id, last.Action, Self, null, null);
        _state = _state with { Boot = new BootRecord(_process.Boot, false) };
    }

    private void NoteReboot(bool asked)
    {
        if (_state.Boot is { } boot && boot.Asked != asked)
            _state = _state with { Boot = boot with { Asked = asked } };
    }

    // C5: this is the process after it.
    private void NoteRestarted()
    {
        if (_state.Restart is { } id && _state.Commands.FirstOrDefault(c => c.Id == id) is { } command)
            Record(AuditStage.Done, id, command.Action, Self, null, null);
        if (_state.Restart is not null)
            _state = _state with { Restart = null };
    }

    private void NoteNotDone()
    {
        if (_state.Boot is { Asked: true } && LastReboot is { } last)
            Record(AuditStage.Failed, last.Id, last.Action, Self, null, "the machine did not do it");
        NoteReboot(asked: false);
    }

    private ExecutedCommand? LastReboot => _state.Commands.LastOrDefault(c => c.Action == AuditActions.Reboot);
}
