using Constella.Core.Wire;

namespace Constella.Api.Speed;

/// <summary>Speed tests that this node measures (rules B).</summary>
public interface ISpeed
{
    /// <summary>Begins a test and returns at once; an id that was taken before begins nothing.</summary>
    /// <exception cref="Peers.PeerException">Refused, with status and code: not allowed here, busy, no bytes left, or the order makes no sense.</exception>
    SpeedState Start(SpeedOrder order);

    /// <summary>What may be measured, what goes on and what was.</summary>
    SpeedState State();
}

/// <summary>What nodes ask of each other for a speed test; the addresses are those of the latest view.</summary>
public interface ISpeedPeers
{
    /// <summary><c>POST /speed/offer</c></summary>
    /// <exception cref="Peers.PeerException">Refused or not reached.</exception>
    Task<SpeedGrant> OfferAsync(string node, SpeedOffer offer, CancellationToken cancellation);

    /// <summary><c>POST /speed/close</c></summary>
    /// <exception cref="Peers.PeerException">Refused or not reached.</exception>
    Task<SpeedCount> CloseAsync(string node, SpeedEnd end, CancellationToken cancellation);
}

/// <summary>A test that cannot go on.</summary>
/// <param name="code">One of <see cref="SpeedErrors"/>, or of a peer's refusal.</param>
internal sealed class SpeedException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}

/// <summary>Why a test failed, beside what a peer refuses.</summary>
internal static class SpeedErrors
{
    /// <summary>The other end went away in the middle.</summary>
    public const string Broken = "broken";

    /// <summary>What the other end says it received cannot be.</summary>
    public const string Count = "count";

    /// <summary>This node was stopped.</summary>
    public const string Interrupted = "interrupted";

    /// <summary>Not a failure: heartbeats were late, and the test made room for them (rule B5).</summary>
    public const string Heartbeats = "heartbeats";

    /// <summary>Not a failure: the bytes of the test were used up before its time.</summary>
    public const string Bytes = "bytes";
}
