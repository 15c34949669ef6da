using System.Collections.Immutable;
using Constella.Core.Audit;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Core.Cluster;

/// <summary>Who this process is.</summary>
/// <param name="Run">16 random hexadecimal digits, new with each process (rule H3).</param>
/// <param name="Boot">The machine's boot id.</param>
/// <param name="Build">The version of the program.</param>
public sealed record ProcessIdentity(string Run, string Boot, string Build);

/// <summary>The only randomness of Core; seeded in the simulator.</summary>
public interface IRandom
{
    /// <summary>At least <paramref name="min"/>, less than <paramref name="max"/>.</summary>
    long Next(long min, long max);

    /// <summary>Fit for keys (rule X2).</summary>
    byte[] Bytes(int count);
}

/// <summary>
/// The protocol of one node: no I/O, no clock, one writer. The same state and inputs give the same effects.
/// The parts of this class follow the rules' letters: heartbeats (H), election and lease (E, L, W), members (M, J), sharing (S).
/// </summary>
public sealed partial class ClusterNode
{
    private readonly ProcessIdentity _process;
    private readonly IRandom _random;
    private readonly Dictionary<string, Peer> _peers = [];
    private readonly List<Effect> _effects = [];
    private readonly Voter _voter;
    private readonly Witness _witness;
    private readonly long _started;
    private NetworkState _state;
    private NetworkState _persisted;
    private Now _now;
    private ImmutableArray<MemberRecord> _ownIn;
    private MemberRecord? _own;
    private Load? _load;
    private MonthBytes? _traffic;
    private ClusterView? _view;
    private BotPermit? _permit;

    /// <param name="audit">What its audit log holds; null: nothing yet (rules U).</param>
    public ClusterNode(NetworkState state, ProcessIdentity process, IRandom random, Now now, AuditChain? audit = null)
    {
        ArgumentNullException.ThrowIfNull(state);
        _state = _persisted = state;
        _audit = audit ?? new AuditChain(state.NodeId);
        _process = process;
        _random = random;
        _now = now;
        _started = now.Mono;
        _voter = new Voter(state.Vote, now.Mono);
        _witness = new Witness(random);
        _nextBeat = now.Mono;
        _nextReconcile = now.Mono + Timings.Reconcile;
        _away = state.Seen is { } seen && now.Utc - seen > AwayLong;
        _updateIds = [.. state.Updates.Select(u => u.Id)];
        EnsureKey();
        NoteBoot();
        NoteRestarted();
        RefreshPeers();
    }

    private string Self => _state.NodeId;

    // Asked for many times a step; the table changes seldom.
    private MemberRecord Own
    {
        get
        {
            if (_ownIn != _state.Peers)
                (_ownIn, _own) = (_state.Peers, MemberTable.Find(_state.Peers, Self)!);
            return _own!;
        }
    }

    private bool Removed => Own.Status != MemberStatus.Active;

    private bool ClonedSelf => _now.Mono < _clonedUntil;

    /// <summary>The snapshot after the last step; made when it is asked for.</summary>
    public ClusterView View => _view ??= BuildView();

    /// <summary>The right to the bot after the last step: <see cref="ClusterView.Bot"/> without the rest of the view.</summary>
    public BotPermit Bot => _permit ??= Permit();

    /// <summary>What <see cref="ClusterView.MayAct"/> says, without the rest of the view.</summary>
    public bool MayAct(long mono) => Bot.Allows(mono, _now.Mono);

    /// <summary>What a restart would find on disk.</summary>
    public NetworkState State => _state;

    /// <summary>Takes one input; the effects are to be run in their order (see <see cref="Effect"/>).</summary>
    public IReadOnlyList<Effect> Step(Input input, Now now)
    {
        _effects.Clear();
        NoticePause(now);
        _now = now;
        // Before anything is answered: a process that was frozen must not claim what ended meanwhile (L4).
        ExpireLease();
        Handle(input);
        LookAtTimers();
        _view = null;
        _permit = null;
        if (_voter.Vote != _state.Vote)
            _state = _state with { Vote = _voter.Vote };
        if (!ReferenceEquals(_state, _persisted))
        {
            // What is told below was decided from this state: it is on disk before anything leaves.
            _effects.Insert(0, new Effect.Persist(_state));
            _persisted = _state;
        }
        if (_records.Count > 0)
        {
            // Before the state too: a command that was begun is never unknown (U2).
            _effects.Insert(0, new Effect.Record([.. _records]));
            _records.Clear();
        }
        return _effects.ToArray();
    }

    private void Handle(Input input)
    {
        BeginOrder(input);
        switch (input)
        {
            case Input.Tick: break;
            case Input.HeartbeatReceived received: OnHeartbeat(received); break;
            case Input.HeartbeatAnswered answered: OnAnswer(answered); break;
            case Input.PeerFailed failed: OnFailed(failed); break;
            case Input.InviteRequested invite: OnInvite(invite); break;
            case Input.InviteRevoked revoked: OnRevoke(revoked); break;
            case Input.JoinRequested join: OnJoin(join); break;
            case Input.CommandRequested command: OnCommand(command); break;
            case Input.SettingsChanged settings: Propose(new Proposal { Id = NewId(), Patch = settings.Patch }, settings.Ticket); break;
            case Input.UpdatesHandled updates: OnUpdatesHandled(updates); break;
            case Input.SelfChanged self: OnSelfChanged(self); break;
            case Input.LeaveRequested leave: OnLeave(leave); break;
            case Input.EvictRequested evict: OnEvict(evict); break;
            case Input.ForceLeaveRequested leave: OnForceLeave(leave); break;
            case Input.RotateRequested rotate: Propose(new Proposal { Id = NewId(), Rotate = true }, rotate.Ticket); break;
            case Input.BotStopped: OnBotStopped(); break;
            case Input.PollEnded poll: OnPoll(poll.Result); break;
            case Input.ProbeEnded probe: OnProbe(probe); break;
            case Input.TelegramTried tried: OnTelegram(tried.Reached); break;
            case Input.LoadMeasured measured: _load = measured.Load; break;
            case Input.TrafficCounted counted: _traffic = counted.Month; break;
            case Input.OverlaySeen seen: OnOverlay(seen); break;
            case Input.StopRequested stop: OnStop(stop.Ticket); break;
            case Input.StopWithdrawn: OnStopWithdrawn(); NoteNotDone(); break;
            case Input.AuditNoted noted: OnAuditNoted(noted); break;
            case Input.AuditPulled pulled: OnAuditPulled(pulled); break;
            default: throw new ArgumentOutOfRangeException(nameof(input), input.GetType().Name, "not an input of this family");
        }
        WriteOrder();
        _order = null;
    }

    private void LookAtTimers()
    {
        ForgetExpired();
        WatchPeers();
        RememberAlive();
        Lead();
        Beat();
        FinishCommits();
        FinishProposals();
        WatchRotation();
        WatchAlerts();
    }

    private void Emit(Effect effect)
    {
        if (effect is Effect.Reply reply && (_order is not null || _orders.Count > 0))
            EndOrder(reply);
        _effects.Add(effect);
    }

    private void Reply(long ticket, string? error = null, string? detail = null) =>
        Emit(new Effect.Reply(ticket, new Answer.Done(error, detail)));

    private void Tell(NoticeKind kind, string? nodeId = null, string? detail = null) =>
        Emit(new Effect.Notify(new Notice(kind, nodeId, nodeId is null ? null : NameOf(nodeId), detail)));

    private string? NameOf(string nodeId) => MemberTable.Find(_state.Peers, nodeId)?.Name;

    private string NewId() => $"{_random.Next(0, long.MaxValue):x16}";

    private void RefreshPeers()
    {
        foreach (var record in _state.Peers)
        {
            if (record.Status != MemberStatus.Active)
                _peers.Remove(record.NodeId);
            else if (record.NodeId != Self && !_peers.ContainsKey(record.NodeId))
                _peers.Add(record.NodeId, new Peer(record.NodeId));
        }
        foreach (var id in _peers.Keys)
        {
            if (MemberTable.Find(_state.Peers, id) is null)
                _peers.Remove(id);
        }
        RefreshVoters();
    }

    private ClusterView BuildView()
    {
        var members = ImmutableArray.CreateBuilder<MemberView>();
        var host = HostId();
        foreach (var record in _state.Peers)
        {
            if (record.Status != MemberStatus.Active)
                continue;
            _peers.TryGetValue(record.NodeId, out var peer);
            members.Add(record.NodeId == Self ? OwnView(record, host) : PeerView(record, peer!, host));
        }
        members.Sort((a, b) => string.CompareOrdinal(a.Record.Name, b.Record.Name));
        return new ClusterView
        {
            At = _now.Mono,
            NetworkId = _state.NetworkId,
            NodeId = Self,
            Name = Own.Name,
            Run = _process.Run,
            Boot = _process.Boot,
            Term = HighestTerm,
            HostId = host,
            CandidateId = host ?? CandidateId() ?? Self,
            IsHost = host == Self,
            Quorum = ReachesMajority(),
            Bot = Bot,
            Cloned = ClonedSelf,
            Removed = Removed,
            LeftBehind = LeftBehind,
            Keys = KeysNow(),
            Draining = Draining,
            Members = members.ToImmutable(),
            Settings = _state.Settings,
            AlertsCommitted = AlertsCommitted,
            Updates = _updateIds,
            Invites = [.. _state.Invites.Select(i => new InviteView(i.Id, i.Expires, i.RedeemedBy))],
        };
    }

    private MemberView OwnView(MemberRecord record, string? host) => new(
        record, Health.Alive, true, host == Self, null, _process.Run, _process.Boot, _process.Build, Draining, TelegramAnswers, _now.Utc, null)
    {
        Load = _load,
        Traffic = _traffic,
        OverlayDown = _tunnelDown,
        Unheard = Unheard(),
    };

    private MemberView PeerView(MemberRecord record, Peer peer, string? host)
    {
        var health = peer.HealthAt(_now.Mono);
        var vitals = peer.Vitals;
        return new MemberView(
            record, health, false, host == record.NodeId, peer.RttMs, vitals?.Run, vitals?.Boot, vitals?.Build,
            vitals?.Draining ?? false, vitals?.Telegram ?? true, peer.LastHeard, health == Health.Down ? peer.LastHeard : null)
        {
            Load = vitals?.Load,
            Traffic = vitals?.Traffic,
            OverlayDown = vitals?.OverlayDown ?? false,
            Road = peer.Road,
            ClockOffsetMs = peer.ClockOffset,
            Unheard = vitals?.Unheard ?? [],
        };
    }
}
