using Constella.Core.Stats;
using Constella.Core.Wire;

namespace Constella.Api.History;

/// <summary>History of any member, whether it lives or not.</summary>
public interface IHistory
{
    /// <summary>Of this node from its own store; of another from that one, or from copies where it is down or does not answer in time (rule D3).</summary>
    /// <exception cref="Peers.PeerException">No such member, nobody has samples of it, or the question makes no sense; with status and code.</exception>
    Task<HistorySeries> GetAsync(HistoryQuery query, CancellationToken cancellation);
}

/// <summary>What nodes ask of each other for the sake of history; the addresses are those of the latest view.</summary>
public interface IHistoryPeers
{
    /// <summary><c>GET /metrics/history</c>, answered by the target from its own store.</summary>
    /// <exception cref="Peers.PeerException">Refused or not reached.</exception>
    Task<HistorySeries> AskAsync(HistoryQuery query, CancellationToken cancellation);

    /// <summary><c>GET /metrics/history?copies=true</c>, answered by a keeper from its copies.</summary>
    /// <exception cref="Peers.PeerException">Refused or not reached.</exception>
    Task<HistorySeries> AskKeeperAsync(string keeper, HistoryQuery query, CancellationToken cancellation);

    /// <summary><c>POST /metrics/history</c></summary>
    /// <exception cref="Peers.PeerException">Refused or not reached.</exception>
    Task PushAsync(string keeper, HistoryPush push, CancellationToken cancellation);
}
