using Constella.Api.State;

namespace Constella.Tests.Api.State;

/// <summary>The power fails; no handler of the code under test may see it.</summary>
internal sealed class CrashException() : Exception("the machine died");

internal enum Failure
{
    None,

    /// <summary>The call is not made any more.</summary>
    CrashBefore,

    /// <summary>The call was made; of a write, half of it.</summary>
    CrashAfter,

    /// <summary>EIO or ENOSPC; of a write, half was written.</summary>
    Error,
}

/// <summary>
/// A disk in memory that forgets as POSIX allows: content until it is synced, and each name until its folder is, in any order.
/// Every call is numbered, and one of them fails.
/// </summary>
internal sealed class CrashDisk(bool links = true) : IStateDisk
{
    private readonly Dictionary<string, Content?> _names = [];
    private readonly Dictionary<string, List<Content?>> _history = [];

    public int Calls { get; private set; }

    public (int Call, Failure Kind) Fault { get; set; }

    /// <summary>The names as a process sees them that goes on.</summary>
    public IEnumerable<KeyValuePair<string, byte[]>> Now => _names.Where(pair => pair.Value is not null).Select(pair => KeyValuePair.Create(pair.Key, pair.Value!.Bytes));

    public void Put(string path, byte[] bytes) => (_names[path], _history[path]) = (new Content { Bytes = bytes, Durable = bytes }, [new Content { Bytes = bytes, Durable = bytes }]);

    public void Delete(string path) => Do(() => Set(path, null));

    public IStateFile Create(string path)
    {
        var content = new Content();
        Do(() => Set(path, content));
        return new Writer(this, content);
    }

    public bool Exists(string path)
    {
        Do(static () => { });
        return _names.GetValueOrDefault(path) is not null;
    }

    public bool TryLink(string existing, string link)
    {
        Do(() =>
        {
            if (links)
                Set(link, _names[existing]);
        });
        return links;
    }

    public byte[] Read(string path)
    {
        Do(static () => { });
        return _names[path]!.Bytes;
    }

    public void Rename(string from, string to) => Do(() =>
    {
        Set(to, _names[from]);
        Set(from, null);
    });

    public void SyncFolder(string folder) => Do(() =>
    {
        foreach (var (name, content) in _names)
            _history[name] = [content];
    });

    /// <summary>Every disk that a machine may find after the power failed now.</summary>
    public IEnumerable<Dictionary<string, byte[]>> Worlds()
    {
        IEnumerable<Dictionary<string, byte[]>> worlds = [[]];
        foreach (var (name, contents) in _history)
        {
            var found = contents.Distinct().SelectMany(static content => content is null ? [null] : content.AfterPowerFailure()).ToList();
            worlds = [.. worlds.SelectMany(world => found.Select(bytes => bytes is null ? world : new Dictionary<string, byte[]>(world) { [name] = bytes }))];
        }
        return worlds;
    }

    private void Set(string path, Content? content)
    {
        _names[path] = content;
        if (!_history.TryGetValue(path, out var history))
            _history[path] = history = [null];
        history.Add(content);
    }

    private void Do(Action call, Action? half = null)
    {
        if (++Calls != Fault.Call || Fault.Kind == Failure.None)
        {
            call();
            return;
        }
        if (Fault.Kind != Failure.CrashBefore)
            (half ?? (Fault.Kind == Failure.CrashAfter ? call : static () => { }))();
        throw Fault.Kind == Failure.Error ? new IOException("Input/output error") : new CrashException();
    }

    private sealed class Content
    {
        public byte[] Bytes { get; set; } = [];

        /// <summary>Null: never synced.</summary>
        public byte[]? Durable { get; set; }

        public IEnumerable<byte[]?> AfterPowerFailure() =>
            Durable is not null && Durable.AsSpan().SequenceEqual(Bytes) ? [Bytes] : [[], Bytes[..(Bytes.Length / 2)], new byte[Bytes.Length], Bytes];
    }

    private sealed class Writer(CrashDisk disk, Content content) : IStateFile
    {
        public void Write(ReadOnlySpan<byte> bytes)
        {
            var all = bytes.ToArray();
            disk.Do(() => content.Bytes = [.. content.Bytes, .. all], () => content.Bytes = [.. content.Bytes, .. all[..(all.Length / 2)]]);
        }

        public void Sync() => disk.Do(() => content.Durable = content.Bytes);

        public void Dispose()
        {
        }
    }
}
