using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using Constella.Api.Cluster;
using Constella.Core.Alerts;
using Constella.Core.Cluster;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Tests.Telegram;

/// <summary>A cluster whose view is scripted; settings change as the real one changes them. Always fresh unless told otherwise.</summary>
internal sealed class FakeCluster : ICluster
{
    private readonly Lock _lock = new();
    private ClusterView _view;
    private TaskCompletionSource<ClusterView> _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FakeCluster(params MemberView[] members)
    {
        var self = members.First(member => member.IsSelf);
        _view = new ClusterView
        {
            At = 0,
            NetworkId = "00112233445566aa",
            NodeId = self.Record.NodeId,
            Name = self.Record.Name,
            Run = self.Run!,
            Boot = self.Boot!,
            Term = new Term(1, self.Record.NodeId),
            HostId = self.Record.NodeId,
            CandidateId = self.Record.NodeId,
            IsHost = true,
            Quorum = true,
            Bot = new BotPermit(Polls.Lease, 0, false),
            Cloned = false,
            Removed = false,
            LeftBehind = false,
            Keys = new KeysView(1, null, 1, []),
            Draining = false,
            Members = [.. members],
            Settings = new Settings { OwnerUsername = "username", BotToken = "123:ABC" },
            Updates = [],
            Invites = [],
        };
    }

    public long Mono => Stopwatch.GetTimestamp() * 1_000 / Stopwatch.Frequency;

    /// <summary>False: the right has ended.</summary>
    public bool Allowed { get; set; } = true;

    /// <summary>Set: commits are refused with this code.</summary>
    public string? Refuse { get; set; }

    /// <summary>Called before an input is answered.</summary>
    public Action<Input>? OnAsk { get; set; }

    public ConcurrentQueue<Input> Posted { get; } = new();

    public ConcurrentQueue<Input> Asked { get; } = new();

    public ClusterView View
    {
        get
        {
            lock (_lock)
                return _view with { At = Mono, Bot = _view.Bot with { Until = Allowed ? Mono + 5_000 : 0 } };
        }
    }

    public void Change(Func<ClusterView, ClusterView> change)
    {
        lock (_lock)
        {
            _view = change(_view);
            var published = _next;
            _next = new TaskCompletionSource<ClusterView>(TaskCreationOptions.RunContinuationsAsynchronously);
            published.SetResult(_view);
        }
    }

    public void ChangeMember(string name, Func<MemberView, MemberView> change) => Change(view => view with
    {
        Members = [.. view.Members.Select(member => member.Record.Name == name ? change(member) : member)],
    });

    public Task<ClusterView> NextViewAsync(CancellationToken cancellation)
    {
        lock (_lock)
            return _next.Task.WaitAsync(cancellation);
    }

    public void Post(Input input) => Posted.Enqueue(input);

    public Task<Answer> AskAsync(Func<long, Input> input, CancellationToken cancellation)
    {
        var asked = input(1);
        OnAsk?.Invoke(asked);
        Asked.Enqueue(asked);
        if (Refuse is { } code)
            return Task.FromResult<Answer>(new Answer.Done(code));
        switch (asked)
        {
            case Input.UpdatesHandled handled:
                Change(view => view with { Updates = view.Updates.Union(handled.Ids), Settings = Apply(view.Settings, handled.Patch) });
                break;
            case Input.SettingsChanged changed:
                Change(view => view with { Settings = Apply(view.Settings, changed.Patch) });
                break;
        }
        return Task.FromResult<Answer>(new Answer.Done());
    }

    private static Settings Apply(Settings settings, SettingsPatch? patch)
    {
        if (patch is null)
            return settings;
        var reboots = settings.Reboots.Where(reboot => reboot.CommandId != patch.EndReboot).ToImmutableArray();
        if (patch.AddReboot is { } added && reboots.All(reboot => reboot.CommandId != added.CommandId))
            reboots = reboots.Add(added);
        return settings with
        {
            OwnerId = patch.OwnerId ?? settings.OwnerId,
            OwnerLanguage = patch.OwnerLanguage ?? settings.OwnerLanguage,
            Message = patch.Message ?? settings.Message,
            Reboots = reboots,
            Options = Options.With(settings.Options, patch.Options),
            Alerts = AlertBook.With(settings.Alerts, patch.Alerts, patch.Told),
            AlertSender = patch.AlertSender is null ? settings.AlertSender : patch.AlertSender.Length == 0 ? null : patch.AlertSender,
        };
    }
}
