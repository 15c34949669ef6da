using System.Collections.Immutable;
using Constella.Core.Members;
using Constella.Core.Signing;

namespace Constella.Core.Cluster;

/// <summary>
/// Rule X2: a new network secret comes in three phases, install, use, remove. The lease holder writes them; each is followed by all
/// the living, and by a majority, before the next. Nothing here is remembered beside the state: a new holder goes on from it.
/// </summary>
public sealed partial class ClusterNode
{
    private const string RotatingDetail = "the network is changing its secret; try again in some seconds";

    private readonly List<(string Peer, string Id)> _rotationsAsked = [];
    private bool _behindTold;
    private long _keysSince = long.MinValue;

    private Stamp RotationStamp => _state.Rotation?.Stamp ?? Stamp.None;

    /// <summary>A rotation goes on, or is owed: who joined now might be given a secret that is about to end.</summary>
    private bool Rotating => _state.Rotation is { Over: false } || RotationOwed;

    // An evicted node knows the secret: until there is one that was kept from it, a rotation is owed, whoever is Host.
    private bool RotationOwed
    {
        get
        {
            foreach (var record in _state.Peers)
            {
                if (record.Status == MemberStatus.Evicted && _state.Rotation?.Evicted.Contains(record.NodeId) is not true)
                    return true;
            }
            return false;
        }
    }

    /// <summary>
    /// The secret was changed without this node: a majority of the voters refuses it, or the only other one; or any that has told
    /// of having followed as much as this node. (One that had followed less is behind itself.)
    /// </summary>
    private bool LeftBehind
    {
        get
        {
            var count = 0;
            foreach (var peer in _peers.Values)
            {
                if (!peer.Votes || !peer.Refuses(_now.Mono))
                    continue;
                if (peer.Vitals?.Rotation >= RotationStamp || ++count >= Math.Min(_state.Members.Majority, _state.Members.Ids.Length - 1))
                    return true;
            }
            return false;
        }
    }

    // Its own key is how a new secret reaches a node; a state of an earlier version has none, one that was restored may have another.
    private void EnsureKey()
    {
        if (Removed)
            return;
        var key = _state.NodeKey ?? SecretBox.Text(_random.Bytes(32));
        var told = SecretBox.PublicOf(key);
        if (_state.NodeKey == key && Own.Key == told)
            return;
        _state = _state with { NodeKey = key };
        WriteRecord(Own with { Key = told, Incarnation = Own.Incarnation + 1 });
    }

    private void WatchRefusals()
    {
        var behind = LeftBehind && !Removed;
        if (behind && !_behindTold)
            Tell(NoticeKind.LeftBehind, Self);
        _behindTold = behind;
    }

    private void WatchRotation()
    {
        if (!Holding || !FreshLease || Removed)
            return;
        var rotation = _state.Rotation;
        if (rotation is { Over: false })
        {
            // Begun by an earlier Host: from here on it is this one's, so that no late word of that one moves it.
            var leavesOut = LeavesOut(rotation);
            if (rotation.Stamp.Term != _term || leavesOut)
                WriteRotation(leavesOut ? Sealed(rotation, SecretOf(rotation.Generation)) : rotation);
            else if (FollowedByLiving(rotation))
                NextPhase(rotation);
        }
        else if ((_rotationsAsked.Count > 0 || RotationOwed) && (rotation is null || FollowedByMajority(rotation.Stamp)))
        {
            StartRotation(rotation);
        }
    }

    private void StartRotation(Rotation? last)
    {
        // A living member without a key has just been updated: it tells its key with its next beat.
        foreach (var peer in _peers.Values)
        {
            if (peer.Heard(_now.Mono) && MemberTable.Find(_state.Peers, peer.Id)?.Key is null)
                return;
        }
        WriteRotation(Sealed(
            new Rotation
            {
                Stamp = RotationStamp,
                Generation = Math.Max(_state.SecretGeneration, Math.Max(_state.OtherSecret?.Generation ?? 0, last?.Generation ?? 0)) + 1,
                Phase = RotationPhase.Install,
                Started = _now.Utc,
                Evicted = [.. _state.Peers.Where(r => r.Status == MemberStatus.Evicted).Select(r => r.NodeId)],
            },
            SecretBox.Text(_random.Bytes(32))));
    }

    private Rotation Sealed(Rotation rotation, string secret)
    {
        var ephemeral = SecretBox.Text(_random.Bytes(32));
        var boxes = ImmutableArray.CreateBuilder<SealedSecret>();
        foreach (var record in _state.Peers)
        {
            if (MayKnow(rotation, record)
                && SecretBox.Seal(secret, ephemeral, record.Key, new BoxLabel(_state.NetworkId, rotation.Generation, record.NodeId)) is { } box)
                boxes.Add(new SealedSecret(record.NodeId, box));
        }
        return rotation with { Key = SecretBox.PublicOf(ephemeral), Sealed = boxes.ToImmutable() };
    }

    private static bool MayKnow(Rotation rotation, MemberRecord record) => record.Status == MemberStatus.Active && !rotation.Evicted.Contains(record.NodeId);

    // A Host that was cut off began it, and others have joined since under a Host that did not know of it.
    private bool LeavesOut(Rotation rotation)
    {
        foreach (var record in _state.Peers)
        {
            if (MayKnow(rotation, record) && !rotation.Sealed.Any(box => box.Node == record.NodeId) && SecretBox.IsPublicKey(record.Key))
                return true;
        }
        return false;
    }

    // What has been taken has been opened.
    private string SecretOf(int generation) => _state.SecretGeneration == generation ? _state.NetworkSecret : _state.OtherSecret!.Secret;

    private void NextPhase(Rotation rotation)
    {
        if (rotation.Phase != RotationPhase.Install)
        {
            WriteRotation(rotation with { Phase = RotationPhase.Remove, Key = null, Sealed = [] });
            return;
        }
        WriteRotation(rotation with { Phase = RotationPhase.Use });
        // A majority has it on disk: no later Host can miss it. Who asks from here on has seen this secret, and means another.
        EndRotationsAsked(null);
    }

    private void WriteRotation(Rotation rotation)
    {
        var counter = RotationStamp.Term == _term ? RotationStamp.Counter + 1 : 1;
        Follow(rotation with { Stamp = new Stamp(_term, counter) });
        Tell(NoticeKind.Rotation, null, $"generation {rotation.Generation}: {rotation.Phase.ToString().ToLowerInvariant()}");
        Shared();
        Push();
    }

    private void EndRotationsAsked(string? error)
    {
        foreach (var (peer, id) in _rotationsAsked.ToArray())
            EndProposal(peer, id, error);
        _rotationsAsked.Clear();
    }

    /// <summary>
    /// Takes a newer rotation, and does to this node's own secrets what its phase says; a phase never takes back an earlier one.
    /// One that this node cannot follow is not taken: what it says it has followed, it has.
    /// </summary>
    private void Follow(Rotation rotation)
    {
        if (rotation.Stamp <= RotationStamp)
            return;
        var state = _state;
        if (rotation.Generation > state.SecretGeneration && rotation.Sealed.FirstOrDefault(s => s.Node == Self) is { } mine
            && SecretBox.Open(mine.Box, rotation.Key, state.NodeKey, new BoxLabel(state.NetworkId, rotation.Generation, Self)) is { } secret)
            state = state with { OtherSecret = new NumberedSecret(secret, rotation.Generation) };
        if (rotation.Generation > state.SecretGeneration && state.OtherSecret?.Generation != rotation.Generation)
            return;
        if (rotation.Phase >= RotationPhase.Use && state.OtherSecret is { } next && next.Generation == rotation.Generation)
        {
            state = state with
            {
                OtherSecret = new NumberedSecret(state.NetworkSecret, state.SecretGeneration),
                NetworkSecret = next.Secret,
                SecretGeneration = next.Generation,
            };
        }
        if (rotation.Over && state.OtherSecret?.Generation < rotation.Generation)
            state = state with { OtherSecret = null };
        if (state.NetworkSecret != _state.NetworkSecret || state.OtherSecret != _state.OtherSecret)
            _keysSince = _now.Mono;
        _state = state with { Rotation = rotation };
    }

    // Down is who was not heard for three beats; before that time has passed, nobody can be said to be (H2, L4).
    private bool FollowedByLiving(Rotation rotation)
    {
        if (_now.Mono - Math.Max(_started, _freshAfter) < Timings.Down || !FollowedByMajority(rotation.Stamp))
            return false;
        foreach (var peer in _peers.Values)
        {
            if (peer.Heard(_now.Mono) && !(peer.Vitals!.Rotation >= rotation.Stamp) && rotation.Sealed.Any(s => s.Node == peer.Id))
                return false;
        }
        return true;
    }

    private bool FollowedByMajority(Stamp stamp) => CountVoters((p, _) => p.Vitals?.Rotation >= stamp) >= _state.Members.Majority;

    private KeysView KeysNow()
    {
        var living = _peers.Values.Where(p => p.Heard(_now.Mono)).ToArray();
        var waiting = living.Where(p => p.Vitals!.Rotation < RotationStamp).Select(p => p.Id).Order(StringComparer.Ordinal).ToImmutableArray();
        return new KeysView(_state.SecretGeneration, _state.Rotation, 1 + living.Length - waiting.Length, waiting);
    }
}
