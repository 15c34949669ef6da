using Constella.Core.Cluster;

namespace Constella.Api.Cluster;

/// <summary>What has happened at this node since its process started, in numbers that only grow. Written by the driver alone, read by anybody.</summary>
internal sealed class ClusterTally
{
    private long _sent;
    private long _failed;
    private long _received;
    private long _updates;
    private long _won;
    private long _changes;
    private string? _host;

    /// <summary>Heartbeats to other nodes (rule H1).</summary>
    public long HeartbeatsSent => Volatile.Read(ref _sent);

    /// <summary>Of these, those without a valid answer in time.</summary>
    public long HeartbeatsFailed => Volatile.Read(ref _failed);

    public long HeartbeatsReceived => Volatile.Read(ref _received);

    /// <summary>Telegram's updates that this node's bot has handled (rule W6).</summary>
    public long UpdatesHandled => Volatile.Read(ref _updates);

    /// <summary>How often this node became Host by lease.</summary>
    public long ElectionsWon => Volatile.Read(ref _won);

    /// <summary>How often the Host became another node, or one where there was none.</summary>
    public long LeaderChanges => Volatile.Read(ref _changes);

    public void Note(Input input)
    {
        switch (input)
        {
            case Input.HeartbeatReceived:
                Volatile.Write(ref _received, _received + 1);
                break;
            case Input.PeerFailed:
                Volatile.Write(ref _failed, _failed + 1);
                break;
            case Input.UpdatesHandled handled:
                Volatile.Write(ref _updates, _updates + handled.Ids.Length);
                break;
        }
    }

    public void Note(Effect effect)
    {
        switch (effect)
        {
            case Effect.Send:
                Volatile.Write(ref _sent, _sent + 1);
                break;
            case Effect.Notify { Notice.Kind: NoticeKind.HostWon }:
                Volatile.Write(ref _won, _won + 1);
                break;
        }
    }

    public void Note(ClusterView view)
    {
        if (view.HostId is not { } host || host == _host)
            return;
        _host = host;
        Volatile.Write(ref _changes, _changes + 1);
    }
}
