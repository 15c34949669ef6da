using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Constella.Core.Wire;

namespace Constella.Core.Members;

/// <summary>
/// The merge of what members share (rules S1, M1, S4, W6): commutative, associative and idempotent in each part, so that
/// every order of exchanges ends in the same table.
/// </summary>
public static class MemberTable
{
    private static readonly Comparer<HandledUpdate> ByTime = Comparer<HandledUpdate>.Create(
        static (a, b) => a.At != b.At ? a.At.CompareTo(b.At) : a.Id.CompareTo(b.Id));

    /// <summary>Merges two tables of records; expired tombstones are not accepted.</summary>
    /// <returns><paramref name="ours"/> itself when nothing changed; sorted by node id.</returns>
    public static ImmutableArray<MemberRecord> Merge(
        ImmutableArray<MemberRecord> ours, ImmutableArray<MemberRecord> theirs, DateTimeOffset utc)
    {
        var merged = ours;
        foreach (var record in theirs)
        {
            if (Expired(record, utc))
                continue;
            var index = IndexOf(merged, record.NodeId);
            if (index < 0)
                merged = merged.Insert(~index, record);
            else if (Beats(record, merged[index]))
                merged = merged.SetItem(index, record);
        }
        return merged;
    }

    /// <summary>The table without tombstones whose time is over; itself when there are none.</summary>
    public static ImmutableArray<MemberRecord> WithoutExpired(ImmutableArray<MemberRecord> records, DateTimeOffset utc)
    {
        foreach (var record in records)
        {
            if (Expired(record, utc))
                return records.RemoveAll(r => Expired(r, utc));
        }
        return records;
    }

    /// <summary>The record of a node, or null.</summary>
    public static MemberRecord? Find(ImmutableArray<MemberRecord> records, string nodeId)
    {
        var index = IndexOf(records, nodeId);
        return index < 0 ? null : records[index];
    }

    /// <summary>Adds or replaces one record, whatever stood there.</summary>
    public static ImmutableArray<MemberRecord> With(ImmutableArray<MemberRecord> records, MemberRecord record)
    {
        ArgumentNullException.ThrowIfNull(record);
        var index = IndexOf(records, record.NodeId);
        return index < 0 ? records.Insert(~index, record) : records.SetItem(index, record);
    }

    /// <summary>The union, bounded to the <see cref="Limits.Ledger"/> youngest; itself when nothing changed.</summary>
    public static ImmutableArray<HandledUpdate> Merge(ImmutableArray<HandledUpdate> ours, ImmutableArray<HandledUpdate> theirs)
    {
        var merged = ours;
        foreach (var update in theirs)
        {
            var index = IndexOf(merged, update.Id);
            if (index >= 0 && merged[index].At >= update.At)
                continue;
            if (index >= 0)
                merged = merged.RemoveAt(index);
            merged = merged.Insert(~merged.BinarySearch(update, ByTime), update);
        }
        if (merged.Length <= Limits.Ledger)
            return merged;
        merged = merged.RemoveRange(0, merged.Length - Limits.Ledger);
        return merged.SequenceEqual(ours) ? ours : merged;
    }

    /// <summary>A hash of all that is merged: 16 hexadecimal digits (rule S2).</summary>
    public static string Digest(NetworkState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        // Settings of one stamp are the same settings (S4): there is no need to read them.
        // The ledger changes with every press and is the most of it: as numbers, not as text.
        var shared = Share(state) with { Settings = new Settings { Stamp = state.Settings.Stamp }, Updates = [] };
        var text = JsonSerializer.SerializeToUtf8Bytes(shared, ConstellaJson.Default.SharedState);
        var bytes = new byte[text.Length + (16 * state.Updates.Length)];
        text.CopyTo(bytes, 0);
        var rest = bytes.AsSpan(text.Length);
        foreach (var update in state.Updates)
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, update.Id);
            BinaryPrimitives.WriteInt64LittleEndian(rest[8..], update.At.UtcTicks);
            rest = rest[16..];
        }
        return Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 8));
    }

    /// <summary>All that is shared, whole.</summary>
    public static SharedState Share(NetworkState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        return new SharedState { Peers = state.Peers, Members = state.Members, Settings = state.Settings, Rotation = state.Rotation, Updates = state.Updates };
    }

    private static bool Expired(MemberRecord record, DateTimeOffset utc) =>
        record.Status != MemberStatus.Active && record.Expires is { } end && end <= utc;

    // A tombstone beats every incarnation; then incarnation, then status, then the bytes' hash.
    private static bool Beats(MemberRecord theirs, MemberRecord ours)
    {
        if (theirs == ours)
            return false;
        var gone = (theirs.Status != MemberStatus.Active).CompareTo(ours.Status != MemberStatus.Active);
        if (gone != 0)
            return gone > 0;
        if (theirs.Incarnation != ours.Incarnation)
            return theirs.Incarnation > ours.Incarnation;
        if (theirs.Status != ours.Status)
            return theirs.Status > ours.Status;
        return Hash(theirs).AsSpan().SequenceCompareTo(Hash(ours)) > 0;
    }

    private static byte[] Hash(MemberRecord record) =>
        SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(record, ConstellaJson.Default.MemberRecord));

    // From the end: what is merged is nearly always young.
    private static int IndexOf(ImmutableArray<HandledUpdate> updates, long id)
    {
        for (var i = updates.Length - 1; i >= 0; i--)
        {
            if (updates[i].Id == id)
                return i;
        }
        return -1;
    }

    private static int IndexOf(ImmutableArray<MemberRecord> records, string nodeId)
    {
        int low = 0, high = records.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(records[middle].NodeId, nodeId);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }
        return ~low;
    }
}
