using System.Globalization;

namespace Constella.Core.Audit;

/// <summary>What became of an entry that was offered (rule U5).</summary>
public enum AuditTake
{
    New,
    Known,

    /// <summary>Its hash is wrong, or it does not follow the last one of its chain.</summary>
    Refused,
}

/// <summary>The ends of all chains that a node has (rules U3 and U5): the entries themselves are on disk.</summary>
/// <param name="node">Whose log it is.</param>
public sealed class AuditChain(string node)
{
    private readonly Dictionary<string, Head> _heads = [];
    private Head _own = new(0, AuditEntry.NoHash);
    private ulong _digest;
    private long _height;
    private AuditMark? _mark;

    private readonly record struct Head(long Number, string Hash);

    /// <summary>Nothing older of a chain that is not known is taken (rule U4).</summary>
    public DateTimeOffset Floor { get; set; } = DateTimeOffset.MinValue;

    public AuditMark Mark => _mark ??= new AuditMark(_height, _digest.ToString("x16", CultureInfo.InvariantCulture));

    /// <summary>A question for what this node does not have.</summary>
    public AuditPull Pull() => new()
    {
        Floor = Floor,
        Have = [.. _heads.Select(head => new AuditHave(head.Key, head.Value.Number))],
    };

    /// <summary>Gives this node's next entry its number, the hash before it, and its own.</summary>
    public AuditEntry Write(AuditEntry draft)
    {
        ArgumentNullException.ThrowIfNull(draft);
        var entry = draft with { Number = _own.Number + 1, Previous = _own.Hash };
        entry = entry with { Hash = entry.Seal() };
        Add(entry);
        return entry;
    }

    /// <summary>Takes an entry that was read or pulled, where it is whole and follows the last one of its chain.</summary>
    public AuditTake Take(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var known = _heads.TryGetValue(entry.Run, out var head);
        if (known && entry.Number <= head.Number)
            return AuditTake.Known;
        if (!known && entry.At < Floor)
            return AuditTake.Known;
        if (entry.Hash != entry.Seal() || (known && (entry.Number != head.Number + 1 || entry.Previous != head.Hash)))
            return AuditTake.Refused;
        Add(entry);
        return AuditTake.New;
    }

    /// <summary>An entry that stands in a damaged log and is whole itself: if it is this node's own, its number is not given again.</summary>
    public void Skip(AuditEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (entry.Node == node && entry.Number > _own.Number && entry.Hash == entry.Seal())
            _own = new Head(entry.Number, entry.Hash);
    }

    private void Add(AuditEntry entry)
    {
        var before = _heads.GetValueOrDefault(entry.Run);
        _heads[entry.Run] = new Head(entry.Number, entry.Hash);
        _height += entry.Number - before.Number;
        _digest ^= Bits(entry.Hash) ^ (before.Hash is null ? 0 : Bits(before.Hash));
        _mark = null;
        if (entry.Node == node && entry.Number > _own.Number)
            _own = new Head(entry.Number, entry.Hash);
    }

    private static ulong Bits(string hash) => ulong.Parse(hash.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
