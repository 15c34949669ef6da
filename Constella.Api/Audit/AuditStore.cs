using System.Collections.Immutable;
using System.Globalization;
using Constella.Api.Cluster;
using Constella.Api.State;
using Constella.Core;
using Constella.Core.Audit;

namespace Constella.Api.Audit;

/// <summary><c>audit.jsonl</c> and the file before it (rules U4 and U7). Entries are on disk, not in memory.</summary>
public sealed class AuditStore : IAuditLog
{
    public const string FileName = "audit.jsonl";

    /// <summary>So many of the latest are kept at hand: what others ask for is nearly always among them.</summary>
    private const int AtHand = 64;

    private readonly Lock _lock = new();
    private readonly string _folder;
    private readonly string _file;
    private readonly string _old;
    private readonly string _next;
    private readonly string _node;
    private readonly TimeProvider _time;
    private readonly ILogger<AuditStore> _log;
    private readonly Queue<AuditEntry> _latest = new();
    private readonly Dictionary<string, (long First, long Last)> _chains = [];
    private AuditHeader _header = AuditHeader.First;

    /// <param name="folder">Of the state, whose lock this process has.</param>
    public AuditStore(string folder, string node, TimeProvider time, ILogger<AuditStore> log)
    {
        (_folder, _node, _time, _log) = (folder, node, time, log);
        _file = Path.Combine(folder, FileName);
        _old = _file + ".1";
        _next = _file + ".tmp";
    }

    /// <summary>A test gives one that fails.</summary>
    internal Func<string, FileMode, Stream> OpenFile { get; init; } = static (path, mode) => new FileStream(path, new FileStreamOptions
    {
        Mode = mode,
        Access = FileAccess.Write,
        UnixCreateMode = StateStore.OwnerOnly,
        BufferSize = 0,
    });

    internal int FileBytes { get; init; } = Limits.AuditFileBytes;

    /// <summary>Reads and verifies the log; a damaged file is put aside, and what of it is whole goes on.</summary>
    /// <exception cref="StateException">The disk does not give it.</exception>
    public AuditChain Load() => Do("read", () =>
    {
        var (contents, damage, gaps) = Look();
        _header = contents.LastOrDefault()?.Header ?? AuditHeader.First;
        var chain = new AuditChain(_node);
        var all = contents.SelectMany(content => content.Entries).ToList();
        var whole = all.Where(entry => chain.Take(entry) == AuditTake.New).ToList();
        all.ForEach(chain.Skip);
        whole.ForEach(Know);
        chain.Floor = _header.Floor;
        foreach (var finding in damage.Concat(gaps))
            _log.LogError("the audit log is damaged: {Finding}", finding);
        if (damage.Count > 0)
            PutAside(whole);
        else if (!File.Exists(_file))
        {
            Prepare(File.Exists(_old) ? _header with { File = _header.File + 1, Before = AuditFile.Hash(_old) } : _header, []);
            Begin();
        }
        return chain;
    });

    /// <summary>Durable when it returns.</summary>
    /// <exception cref="StateException">It could not be written.</exception>
    public void Append(ImmutableArray<AuditEntry> entries) => Do("written", () =>
    {
        byte[] lines = [.. entries.SelectMany(AuditFile.Line)];
        if (new FileInfo(_file) is { Exists: true, Length: var length } && length + lines.Length > FileBytes && length > AuditFile.Line(_header).Length)
            Turn();
        var whole = File.Exists(_file) ? new FileInfo(_file).Length : 0;
        try
        {
            using var file = OpenFile(_file, FileMode.Append);
            file.Write(lines);
            Sync(file);
        }
        catch (IOException) when (File.Exists(_file))
        {
            // A full disk takes half a line: nobody was told of it, and it is no damage.
            using var file = new FileStream(_file, FileMode.Open, FileAccess.Write);
            file.SetLength(whole);
            throw;
        }
        foreach (var entry in entries)
            Know(entry);
        return true;
    });

    /// <summary>What the caller of a pull does not have (rule U5).</summary>
    public AuditPage Page(AuditPull pull)
    {
        ArgumentNullException.ThrowIfNull(pull);
        return Do("read", () =>
        {
            var have = pull.Have.ToDictionary(have => have.Run, have => have.Number);
            // The rest of each chain must be at hand, or lines would be left out.
            var wanted = _chains.Sum(chain => Math.Max(0, chain.Value.Last - have.GetValueOrDefault(chain.Key, chain.Value.First - 1)));
            var atHand = AuditPage.Of(_latest, pull, Limits.AuditPage);
            return atHand.Entries.Length == wanted ? atHand : AuditPage.Of(Entries(), pull, Limits.AuditPage);
        });
    }

    /// <summary>The latest commands, the oldest of them first.</summary>
    public ImmutableArray<AuditedCommand> Commands(int last) => Commands(last, null);

    /// <param name="action">Null: every command; that a node became Host is none (rule U8).</param>
    public ImmutableArray<AuditedCommand> Commands(int last, string? action) => Do("read", () =>
        AuditReader.Commands(Entries().Where(entry => action is null ? entry.Action != AuditActions.Host : entry.Action == action)) is var all && all.Length > last ? all[^last..] : all);

    /// <summary>Reads all of it anew.</summary>
    /// <returns>What is wrong, a sentence each; empty: it is whole.</returns>
    public ImmutableArray<string> Verify() => Do("read", () => Findings()
        .Concat(Directory.EnumerateFiles(_folder, FileName + ".broken-*").Order(StringComparer.Ordinal).Select(path => $"a damaged log was put aside: {path}"))
        .ToImmutableArray());

    private IEnumerable<string> Findings()
    {
        var (_, damage, gaps) = Look();
        return damage.Concat(gaps);
    }

    private IEnumerable<AuditEntry> Entries() => Paths().SelectMany(path => AuditFile.Read(path).Entries);

    private IEnumerable<string> Paths() => new[] { _old, _file }.Where(File.Exists);

    /// <returns>Damage, which a repair ends, and gaps, which only what others have can end.</returns>
    private (List<AuditContent> Contents, List<string> Damage, List<string> Gaps) Look()
    {
        var (contents, damage, check) = (new List<AuditContent>(), new List<string>(), new AuditCheck());
        foreach (var path in Paths())
        {
            var content = AuditFile.Read(path);
            damage.AddRange(content.Damaged);
            foreach (var entry in content.Entries)
            {
                if (check.Wrong(entry) is { } wrong)
                    damage.Add($"{AuditCheck.Name(entry)} of {entry.At:u} in {Path.GetFileName(path)} {wrong}");
            }
            contents.Add(content);
        }
        // The header of the young file speaks for the whole of the old one.
        if (contents is [_, { Header: { } header }] && header.Before != AuditFile.Hash(_old))
            damage.Add($"{Path.GetFileName(_old)} is not what it was when {FileName} began: something in it was changed, added or taken away");
        else if (contents is [{ Header: { File: > 1, Before: var before } }] && before != AuditEntry.NoHash && !File.Exists(_old))
            damage.Add($"{Path.GetFileName(_old)} is missing");
        return (contents, damage, [.. check.Gaps()]);
    }

    private void PutAside(List<AuditEntry> whole)
    {
        var stamp = _time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var kept = new List<string>();
        Prepare(_header with { Before = AuditEntry.NoHash }, whole);
        foreach (var path in Paths().ToList())
        {
            var aside = Unused($"{_file}.broken-{stamp}{(path == _old ? "-old" : "")}");
            File.Move(path, aside);
            kept.Add(aside);
        }
        Begin();
        _log.LogError("the damaged audit log is kept as {Kept}; what of it is whole goes on, and the other nodes give the rest again", string.Join(", ", kept));
    }

    private void Turn()
    {
        var dropped = File.Exists(_old) ? AuditFile.Read(_old).Entries.Select(entry => entry.At).DefaultIfEmpty(_header.Floor).Max() : _header.Floor;
        var header = new AuditHeader(_header.File + 1, AuditFile.Hash(_file), dropped > _header.Floor ? dropped : _header.Floor);
        Prepare(header, []);
        File.Move(_file, _old, overwrite: true);
        Begin();
    }

    // Whole under another name before anything gives way to it: a full disk changes nothing.
    private void Prepare(AuditHeader header, IEnumerable<AuditEntry> entries)
    {
        using var file = OpenFile(_next, FileMode.Create);
        file.Write(AuditFile.Line(header));
        foreach (var entry in entries)
            file.Write(AuditFile.Line(entry));
        Sync(file);
        _header = header;
    }

    private void Begin()
    {
        File.Move(_next, _file, overwrite: true);
        Posix.SyncFolder(_folder);
    }

    private static void Sync(Stream stream)
    {
        stream.Flush();
        if (stream is FileStream file)
            file.Flush(flushToDisk: true);
    }

    private void Know(AuditEntry entry)
    {
        _chains[entry.Run] = (_chains.TryGetValue(entry.Run, out var chain) ? chain.First : entry.Number, entry.Number);
        _latest.Enqueue(entry);
        if (_latest.Count > AtHand)
            _ = _latest.Dequeue();
    }

    private static string Unused(string path)
    {
        var name = path;
        for (var n = 2; File.Exists(name); n++)
            name = $"{path}-{n}";
        return name;
    }

    private T Do<T>(string what, Func<T> work)
    {
        try
        {
            lock (_lock)
                return work();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StateException($"audit: {_file} cannot be {what}: {error.Message}", error);
        }
    }
}
