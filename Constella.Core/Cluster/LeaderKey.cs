namespace Constella.Core.Cluster;

/// <summary>
/// The order in which nodes are preferred as Host (rules E1, E2 and E5); the smallest wins, compared ordinally.
/// A node that cannot reach Telegram sorts last, never out.
/// </summary>
/// <param name="Passed">It is not the node that a transfer has named.</param>
public readonly record struct LeaderKey(bool TelegramUnreachable, bool Passed, int Priority, string NodeId) : IComparable<LeaderKey>
{
    public int CompareTo(LeaderKey other)
    {
        var byTelegram = TelegramUnreachable.CompareTo(other.TelegramUnreachable);
        if (byTelegram != 0)
            return byTelegram;
        var byTransfer = Passed.CompareTo(other.Passed);
        if (byTransfer != 0)
            return byTransfer;
        var byPriority = Priority.CompareTo(other.Priority);
        return byPriority != 0 ? byPriority : string.CompareOrdinal(NodeId, other.NodeId);
    }

    public static bool operator <(LeaderKey left, LeaderKey right) => left.CompareTo(right) < 0;

    public static bool operator >(LeaderKey left, LeaderKey right) => left.CompareTo(right) > 0;

    public static bool operator <=(LeaderKey left, LeaderKey right) => left.CompareTo(right) <= 0;

    public static bool operator >=(LeaderKey left, LeaderKey right) => left.CompareTo(right) >= 0;
}
