using Constella.Core.Cluster;

namespace Constella.Api.Cluster;

/// <summary>What a person should know, as one line of the log.</summary>
internal static class NoticeLog
{
    public static void Write(ILogger logger, Notice notice)
    {
        var text = Text(notice.Kind);
        if (notice.Detail is null)
            logger.Log(Level(notice.Kind), "{Notice}{Who}", text, Who(notice));
        else
            logger.Log(Level(notice.Kind), "{Notice}{Who}: {Detail}", text, Who(notice), notice.Detail);
    }

    private static string Who(Notice notice) => (notice.Name ?? notice.NodeId) is { } who ? $": {who}" : "";

    private static LogLevel Level(NoticeKind kind) => kind switch
    {
        NoticeKind.Cloned or NoticeKind.Removed or NoticeKind.LeftBehind or NoticeKind.AuditRefused => LogLevel.Error,
        NoticeKind.NodeSuspect or NoticeKind.NodeDown or NoticeKind.QuorumLost or NoticeKind.StrangerPolls
            or NoticeKind.Paused or NoticeKind.ProtocolMismatch or NoticeKind.WebhookRemoved or NoticeKind.OverlayDown => LogLevel.Warning,
        _ => LogLevel.Information,
    };

    private static string Text(NoticeKind kind) => kind switch
    {
        NoticeKind.NodeSuspect => "node does not answer",
        NoticeKind.NodeDown => "node is down",
        NoticeKind.NodeUp => "node is up",
        NoticeKind.NodeJoined => "node joined",
        NoticeKind.NodeLeft => "node left",
        NoticeKind.NodeRestarted => "node has restarted",
        NoticeKind.HostWon => "this node is the Host now",
        NoticeKind.HostLost => "this node is the Host no more",
        NoticeKind.HostMoved => "the Host is another node now",
        NoticeKind.HandOver => "the lease is handed over",
        NoticeKind.QuorumLost => "no quorum: a majority of the nodes is not heard",
        NoticeKind.QuorumBack => "quorum is back",
        NoticeKind.WitnessStarted => "no quorum: this node runs the bot, Telegram is the witness",
        NoticeKind.WitnessStopped => "this node runs the bot as witness no more",
        NoticeKind.StrangerPolls => "another program polls Telegram with the same bot token",
        NoticeKind.WebhookRemoved => "a webhook was set for the bot and is removed",
        NoticeKind.Cloned => "two machines run with the same node id: a cloned machine must leave its state folder and join anew",
        NoticeKind.Removed => "this node has left the network or was evicted",
        NoticeKind.NameChanged => "name was taken and is changed",
        NoticeKind.Paused => "this process was paused",
        NoticeKind.ProtocolMismatch => "node speaks another version of the protocol",
        NoticeKind.AuditRefused => "a node gave an entry of the audit log that does not follow those that are here: run `constella audit --verify` on both",
        NoticeKind.OverlayDown => "this node's tunnel into the overlay does not carry: traffic goes over its public address",
        NoticeKind.OverlayUp => "this node's tunnel into the overlay carries again",
        NoticeKind.Rotation => "the network's secret is changed",
        NoticeKind.LeftBehind => "the others refuse this node's key: the secret was probably rotated while it was away. Remove it there with `constella evict`, then join again by a new link with `constella join --replace`",
        _ => kind.ToString(),
    };
}
