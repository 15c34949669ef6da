using Constella.Core.Stats;

namespace Constella.Api.History;

/// <summary>Samples of one step, kept in blocks of some slots each, so many blocks of a node at most.</summary>
/// <param name="Number">As it stands in the key of a block.</param>
/// <param name="Step">Seconds.</param>
/// <param name="Slots">Samples in a block; a block holds whole steps of the next tier.</param>
/// <param name="Blocks">Bounds the tier by number and not by age: a clock that was wrong for a while costs no history.</param>
internal sealed record HistoryTier(int Number, int Step, int Slots, int Blocks)
{
    /// <summary>What a node keeps of itself, finest first: an hour, a day, 30 days, a year, and the block that is being filled.</summary>
    public static readonly HistoryTier[] All =
    [
        new(0, 10, 60, 7),
        new(1, 60, 60, 25),
        new(2, 300, 72, 121),
        new(3, 3_600, 72, 123),
    ];

    /// <summary>Of which others keep copies (rule D1).</summary>
    public static readonly HistoryTier Copied = All[2];

    public int BlockSeconds => Step * Slots;

    /// <summary>Seconds that are there whole, at least.</summary>
    public long Reach => (long)BlockSeconds * (Blocks - 1);

    public long BlockOf(long at) => at / BlockSeconds;

    /// <summary>Where the sample of a time stands in its block, in bytes.</summary>
    public int OffsetOf(long at) => (int)(at % BlockSeconds / Step) * PackedSample.Bytes;

    public byte[] NewBlock()
    {
        var block = new byte[Slots * PackedSample.Bytes];
        block.AsSpan().Fill(PackedSample.Empty);
        return block;
    }
}

/// <summary>One block: whose, of which tier, and which since 1970. Its number in the database sorts in that order.</summary>
internal readonly record struct BlockKey(long Node, HistoryTier Tier, long Index)
{
    private const int TierShift = 34;
    private const int NodeShift = 36;

    public long Id => (Node << NodeShift) | ((long)Tier.Number << TierShift) | Index;

    public long Start => Index * Tier.BlockSeconds;

    public static (long First, long Last) OfNode(long node) => (node << NodeShift, ((node + 1) << NodeShift) - 1);

    public static long IndexOf(long id) => id & ((1L << TierShift) - 1);

    /// <summary>All blocks of this node and tier.</summary>
    public (long First, long Last) Series => ((this with { Index = 0 }).Id, (this with { Index = (1L << TierShift) - 1 }).Id);
}
