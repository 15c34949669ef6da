using System.Collections.Immutable;
using Constella.Core.Members;
using Constella.Core.Wire;

namespace Constella.Core.Cluster;

/// <summary>
/// Rules S1, S2, S4 and W6: what is shared, merged and pushed, and what counts as committed. Each change of what this node
/// writes raises one version; a peer acknowledges a version by answering the message that carried it.
/// </summary>
public sealed partial class ClusterNode
{
    private const long CommitTimeout = 8_000;
    private const long WitnessCommit = 1_000;
    private static readonly TimeSpan SeenEvery = TimeSpan.FromHours(6);
    private static readonly TimeSpan AwayLong = TimeSpan.FromDays(6);

    private readonly List<Commit> _commits = [];
    private readonly List<(long Version, HandledUpdate Update)> _newUpdates = [];
    private ImmutableHashSet<long> _updateIds = [];
    private ImmutableArray<HandledUpdate> _updatesIn;
    private string? _digest;
    private long _shareVersion;
    private long _peersVersion;
    private long _membersVersion;
    private long _settingsVersion;
    private bool _away;

    /// <summary>A change that somebody waits for.</summary>
    private sealed class Commit
    {
        public required long Version { get; set; }
        public required long Since { get; init; }
        public long? Ticket { get; init; }
        public SettingsPatch? Patch { get; init; }

        /// <summary>Told to whoever proposed it.</summary>
        public (string Peer, string Id)? Proposal { get; init; }
    }

    private string Digest => _digest ??= MemberTable.Digest(_state);

    private bool HasCommits => _commits.Count > 0;

    /// <summary>This node may write settings: by lease, or as witness outside of doubt.</summary>
    private bool MayWrite => Holding || (_witness.InTenure && !_witness.InDoubt);

    /// <param name="whole">Everything the other one has, not what it pushed of it: only that may replace a table (S1).</param>
    private void Merge(SharedState theirs, bool whole)
    {
        var before = _state;
        var records = _away && whole ? Replaced(theirs.Peers) : MemberTable.Merge(_state.Peers, theirs.Peers, _now.Utc);
        _state = _state with
        {
            Peers = records,
            Members = theirs.Members is { } set && set.Cfg > _state.Members.Cfg ? set : _state.Members,
            Settings = theirs.Settings is { } settings && settings.Stamp > _state.Settings.Stamp ? settings : _state.Settings,
            Updates = MemberTable.Merge(_state.Updates, theirs.Updates),
        };
        if (theirs.Rotation is { } rotation)
            Follow(rotation);
        if (_state.Peers == before.Peers && _state.Members == before.Members && _state.Settings == before.Settings && _state.Rotation == before.Rotation && _state.Updates == before.Updates)
        {
            _state = before;
            return;
        }
        RefreshVoters();
        DefendOwnRecord(before);
        if (_state.Settings != before.Settings)
            Reapply();
        RefreshPeers();
        TellMembers(before);
        Shared();
    }

    // S1: after a week away, tombstones that this node never saw may have expired: the others' table is the whole truth.
    private ImmutableArray<MemberRecord> Replaced(ImmutableArray<MemberRecord> theirs)
    {
        _away = false;
        if (MemberTable.Find(theirs, Self) is not null)
            return theirs;
        return MemberTable.With(theirs, Own with { Status = MemberStatus.Left, Expires = _now.Utc + Limits.TombstoneLife });
    }

    // One write in six hours, so that a node knows after a restart how long it was away.
    private void RememberAlive()
    {
        if ((_state.Seen is not { } seen || _now.Utc - seen > SeenEvery) && FreshCount > 1)
            _state = _state with { Seen = _now.Utc };
    }

    // S1: only its own node writes a record; what others tell of it is outbid, unless it is the end.
    private void DefendOwnRecord(NetworkState before)
    {
        var mine = MemberTable.Find(before.Peers, Self)!;
        var merged = Own;
        if (merged.Status != MemberStatus.Active)
        {
            Tell(NoticeKind.Removed, Self);
            return;
        }
        if (merged != mine)
        {
            WriteOwn(mine with { Incarnation = merged.Incarnation + 1 });
            return;
        }
        // S2: of two equal names the smaller id keeps it.
        var twin = _state.Peers.Any(r => r.NodeId != Self && r.Status == MemberStatus.Active && r.Name == mine.Name
            && string.CompareOrdinal(r.NodeId, Self) < 0);
        if (!twin)
            return;
        var stem = mine.Name.Length > Limits.NameLength - 5 ? mine.Name[..(Limits.NameLength - 5)] : mine.Name;
        WriteOwn(mine with { Name = $"{stem}-{Self[..4]}", Incarnation = mine.Incarnation + 1 });
        Tell(NoticeKind.NameChanged, Self);
    }

    private void WriteOwn(MemberRecord record)
    {
        _state = _state with { Peers = MemberTable.With(_state.Peers, record) };
        _peersVersion = ++_shareVersion;
        Shared();
        Push();
    }

    private void TellMembers(NetworkState before)
    {
        foreach (var record in _state.Peers)
        {
            var known = MemberTable.Find(before.Peers, record.NodeId);
            if (record.Status == MemberStatus.Active && known is null)
                Tell(NoticeKind.NodeJoined, record.NodeId);
            else if (record.Status != MemberStatus.Active && known is { Status: MemberStatus.Active } && record.NodeId != Self)
                Tell(NoticeKind.NodeLeft, record.NodeId);
        }
    }

    /// <summary>What is derived from the shared state is made anew.</summary>
    private void Shared()
    {
        _digest = null;
        if (_updatesIn == _state.Updates)
            return;
        _updatesIn = _state.Updates;
        _updateIds = _updateIds.Union(_state.Updates.Select(u => u.Id));
        if (_updateIds.Count != _state.Updates.Length)
            _updateIds = [.. _state.Updates.Select(u => u.Id)];
    }

    private void ForgetExpired()
    {
        // Its own tombstone stays: it is how a node that has left knows it.
        if (Removed)
            return;
        var kept = MemberTable.WithoutExpired(_state.Peers, _now.Utc);
        if (kept == _state.Peers)
            return;
        _state = _state with { Peers = kept };
        Shared();
    }

    /// <summary>The parts that a peer has not acknowledged yet, or null.</summary>
    private SharedState? Unacknowledged(Peer peer)
    {
        var known = peer.Acknowledged;
        // What a peer says it has followed is all that counts: this outlives Hosts and processes (X2).
        var rotation = peer.Vitals is { } vitals && vitals.Rotation < RotationStamp ? _state.Rotation : null;
        if (known >= _shareVersion && rotation is null)
            return null;
        return new SharedState
        {
            Peers = _peersVersion > known ? _state.Peers : [],
            Members = _membersVersion > known ? _state.Members : null,
            Settings = _settingsVersion > known ? _state.Settings : null,
            Rotation = rotation,
            Updates = [.. _newUpdates.Where(u => u.Version > known).Select(u => u.Update)],
        };
    }

    private void Push()
    {
        var vitals = NewVitals();
        foreach (var peer in _peers.Values)
        {
            if (peer.Fresh(_now.Mono))
                SendTo(peer, vitals, CurrentAsk());
        }
    }

    private void OnUpdatesHandled(Input.UpdatesHandled handled)
    {
        if (!MayWrite)
        {
            Reply(handled.Ticket, Errors.NotHost, "this node has no right to the bot any more");
            return;
        }
        if (handled.Patch is { } patch)
            WriteSettings(patch);
        var updates = handled.Ids.Select(id => new HandledUpdate(id, _now.Utc)).ToImmutableArray();
        _state = _state with { Updates = MemberTable.Merge(_state.Updates, updates) };
        ++_shareVersion;
        _newUpdates.AddRange(updates.Select(u => (_shareVersion, u)));
        if (_newUpdates.Count > Limits.Ledger)
            _newUpdates.RemoveRange(0, _newUpdates.Count - Limits.Ledger);
        Shared();
        _commits.Add(new Commit { Version = _shareVersion, Since = _now.Mono, Ticket = handled.Ticket, Patch = handled.Patch });
        Push();
    }

    private void FinishCommits()
    {
        for (var i = 0; i < _commits.Count; i++)
        {
            var commit = _commits[i];
            var committed = Committed(commit);
            if (!committed && _now.Mono - commit.Since < CommitTimeout)
                continue;
            _commits.RemoveAt(i--);
            End(commit, committed ? null : Errors.Timeout);
        }
    }

    private bool Committed(Commit commit)
    {
        if (Holding)
            return Acknowledged(_state.Members, commit.Version);
        // As witness there is no majority to ask: those who are heard, for as long as a second.
        if (_now.Mono - commit.Since >= WitnessCommit)
            return true;
        foreach (var peer in _peers.Values)
        {
            if (peer.Fresh(_now.Mono) && peer.Acknowledged < commit.Version)
                return false;
        }
        return true;
    }

    private bool Acknowledged(MemberSet set, long version)
    {
        var count = 0;
        foreach (var id in set.Ids)
        {
            if (id == Self || (_peers.TryGetValue(id, out var peer) && peer.Acknowledged >= version))
                count++;
        }
        return count >= set.Majority;
    }

    private void FailCommits()
    {
        foreach (var commit in _commits)
            End(commit, Errors.NoHost);
        _commits.Clear();
        EndRotationsAsked(Errors.NoHost);
        while (_setChanges.TryDequeue(out var change))
        {
            if (change.Proposal is { } proposal)
                EndProposal(proposal.Peer, proposal.Id, Errors.NoHost);
        }
    }

    private void End(Commit commit, string? error)
    {
        if (commit.Ticket is { } ticket)
            Reply(ticket, error, error is null ? null : "the change was not confirmed by a majority; it may still come through");
        if (commit.Proposal is { } proposal)
            EndProposal(proposal.Peer, proposal.Id, error);
    }
}
