using Constella.Core.Stats;

namespace Constella.Api.History;

/// <summary>
/// Blocks in memory over blocks on disk. What changes is written together, when <see cref="Flush"/> is called; whatever the disk
/// does, nothing is thrown: what could not be written stays in memory, bounded. For one thread at a time.
/// </summary>
internal sealed class BlockStore : IDisposable
{
    // One changed block a tier of our own, and of others a day of catching up each. Beyond that the oldest is lost.
    private const int InMemory = 512;

    /// <summary>Blocks of all others together: 50 nodes with 30 days each, and fewer days where there are more of them.</summary>
    private const int Copies = 6_400;

    private readonly string _path;
    private readonly string _self;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Dictionary<BlockKey, byte[]> _blocks = [];
    private readonly HashSet<BlockKey> _changed = [];
    private readonly HashSet<BlockKey> _fresh = [];
    private readonly Dictionary<string, KnownNode> _nodes = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unwritten = new(StringComparer.Ordinal);
    private HistoryFile? _file;
    private bool _failing;

    public BlockStore(string path, string self, TimeProvider time, ILogger log) => (_path, _self, _time, _log) = (path, self, time, log);

    /// <summary>Why nothing can be kept, for as long as this process lives; null: it can.</summary>
    public string? Missing { get; private set; }

    public int Count => _blocks.Count;

    public KnownNode? Find(string id) => _nodes.GetValueOrDefault(id);

    public KnownNode NodeOf(string id, string zone)
    {
        if (_nodes.TryGetValue(id, out var known) && known.Zone == zone)
            return known;
        var node = new KnownNode(known?.Number ?? _nodes.Values.Select(other => other.Number).DefaultIfEmpty().Max() + 1, id, zone);
        _ = _unwritten.Add(id);
        return _nodes[id] = node;
    }

    /// <summary>A block to be changed, empty where there is none; whoever changes it says so by <see cref="Changed"/>.</summary>
    public byte[] Change(BlockKey key)
    {
        if (_blocks.TryGetValue(key, out var block))
            return block;
        if (_blocks.Count >= InMemory)
            MakeRoom();
        block = key.Tier.NewBlock();
        if (!ReadFile(key, block))
            _ = _fresh.Add(key);
        return _blocks[key] = block;
    }

    public void Changed(BlockKey key) => _changed.Add(key);

    /// <summary>A block to be read, empty where there is none.</summary>
    public byte[] Look(BlockKey key)
    {
        if (_blocks.TryGetValue(key, out var block))
            return block;
        block = key.Tier.NewBlock();
        _ = ReadFile(key, block);
        return block;
    }

    public void Flush()
    {
        TryOpen();
        if (_file is null || (_changed.Count == 0 && _unwritten.Count == 0) || !Try(file => file.InTransaction(() => Write(file))))
            return;
        // Those that nobody has touched since the last time will hardly be touched again.
        DropUnchanged();
        _changed.Clear();
        _fresh.Clear();
        _unwritten.Clear();
        if (_failing)
            _log.LogInformation("history is written again");
        _failing = false;
    }

    public void ForgetAllBut(IReadOnlyCollection<string> members)
    {
        foreach (var node in _nodes.Values.Where(node => node.Id != _self && !members.Contains(node.Id)).ToList())
        {
            if (!Try(file => file.InTransaction(() => file.Forget(node.Number))))
                return;
            _ = _nodes.Remove(node.Id);
            _ = _unwritten.Remove(node.Id);
            foreach (var key in _blocks.Keys.Where(key => key.Node == node.Number).ToList())
                Drop(key);
        }
    }

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }

    private void Write(HistoryFile file)
    {
        foreach (var id in _unwritten)
            file.Write(_nodes[id]);
        foreach (var key in _changed)
            file.Write(key.Id, _blocks[key].AsSpan().TrimEnd(PackedSample.Empty));
        var now = _time.GetUtcNow().ToUnixTimeSeconds();
        var own = _nodes[_self].Number;
        foreach (var key in _fresh.Where(key => key.Node == own))
            file.Trim(key.Series, key.Tier.Blocks, key.Tier.BlockOf(now) + 1);
        if (_fresh.All(key => key.Node == own))
            return;
        var tier = HistoryTier.Copied;
        foreach (var node in _nodes.Values.Where(node => node.Number != own))
            file.Trim(new BlockKey(node.Number, tier, 0).Series, Math.Min(tier.Blocks, Copies / (_nodes.Count - 1)), tier.BlockOf(now) + 1);
    }

    private bool ReadFile(BlockKey key, byte[] block)
    {
        var found = false;
        _ = Try(file => found = file.Read(key.Id, block));
        return found;
    }

    private void MakeRoom()
    {
        Flush();
        DropUnchanged();
        if (_blocks.Count >= InMemory)
            Drop(_blocks.Keys.MinBy(key => key.Start));
    }

    private void DropUnchanged()
    {
        foreach (var key in _blocks.Keys.Where(key => !_changed.Contains(key)).ToList())
            Drop(key);
    }

    private void Drop(BlockKey key)
    {
        _ = _blocks.Remove(key);
        _ = _changed.Remove(key);
        _ = _fresh.Remove(key);
    }

    /// <summary>Where that fails it is tried again with each <see cref="Flush"/>.</summary>
    public void TryOpen()
    {
        if (_file is not null || Missing is not null)
            return;
        try
        {
            _file = HistoryFile.Open(_path);
            Adopt(_file.Nodes());
        }
        catch (DllNotFoundException)
        {
            Missing = "libsqlite3.so.0 is missing here: install the package libsqlite3-0 and restart the node";
            _log.LogWarning("no history is kept: {Reason}", Missing);
        }
        catch (Exception error) when (error is SqliteException or IOException or UnauthorizedAccessException)
        {
            Fail(error);
        }
    }

    // What is in memory already was numbered, and begun, without this file: it is laid over what the file has.
    private void Adopt(List<KnownNode> stored)
    {
        var before = _nodes.Values.ToDictionary(node => node.Number);
        var blocks = _blocks.ToList();
        _nodes.Clear();
        _blocks.Clear();
        _changed.Clear();
        _fresh.Clear();
        foreach (var node in stored)
            _nodes[node.Id] = node;
        foreach (var node in before.Values)
            _ = NodeOf(node.Id, node.Zone);
        foreach (var (key, block) in blocks)
            Lay(block, key with { Node = _nodes[before[key.Node].Id].Number });
    }

    private void Lay(byte[] block, BlockKey key)
    {
        var there = Change(key);
        for (var at = 0; at < block.Length; at += PackedSample.Bytes)
        {
            var sample = block.AsSpan(at, PackedSample.Bytes);
            if (sample.ContainsAnyExcept(PackedSample.Empty))
                sample.CopyTo(there.AsSpan(at));
        }
        Changed(key);
    }

    private bool Try(Action<HistoryFile> work)
    {
        if (_file is null)
            return false;
        try
        {
            work(_file);
            return true;
        }
        catch (SqliteException error)
        {
            Fail(error);
            return false;
        }
    }

    private void Fail(Exception error)
    {
        if (error is SqliteException { IsCorrupt: true })
        {
            SetAside(error.Message);
            return;
        }
        if (!_failing)
            _log.LogWarning("history is not written: {Reason}; the node goes on, and tries again each minute", error.Message);
        _failing = true;
    }

    private void SetAside(string reason)
    {
        Dispose();
        try
        {
            File.Move(_path, _path + ".bad", overwrite: true);
            File.Delete(_path + "-wal");
            _log.LogError("history: {Path} cannot be used: {Reason}. It is kept as {Bad}, and history begins anew", _path, reason, _path + ".bad");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            Fail(error);
        }
    }
}
